const maxChars = 60;
/** A first sentence shorter than this says too little by itself: "Hi." takes the next one along. */
const minSentenceChars = 12;
/** What stands after this cannot become part of a title. */
const readChars = 2000;

/**
 * The title of a conversation, made from its first message without asking a model: the first sentence or line without
 * its Markdown, at most 60 characters, cut between words (Chinese and Japanese ones included). A message without words
 * gets the date `at` (milliseconds), as `2026-10-07`.
 */
export function titleFrom(text: string, at: number = Date.now()): string {
  const start = text.slice(0, readChars).toWellFormed();
  const line = firstLine(withoutFences(start)) ?? firstLine(start.replaceAll(/^\s*(```|~~~).*$/gm, ""));
  if (line === undefined) return new Date(at).toISOString().slice(0, 10);
  return shortened(firstSentence(line));
}

function withoutFences(text: string): string {
  return text.replaceAll(/^[ \t]*(```|~~~)[^\n]*\n[\s\S]*?(^[ \t]*\1[^\n]*$|$(?![\s\S]))/gm, "");
}

/** The first line that holds a letter or a digit, as plain text. */
function firstLine(text: string): string | undefined {
  for (const line of text.split(/\r\n?|\n/)) {
    const plain = plainLine(line);
    if (/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(plain)) return plain;
  }
  return undefined;
}

function plainLine(line: string): string {
  return (
    line
      .replaceAll(/[\p{Cc}\u200b\u2028-\u202e\u2066-\u2069\ufeff]/gu, " ")
      .replace(/^\s*(?:(?:#{1,6}|>|[-*+]|\d{1,9}[.)])\s+)+(?:\[[ xX]\]\s+)?/, "")
      .replace(/\s+#+\s*$/, "")
      // A link or an image keeps its words.
      .replaceAll(/!?\[([^[\]]*)\]\([^()\s]*(?:\s[^()]*)?\)/g, "$1")
      .replaceAll(/`+([^`]*)`+/g, "$1")
      .replaceAll(/(\*\*\*|\*\*|\*|~~)(?=\S)([^*~]*[^*~\s])\1/g, "$2")
      .replaceAll(/(?<![\p{L}\p{N}_])(__|_)(?=\S)([^_]*[^_\s])\1(?![\p{L}\p{N}_])/gu, "$2")
      .replaceAll(/\s+/g, " ")
      .trim()
  );
}

function firstSentence(line: string): string {
  for (const end of line.matchAll(/[.!?…]+(?=\s|$)|[。！？]+/gu)) {
    const sentence = line.slice(0, end.index + end[0].length);
    if (sentence.length >= minSentenceChars || sentence.length === line.length) return sentence.replace(/[.。]$/u, "");
  }
  return line;
}

function shortened(text: string): string {
  if (text.length <= maxChars) return text;
  const room = maxChars - 1;
  const words = fitting(text, room, "word");
  // One endless word, an address for example, is cut between its characters.
  const kept = words.length > room / 2 ? words : fitting(text, room, "grapheme");
  return `${kept.replace(/[\s,;:，；：、(（-]+$/u, "")}…`;
}

function fitting(text: string, room: number, granularity: "word" | "grapheme"): string {
  let kept = "";
  for (const { segment } of new Intl.Segmenter(undefined, { granularity }).segment(text)) {
    if (kept.length + segment.length > room) break;
    kept += segment;
  }
  return kept;
}
