import { heardIn, type Language, restOf, speak } from "#lib/sandbox/openclaw/agents/speech.ts";
import { samples } from "#lib/sandbox/openclaw/agents/typesetter-samples.ts";
import type { ModelAnswer, ModelCall } from "#lib/sandbox/openclaw/model-call.ts";

/** Shows what Markdown can do: the whole tour, or the part that was asked for. */
export function typesetter(call: ModelCall): Promise<ModelAnswer> {
  const { said, language } = heardIn(call);
  return speak(call, restOf(call, [samples.en.tour, samples.zh.tour]) ?? sampleFor(said, language));
}

function sampleFor(said: string, language: Language): string {
  const { tour, code, table, math } = samples[language];
  const wanted = [
    /\btables?\b|表格/i.test(said) ? table : "",
    /\bcode|program|function|typescript|python|sql|代码|程序|函数/i.test(said) ? code : "",
    /\bmath|formula|equation|latex|公式|数学/i.test(said) ? math : "",
  ].filter((part) => part !== "");
  return wanted.length === 0 ? tour : wanted.join("\n\n");
}
