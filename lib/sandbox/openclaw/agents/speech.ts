import type { ModelAnswer, ModelCall } from "#lib/sandbox/openclaw/model-call.ts";
import { takenApart } from "#lib/sandbox/openclaw/prompt.ts";

/** What the authored agents can write in. */
export type Language = "en" | "zh";

/** Says `text` word by word, at about thirty words a second with a breath after a sentence, after a moment's thought. */
export async function speak(call: ModelCall, text: string, options: { thinkMs?: number } = {}): Promise<ModelAnswer> {
  await call.clock.pace(options.thinkMs ?? 450, call.signal);
  let fenced = false;
  let turn = 0;
  for (const piece of piecesOf(text)) {
    await call.emit("text", piece);
    if (piece.includes("```")) fenced = !fenced;
    // Code is held back until its fence closes, so it is written faster: nobody sees the pace, only the silence.
    await call.clock.pace(fenced ? 6 : paceAfter(piece, turn), call.signal);
    turn += 1;
  }
  return { finish: "stop", toolCall: null, usage: usageOf(call, text) };
}

/** Roughly as a tokenizer would count. */
export function usageOf(call: ModelCall, text: string): { input: number; output: number } {
  const heard = [...call.earlier, call.last].reduce((sum, said) => sum + tokensIn(said), 0);
  return { input: 240 + heard + 12 * call.messages, output: tokensIn(text) };
}

/** What the person just said, and in which language to answer. A text without letters follows the one before. */
export function heardIn(call: ModelCall): { said: string; language: Language } {
  const { said } = takenApart(call.spoken);
  const telling = [said, ...call.earlier.toReversed()].find((text) => /\p{L}/u.test(text)) ?? "";
  const han = telling.match(/\p{Script=Han}/gu)?.length ?? 0;
  const letters = telling.match(/\p{L}/gu)?.length ?? 1;
  return { said, language: han * 5 >= letters && han > 0 ? "zh" : "en" };
}

/** Asked to go on after an answer that was cut off: what is missing of it. Null when it is none of `texts`. */
export function restOf(call: ModelCall, texts: string[]): string | null {
  const { said, answeredBefore } = takenApart(call.spoken);
  const begun = answeredBefore?.trimEnd() ?? "";
  if (begun === "" || !/\b(?:go on|continue|carry on)\b|继续|接着/i.test(said)) return null;
  const rest =
    texts
      .find((text) => text.startsWith(begun))
      ?.slice(begun.length)
      .trimStart() ?? "";
  return rest === "" ? null : rest;
}

const words = new Intl.Segmenter("zh", { granularity: "word" });

function* piecesOf(text: string): Generator<string> {
  for (const piece of text.match(/\S+\s*|\s+/g) ?? []) {
    if (!/\p{Script=Han}{3}/u.test(piece)) {
      yield piece;
      continue;
    }
    let held = "";
    for (const { segment, isWordLike } of words.segment(piece)) {
      if (isWordLike === true && held !== "") {
        yield held;
        held = "";
      }
      held += segment;
    }
    if (held !== "") yield held;
  }
}

/** Uneven on purpose, and the same every time. */
function paceAfter(piece: string, turn: number): number {
  const wobble = (turn * 7919) % 17;
  if (/[.!?。！？]\s*$/.test(piece)) return 60 + wobble;
  if (piece.includes("\n")) return 45 + wobble;
  return 20 + wobble;
}

function tokensIn(text: string): number {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  return Math.ceil((text.length - han) / 4 + han * 0.8);
}
