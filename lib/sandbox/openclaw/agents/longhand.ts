import { essays } from "#lib/sandbox/openclaw/agents/longhand-essays.ts";
import { heardIn, restOf, speak } from "#lib/sandbox/openclaw/agents/speech.ts";
import type { ModelAnswer, ModelCall } from "#lib/sandbox/openclaw/model-call.ts";

/** Writes at length: about 1,500 words, at some thirty tokens a second. Asked for something short, it gives the gist. */
export function longhand(call: ModelCall): Promise<ModelAnswer> {
  const { said, language } = heardIn(call);
  const { whole, short } = essays[language];
  const rest = restOf(call, [essays.en.whole, essays.zh.whole]);
  if (rest !== null) return speak(call, rest);
  return speak(call, /\bshort|brief|summar|gist|tl;?dr|简短|简要|总结|概括|短一点/i.test(said) ? short : whole, {
    thinkMs: 900,
  });
}
