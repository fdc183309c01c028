const names = "words|slow|ttft|md|unicode|http|http-once|drop|errchunk|hang|length|empty|reason|tool|pre";
const any = new RegExp(`\\[\\[(?:${names})(?:\\s[^\\]]*(?:\\][^\\]]+)*)?\\]\\]`);
const patterns = new Map<string, RegExp>();

/** True when the text tells the model how to behave, as in `[[words 60]] [[slow 100]]`. */
export function hasDirectives(text: string): boolean {
  return text.includes("[[") && any.test(text);
}

/** What stands in the last `[[name ...]]`; empty when it stands alone, undefined when there is none. */
export function directive(text: string, name: string): string | undefined {
  if (!text.includes(`[[${name}`)) return undefined;
  let pattern = patterns.get(name);
  if (pattern === undefined) {
    pattern = new RegExp(`\\[\\[${name}(?:\\s+([^\\]]*(?:\\][^\\]]+)*))?\\]\\]`, "g");
    patterns.set(name, pattern);
  }
  const found = [...text.matchAll(pattern)].at(-1);
  return found === undefined ? undefined : (found[1] ?? "").trim();
}

/** The number at the beginning of `text`, or `otherwise`. */
export function numberOf(text: string | undefined, otherwise: number): number {
  const number = Number.parseFloat(text ?? "");
  return Number.isFinite(number) ? number : otherwise;
}
