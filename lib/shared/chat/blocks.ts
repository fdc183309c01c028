import {
  closesFence,
  endOfHtml,
  fenceOf,
  htmlKind,
  indentOf,
  interrupts,
  isBlank,
  isFootnote,
  isHeading,
  isRule,
  type ListMarker,
  listMarker,
  mathOpener,
} from "./block-lines.ts";

/** One top-level piece of a Markdown text. Blocks can be rendered apart: together they show what the whole text shows. */
export interface Block {
  kind: "markdown" | "code" | "math" | "footnote";
  /** The source, without blank lines after it. */
  text: string;
  /** Where it starts in the whole text. */
  start: number;
  /** Nothing that follows can change this block. */
  closed: boolean;
}

/** A text cut into blocks. Only the last one may be open. */
export interface Split {
  source: string;
  blocks: readonly Block[];
}

/** A block is cut after so many characters, so that the price of one has an upper bound. Fenced code is not cut. */
export const maxBlockChars = 10_000;

/**
 * Cuts Markdown into top-level blocks. Given the split of a shorter version of the same text it looks only at what was
 * open, and closed blocks stay the same objects. A decision is taken on whole lines only, so a closed block never changes.
 */
export function splitBlocks(text: string, before?: Split): Split {
  if (before !== undefined && before.source === text) return before;
  const kept = before !== undefined && text.startsWith(before.source) ? before.blocks.filter(isClosed) : [];
  const last = kept.at(-1);
  const blocks = [...kept];
  let at = last === undefined ? 0 : last.start + last.text.length;
  while (at < text.length) {
    const line = lineAt(text, at);
    if (isBlank(line.text)) {
      at = line.next;
      continue;
    }
    const found = readBlock(text, at);
    blocks.push({ kind: found.kind, text: text.slice(at, found.end), start: at, closed: found.closed });
    at = found.end;
  }
  return { source: text, blocks };
}

interface Line {
  text: string;
  /** End without the line break. */
  end: number;
  next: number;
  /** A line break follows. */
  whole: boolean;
}

interface Found {
  kind: Block["kind"];
  end: number;
  closed: boolean;
}

function isClosed(block: Block): boolean {
  return block.closed;
}

function lineAt(text: string, at: number): Line {
  const found = text.indexOf("\n", at);
  if (found === -1) return { text: text.slice(at), end: text.length, next: text.length, whole: false };
  const end = found > at && text[found - 1] === "\r" ? found - 1 : found;
  return { text: text.slice(at, end), end, next: found + 1, whole: true };
}

function readBlock(text: string, start: number): Found {
  const first = lineAt(text, start);
  const fence = fenceOf(first.text);
  if (fence !== null) return readFence(text, first, fence);
  if (mathOpener(first.text) !== null) {
    const math = readMath(text, start, first);
    if (math !== null) return math;
  }
  if (isFootnote(first.text)) return readParagraph(text, start, first, "footnote");
  if (isHeading(first.text) || isRule(first.text)) return { kind: "markdown", end: first.end, closed: first.whole };
  const html = htmlKind(first.text);
  if (html !== null) return readHtml(text, start, first, html);
  const marker = listMarker(first.text);
  if (marker !== null) return readList(text, start, first, marker);
  if (indentOf(first.text) >= 4) return readIndented(text, start, first);
  return readParagraph(text, start, first, "markdown");
}

function readFence(text: string, first: Line, fence: string): Found {
  for (let line = first; line.whole; ) {
    line = lineAt(text, line.next);
    if (line.whole && closesFence(line.text, fence)) return { kind: "code", end: line.end, closed: true };
  }
  return { kind: "code", end: text.length, closed: false };
}

/** Null where it turns out to be text with a dollar sign at its start. */
function readMath(text: string, start: number, first: Line): Found | null {
  const opener = mathOpener(first.text);
  const closer = opener === "$$" ? "$$" : "\\]";
  const bare = first.text.trim() === opener;
  const rest = first.text.trimStart().slice(2).trimEnd();
  if (rest.endsWith(closer) && rest.length > 2) return { kind: "math", end: first.end, closed: first.whole };
  for (let line = first; line.whole; ) {
    line = lineAt(text, line.next);
    if (!bare && isBlank(line.text) && line.whole) return null;
    if (line.whole && line.text.trimEnd().endsWith(closer)) return { kind: "math", end: line.end, closed: true };
    if (line.next - start > maxBlockChars) return null;
  }
  return { kind: "math", end: text.length, closed: false };
}

function readHtml(text: string, start: number, first: Line, kind: RegExp | "blank"): Found {
  if (kind !== "blank" && first.whole && endOfHtml(first.text, kind)) {
    return { kind: "markdown", end: first.end, closed: true };
  }
  let end = first.end;
  for (let line = first; line.whole; ) {
    line = lineAt(text, line.next);
    const over = overLong(text, start, line);
    if (over !== null) return over;
    if (kind === "blank") {
      if (isBlank(line.text)) {
        if (line.whole) return { kind: "markdown", end, closed: true };
        break;
      }
    } else if (line.whole && endOfHtml(line.text, kind)) return { kind: "markdown", end: line.end, closed: true };
    end = line.end;
  }
  return open(text, start, "markdown");
}

function readList(text: string, start: number, first: Line, marker: ListMarker): Found {
  let end = first.end;
  let { contentIndent } = marker;
  let afterBlank = false;
  for (let line = first; line.whole; ) {
    line = lineAt(text, line.next);
    const over = overLong(text, start, line);
    if (over !== null) return over;
    if (isBlank(line.text)) {
      afterBlank = true;
      continue;
    }
    if (!line.whole) break;
    if (indentOf(line.text) < contentIndent) {
      const item = isRule(line.text) ? null : listMarker(line.text);
      if (item !== null && item.type === marker.type) contentIndent = item.contentIndent;
      else if (afterBlank || interrupts(line.text)) return { kind: "markdown", end, closed: true };
    }
    afterBlank = false;
    end = line.end;
  }
  return open(text, start, "markdown");
}

function readIndented(text: string, start: number, first: Line): Found {
  let end = first.end;
  for (let line = first; line.whole; ) {
    line = lineAt(text, line.next);
    const over = overLong(text, start, line);
    if (over !== null) return over;
    if (isBlank(line.text)) continue;
    if (!line.whole) break;
    if (indentOf(line.text) < 4) return { kind: "markdown", end, closed: true };
    end = line.end;
  }
  return open(text, start, "markdown");
}

/** Paragraphs with what grows out of them: setext headings, tables, quotes, definitions. */
function readParagraph(text: string, start: number, first: Line, kind: "markdown" | "footnote"): Found {
  const quote = isQuote(first.text);
  let end = first.end;
  for (let line = first; line.whole; ) {
    line = lineAt(text, line.next);
    const over = overLong(text, start, line);
    if (over !== null) return { ...over, kind };
    if (isBlank(line.text)) {
      if (line.whole) return { kind, end, closed: true };
      break;
    }
    if (!line.whole) break;
    if (!quote && kind === "markdown" && /^ {0,3}(=+|-+)[ \t]*$/.test(line.text)) {
      return { kind, end: line.end, closed: true };
    }
    if (!(quote && isQuote(line.text)) && (interrupts(line.text) || isFootnote(line.text))) {
      return { kind, end, closed: true };
    }
    end = line.end;
  }
  return open(text, start, kind);
}

function isQuote(line: string): boolean {
  return /^ {0,3}>/.test(line);
}

/** Cuts a block that has become too long, at a line or a word where there is one in its second half. */
function overLong(text: string, start: number, line: Line): Found | null {
  const limit = start + maxBlockChars;
  if (line.end <= limit) return null;
  return { kind: "markdown", end: cutBefore(text, start, limit), closed: true };
}

function open(text: string, start: number, kind: Block["kind"]): Found {
  const limit = start + maxBlockChars;
  if (text.length <= limit) return { kind, end: text.length, closed: false };
  return { kind, end: cutBefore(text, start, limit), closed: true };
}

function cutBefore(text: string, start: number, limit: number): number {
  for (const mark of ["\n", " "]) {
    const found = text.lastIndexOf(mark, limit - 1);
    if (found > start + maxBlockChars / 2) return found;
  }
  // Never between the halves of a surrogate pair.
  const code = text.charCodeAt(limit - 1);
  return code >= 0xd800 && code <= 0xdbff ? limit - 1 : limit;
}
