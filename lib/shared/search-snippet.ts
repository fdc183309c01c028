import { fold, type QueryPart, queryParts, stretchesOf } from "#lib/shared/search-terms.ts";

/** `[start, end)` in UTF-16 units. */
export type Mark = [number, number];

/** Of longer texts only the beginning is looked through. */
const maxScannedChars = 1_000_000;
/** Characters shown before the first hit. */
const leadChars = 40;

/** Where the words of a query stand in a text, in order and without overlaps. */
export function findMarks(text: string, query: string): Mark[] {
  const parts = queryParts(query);
  const marks = [...hitsOf(text, parts)];
  return marks.length > 0 ? merged(marks) : merged([...hitsOf(text, parts.flatMap(asPairs))]);
}

/**
 * The surroundings of the first hit on one line, at most `maxChars` plus an ellipsis at either end, and where the hits
 * stand in it. Without a hit it is the beginning of the text.
 */
export function snippetOf(text: string, query: string, maxChars = 160): { snippet: string; marks: Mark[] } {
  const parts = queryParts(query);
  const first = firstOf(hitsOf(text, parts)) ?? firstOf(hitsOf(text, parts.flatMap(asPairs)));
  const start = startOfWindow(text, first?.[0] ?? 0);
  const end = endOfWindow(text, Math.min(text.length, start + maxChars));
  const window = text.slice(start, end);
  const before = start > 0 ? "…" : "";
  // Every space becomes one space, so that places stay where they are.
  const snippet = `${before}${window.replaceAll(/\s/gu, " ")}${end < text.length ? "…" : ""}`;
  const marks = findMarks(window, query).map(([from, to]): Mark => [from + before.length, to + before.length]);
  return { snippet, marks };
}

function* hitsOf(text: string, parts: QueryPart[]): Generator<Mark> {
  const words = parts.filter(({ unspaced }) => !unspaced);
  const runs = parts.filter(({ unspaced }) => unspaced).map(({ text: run }) => Array.from(run));
  for (const { start, text: found, unspaced } of stretchesOf(text.slice(0, maxScannedChars))) {
    if (unspaced) yield* runHits(start, Array.from(found), runs);
    else yield* wordHit(start, found, words);
  }
}

function* wordHit(start: number, found: string, words: QueryPart[]): Generator<Mark> {
  if (words.length === 0) return;
  const folded = fold(found);
  const whole = words.some(({ text }) => folded === text);
  if (whole) return void (yield [start, start + found.length]);
  const begun = words.filter(({ text, prefix }) => (prefix || text.length >= 64) && folded.startsWith(text));
  const longest = Math.max(...begun.map(({ text }) => text.length), 0);
  if (longest === 0) return;
  // Where folding changed the length nobody knows which part it was.
  yield [start, start + (folded.length === found.length ? longest : found.length)];
}

function* runHits(start: number, chars: string[], runs: string[][]): Generator<Mark> {
  if (runs.length === 0) return;
  const folded = chars.map(fold);
  let offset = start;
  for (const [index, char] of chars.entries()) {
    for (const run of runs) {
      if (!run.every((wanted, step) => folded[index + step] === wanted)) continue;
      yield [offset, offset + chars.slice(index, index + run.length).join("").length];
    }
    offset += char.length;
  }
}

/** The index finds a text that has all pairs of a run in whatever places; then these are what there is to show. */
function asPairs(part: QueryPart): QueryPart[] {
  const chars = Array.from(part.text);
  if (!part.unspaced || chars.length < 3) return [part];
  return chars.slice(1).map((char, index) => ({ ...part, text: `${chars[index] ?? ""}${char}` }));
}

function firstOf(marks: Generator<Mark>): Mark | undefined {
  return marks.next().value ?? undefined;
}

function merged(marks: Mark[]): Mark[] {
  const done: Mark[] = [];
  for (const [start, end] of marks.sort((a, b) => a[0] - b[0] || b[1] - a[1])) {
    const last = done.at(-1);
    if (last !== undefined && start <= last[1] && start !== last[1]) last[1] = Math.max(last[1], end);
    else done.push([start, end]);
  }
  return done;
}

/** A little before the hit, at the beginning of a word where one is near. */
function startOfWindow(text: string, hit: number): number {
  const earliest = hit - leadChars;
  if (earliest <= 0) return 0;
  const space = text.slice(earliest, hit).search(/\s\S/u);
  return space >= 0 ? earliest + space + 1 : wholeCharacter(text, earliest);
}

function endOfWindow(text: string, end: number): number {
  return end === text.length ? end : wholeCharacter(text, end);
}

/** Steps back until a character, with the marks on it, is not cut apart. */
function wholeCharacter(text: string, index: number): number {
  let at = index;
  while (at > 0 && at > index - 16 && /^(?:[\uDC00-\uDFFF]|\p{M}|\u200D)/u.test(text.charAt(at))) at -= 1;
  return at;
}
