import { isBlank } from "./block-lines.ts";

/**
 * Makes the end of a Markdown text that is still being written look as it probably will: closes emphasis and code that
 * are open, shows the words of an unfinished link, and leaves out a line that could still become anything. What is given
 * is the open block only. The result is for showing; the source stays as it is.
 */
export function mendTail(text: string): string {
  const settled = dropPendingLine(text);
  const table = mendTable(settled);
  if (table !== null) return table;
  const start = startOfInline(settled);
  return settled.slice(0, start) + mendInline(settled.slice(start));
}

/** A line of only marks may become a heading's underline, an item, a fence or a rule. */
function dropPendingLine(text: string): string {
  const cut = text.lastIndexOf("\n") + 1;
  const last = text.slice(cut);
  return last.trim() !== "" && pendingLine.test(last) ? text.slice(0, cut).trimEnd() : text;
}

const pendingLine = /^[ \t>]*(?:[-*+_=#>]+[ \t]*|\d{1,9}[.)]?[ \t]*|`{1,2}|~{1,2}|[-*+][ \t]+\[.?\]?|!?\[?|\$)$/;

/** The head of a table shows once it is whole, as a table from the start. */
function mendTable(text: string): string | null {
  const start = startOfParagraph(text);
  const lines = text.slice(start).split("\n");
  const [head = "", rule] = lines;
  if (lines.length > 2 || !head.trimStart().startsWith("|")) return null;
  if (rule === undefined) return text.slice(0, start).trimEnd();
  if (!/^[\s|:-]*$/.test(rule)) return null;
  const cells = head.trim().replace(/^\|/, "").replace(/\|$/, "").replaceAll("\\|", "").split("|").length;
  return `${text.slice(0, start)}${head}\n|${" - |".repeat(cells)}`;
}

function startOfParagraph(text: string): number {
  let start = 0;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end === -1 ? text.length : end);
    const next = end === -1 ? text.length : end + 1;
    if (isBlank(line)) start = next;
    at = next;
  }
  return start;
}

/** Emphasis does not reach over blank lines, items, headings, quotes and rows. */
function startOfInline(text: string): number {
  const paragraph = startOfParagraph(text);
  for (let at = text.length; at > paragraph; ) {
    const begin = text.lastIndexOf("\n", at - 1) + 1;
    const line = text.slice(Math.max(begin, paragraph), at);
    const marker = /^[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?|#{1,6}[ \t]+|>[ \t]?|\|)+/.exec(line);
    if (marker !== null) return Math.max(begin, paragraph) + marker[0].length;
    at = begin - 1;
  }
  return paragraph;
}

interface Opener {
  mark: string;
  /** Index after the mark. */
  after: number;
}

function mendInline(text: string): string {
  const openers: Opener[] = [];
  const brackets: number[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === "\\") {
      at += 2;
    } else if (char === "`") {
      const end = endOfRun(text, at);
      const close = closingRun(text, end, end - at);
      if (close === -1) return closeAll(text, openers, brackets, text.slice(at, end), end);
      at = close;
    } else if (char === "$") {
      at = afterMath(text, at);
    } else if (char === "[") {
      brackets.push(at);
      at += 1;
    } else if (char === "]") {
      const opened = brackets.pop();
      at += 1;
      if (opened === undefined || text.charAt(at) !== "(") continue;
      const end = endOfDestination(text, at);
      if (end === -1) return mendInline(withoutLink(text, opened, at - 1));
      at = end;
    } else if (char === "*" || char === "_" || char === "~") {
      if (isHalfCloser(text, at, openers.at(-1))) return closeAll(text.slice(0, at), openers, brackets, "", at);
      at = readDelimiters(text, at, openers);
    } else at += 1;
  }
  return closeAll(text, openers, brackets, "", text.length);
}

/** Appends what closes the open marks, and shows the words of a link whose end is not there yet. */
function closeAll(text: string, openers: Opener[], brackets: number[], code: string, codeAt: number): string {
  const body = text.trimEnd();
  const opened = brackets.at(-1);
  if (opened !== undefined && brackets.length <= 4 && code === "" && !text.slice(opened).includes("\n")) {
    return mendInline(withoutLink(text, opened, text.length));
  }
  if (code !== "" && codeAt >= body.length) return mendInline(body.slice(0, codeAt - code.length));
  let closed = body + (code === "" ? "" : code);
  for (const { mark, after } of openers.toReversed()) {
    // A mark with nothing behind it may be anything.
    if (after >= closed.length) closed = closed.slice(0, after - mark.length).trimEnd();
    else closed += mark;
  }
  return closed;
}

function withoutLink(text: string, opened: number, labelEnd: number): string {
  const image = text.charAt(opened - 1) === "!";
  return text.slice(0, image ? opened - 1 : opened) + text.slice(opened + 1, labelEnd);
}

function endOfRun(text: string, at: number): number {
  let end = at;
  while (text.charAt(end) === text.charAt(at)) end += 1;
  return end;
}

/** Index after the next run of exactly `length` backticks, or -1. */
function closingRun(text: string, from: number, length: number): number {
  for (let at = text.indexOf("`", from); at !== -1; ) {
    const end = endOfRun(text, at);
    if (end - at === length) return end;
    at = text.indexOf("`", end);
  }
  return -1;
}

function endOfDestination(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === "\\") at += 1;
    else if (char === "(") depth += 1;
    else if (char === ")" && --depth === 0) return at + 1;
    else if (char === "\n" && text.charAt(at + 1) === "\n") return at;
  }
  return -1;
}

function afterMath(text: string, at: number): number {
  const end = endOfRun(text, at);
  const close = text.indexOf(text.slice(at, end), end);
  return close === -1 || /^\s/.test(text.slice(end)) || /\n\s*\n/.test(text.slice(end, close)) ? end : close + end - at;
}

/** The text ends between the two halves of a closing `**` or `~~`. */
function isHalfCloser(text: string, at: number, opener: Opener | undefined): boolean {
  const end = endOfRun(text, at);
  return end === text.length && opener?.mark[0] === text.charAt(at) && end - at < opener.mark.length;
}

function readDelimiters(text: string, at: number, openers: Opener[]): number {
  const end = endOfRun(text, at);
  const char = text.charAt(at);
  const before = text.charAt(at - 1);
  const behind = text.charAt(end);
  const intraword = char === "_" && /\w/.test(before) && /\w/.test(behind);
  const canOpen = !intraword && behind !== "" && !/\s/.test(behind);
  const canClose = !intraword && before !== "" && !/\s/.test(before);
  let left = end - at;
  while (canClose && left > 0) {
    const opener = openers.at(-1);
    if (opener?.mark[0] !== char || opener.mark.length > left) break;
    left -= opener.mark.length;
    openers.pop();
  }
  if (left > 0 && (canOpen || (behind === "" && !canClose))) push(openers, char, left, end);
  return end;
}

function push(openers: Opener[], char: string, count: number, after: number): void {
  if (char === "~") {
    if (count === 2) openers.push({ mark: "~~", after });
  } else if (count <= 3) {
    if (count !== 1) openers.push({ mark: char.repeat(2), after });
    if (count !== 2) openers.push({ mark: char, after });
  }
}
