/**
 * How text becomes searchable, the same for what is stored and what is asked. Words are runs of letters and digits,
 * folded; scripts that write no spaces become pairs of neighbouring characters, so that a Chinese word of two
 * characters is one term.
 */

/** Longest term in UTF-16 units; of longer words the beginning counts. */
const maxTermChars = 64;
/** Bound of all terms of one text together, in UTF-16 units: PostgreSQL holds 1 MB a row. */
const maxIndexChars = 300_000;
const maxQueryChars = 500;
const maxQueryTerms = 32;

/** One word of a query. */
export interface QueryPart {
  /** Folded, whole. */
  text: string;
  /** Written without spaces: it may begin anywhere inside a run of such characters. */
  unspaced: boolean;
  /** Words that begin so count too. */
  prefix: boolean;
}

/**
 * The terms of a text for the index, each once, joined by spaces. In a run of characters without spaces the last one is
 * a term of its own, so that every single character is the beginning of some term.
 */
export function indexTerms(text: string): string {
  const terms = new Set<string>();
  let chars = 0;
  for (const piece of piecesOf(text)) {
    for (const term of piece.unspaced ? pairsAndLast(piece.text) : [piece.text]) {
      if (terms.has(term)) continue;
      chars += term.length + 1;
      if (chars > maxIndexChars) return [...terms].join(" ");
      terms.add(term);
    }
  }
  return [...terms].join(" ");
}

/**
 * The terms to look for, one element a word of the query; an element may hold several terms, joined by spaces, which
 * must all occur. `*` at the end of a term stands for every word that begins so: a single character of a script without
 * spaces, and the word that is still being typed, which is the last one unless a space follows it.
 */
export function queryTerms(query: string): string[] {
  const words: string[] = [];
  let count = 0;
  for (const parts of wordsOf(query)) {
    const terms = [...new Set(parts.flatMap(termsOfPart))].slice(0, maxQueryTerms - count);
    count += terms.length;
    if (terms.length > 0) words.push(terms.join(" "));
  }
  return words;
}

/** The words of a query as they should be found in a text, for marking them. */
export function queryParts(query: string): QueryPart[] {
  return wordsOf(query).flat().slice(0, maxQueryTerms);
}

/** Lower case, compatibility forms made plain, and Latin, Greek and Cyrillic letters without their accents. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  if (isAscii(lower)) return lower;
  // NFD and back, so that only accents go and the marks of other scripts stay. Lower case again: NFKC makes capitals.
  return lower
    .normalize("NFKC")
    .toLowerCase()
    .normalize("NFD")
    .replaceAll(/[\u0300-\u036F]/g, "")
    .normalize("NFC");
}

/** A stretch of one kind of text with its place; `text` is as written. */
export interface Stretch {
  start: number;
  text: string;
  unspaced: boolean;
}

/** Cuts a text at everything but letters, digits and marks, and where a script without spaces begins or ends. */
export function* stretchesOf(text: string): Generator<Stretch> {
  for (const match of text.matchAll(stretch)) {
    yield { start: match.index, text: match[0], unspaced: match[1] !== undefined };
  }
}

const stretch =
  /([[\p{L}\p{N}\p{M}]&&[\p{scx=Hani}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Bopo}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]]+)|[[\p{L}\p{N}\p{M}]--[\p{scx=Hani}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Bopo}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]]+/gv;

function* piecesOf(text: string): Generator<{ text: string; unspaced: boolean }> {
  // Folded as a whole first: NFKC may join two characters, or make letters of a sign.
  for (const { text: piece, unspaced } of stretchesOf(fold(text))) {
    yield { text: unspaced ? piece : cut(piece), unspaced };
  }
}

function wordsOf(query: string): QueryPart[][] {
  const bounded = query.slice(0, maxQueryChars);
  const isOpen = /\S$/u.test(bounded);
  const words = bounded
    .split(/\s+/u)
    .map((word) => [...piecesOf(word)].map((piece) => ({ ...piece, prefix: false })))
    .filter((parts) => parts.length > 0);
  const last = isOpen ? words.at(-1)?.at(-1) : undefined;
  // One letter would fit half of all words.
  if (last !== undefined && !last.unspaced && last.text.length > 1) last.prefix = true;
  return words;
}

function termsOfPart({ text, unspaced, prefix }: QueryPart): string[] {
  if (!unspaced) return [prefix ? `${text}*` : text];
  const chars = Array.from(text);
  return chars.length === 1 ? [`${text}*`] : pairs(chars);
}

function pairsAndLast(text: string): string[] {
  const chars = Array.from(text);
  return [...pairs(chars), chars.at(-1) ?? ""];
}

function pairs(chars: string[]): string[] {
  return chars.slice(1).map((char, index) => `${chars[index] ?? ""}${char}`);
}

function cut(word: string): string {
  if (word.length <= maxTermChars) return word;
  const isInsidePair = /[\uD800-\uDBFF]/.test(word[maxTermChars - 1] ?? "");
  return word.slice(0, isInsidePair ? maxTermChars - 1 : maxTermChars);
}

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII itself.
  return /^[\x00-\x7F]*$/.test(text);
}
