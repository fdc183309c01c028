import { authorOf } from "#lib/sandbox/openclaw/agents/authors.ts";
import { directive, hasDirectives, numberOf } from "#lib/sandbox/openclaw/directives.ts";
import { type ModelAnswer, type ModelCall, ProviderFault } from "#lib/sandbox/openclaw/model-call.ts";

/**
 * The model behind all agents. Directives in the newest user turn decide, as with the stub provider that the recordings
 * were made with; without one an authored agent gives its own answer, any other the stub's line.
 * Throws a ProviderFault, or the signal's reason.
 */
export async function callModel(call: ModelCall): Promise<ModelAnswer> {
  call.signal.throwIfAborted();
  const author = authorOf(call.agent);
  if (author !== undefined && !hasDirectives(call.last)) return author(call);
  return stub(call);
}

const markdown =
  '# Title\n\nSome **bold** and `code`.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nconst x = "<b>";\n```\n\n- [ok](https://example.com)\n- [bad](javascript:alert(1))\n\n<img src=x onerror=alert(1)>\n\n$$e^{i\\pi}+1=0$$\n';
const unicode = "Grüße 👩🏽‍💻 — 日本語テキスト, العربية, 𝒳 done.";

/** Turns that already failed once with `[[http-once N]]`. */
const failedOnce = new Set<string>();

async function stub(call: ModelCall): Promise<ModelAnswer> {
  const { last, signal, clock, emit } = call;
  const code = directive(last, "http");
  if (code !== undefined) throw new ProviderFault("status", numberOf(code, 500), code.startsWith("429") ? 7 : null);
  const once = directive(last, "http-once");
  if (once !== undefined && !failedOnce.has(call.turn)) {
    failedOnce.add(call.turn);
    throw new ProviderFault("status", numberOf(once, 500));
  }
  await clock.exactly(numberOf(directive(last, "ttft"), 0), signal);
  if (directive(last, "hang") !== undefined) await clock.exactly(2 ** 31 - 1, signal);

  const gap = numberOf(directive(last, "slow"), 0);
  const usage = { input: 10 * call.messages, output: 7 };
  const say = async (kind: "text" | "reasoning", piece: string) => {
    await emit(kind, piece);
    if (gap > 0) await clock.exactly(gap, signal);
  };
  if (directive(last, "reason") !== undefined)
    for (const piece of ["Thinking ", "about ", "it."]) await say("reasoning", piece);

  const tool = directive(last, "tool")?.match(/^(\S+)\s*([\s\S]*)$/);
  if (tool && call.toolResults.length === 0) {
    for (const piece of directive(last, "pre")?.match(/\S+\s*/g) ?? []) await say("text", piece);
    return { finish: "stop", toolCall: { name: tool[1] ?? "", arguments: parsed(tool[2] || "{}") }, usage };
  }
  const drop = directive(last, "drop");
  const errorChunk = directive(last, "errchunk");
  let said = 0;
  for (const piece of replyPieces(call)) {
    if (drop !== undefined && said >= numberOf(drop, 3)) throw new ProviderFault("cut", 0);
    if (errorChunk !== undefined && said >= numberOf(errorChunk, 3)) throw new ProviderFault("error_chunk", 500);
    if (gap > 0) await say("text", piece);
    else {
      const full = emit("text", piece);
      if (full !== undefined) await full;
      // Between bursts the event loop must turn, or nobody would notice that the client left.
      if (said % 64 === 63) await new Promise(setImmediate);
      signal.throwIfAborted();
    }
    said += 1;
  }
  return { finish: directive(last, "length") !== undefined ? "length" : "stop", toolCall: null, usage };
}

function* replyPieces(call: ModelCall): Generator<string> {
  const { last } = call;
  const words = directive(last, "words");
  const special =
    directive(last, "empty") !== undefined ||
    directive(last, "md") !== undefined ||
    directive(last, "unicode") !== undefined;
  if (words !== undefined && !special) {
    const count = numberOf(words, 10);
    for (let i = 1; i <= count; i += 1) yield i < count ? `w${i} ` : `w${i}`;
    return;
  }
  yield* reply(call).match(/\S+\s*|\s+/g) ?? [];
}

function reply({ last, toolResults, model, users, images }: ModelCall): string {
  if (directive(last, "empty") !== undefined) return "";
  if (directive(last, "md") !== undefined) return markdown;
  if (directive(last, "unicode") !== undefined) return unicode;
  const result = toolResults.at(-1);
  if (result !== undefined) return `tool said: ${result.slice(0, 400)}`;
  return `stub(${model}) turns=${users} images=${images} say: ${last.slice(-300)}`;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return {};
  }
}
