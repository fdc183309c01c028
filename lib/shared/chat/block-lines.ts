/** What one line of Markdown can begin or end, after CommonMark 0.31 and GFM. */

export interface ListMarker {
  /** The bullet, or the delimiter after the number: another one begins another list. */
  type: string;
  /** Columns that a line needs to belong to the item. */
  contentIndent: number;
  /** A number other than 1 or an item without text does not interrupt a paragraph. */
  interruptsParagraph: boolean;
}

export function isBlank(line: string): boolean {
  return /^[ \t\r]*$/.test(line);
}

/** Leading columns, tabs going to the next multiple of four. */
export function indentOf(line: string): number {
  let columns = 0;
  for (const char of line) {
    if (char === " ") columns += 1;
    else if (char === "\t") columns += 4 - (columns % 4);
    else break;
  }
  return columns;
}

/** The run of backticks or tildes that opens fenced code. */
export function fenceOf(line: string): string | null {
  const found = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
  const run = found?.[1];
  if (run === undefined || (run.startsWith("`") && found?.[2]?.includes("`"))) return null;
  return run;
}

export function closesFence(line: string, fence: string): boolean {
  const run = /^ {0,3}(`{3,}|~{3,})[ \t\r]*$/.exec(line)?.[1];
  return run !== undefined && run[0] === fence[0] && run.length >= fence.length;
}

/** `$$` or `\[` at the start of a line, unless other text stands after the closer on the same line. */
export function mathOpener(line: string): "$$" | "\\[" | null {
  const found = /^ {0,3}(\$\$|\\\[)(.*)$/.exec(line);
  if (found === null) return null;
  const opener = found[1] === "$$" ? "$$" : "\\[";
  const rest = (found[2] ?? "").trimEnd();
  const closer = rest.indexOf(opener === "$$" ? "$$" : "\\]");
  return closer === -1 || closer === rest.length - 2 ? opener : null;
}

export function isHeading(line: string): boolean {
  return /^ {0,3}#{1,6}(?:[ \t]|$)/.test(line);
}

export function isRule(line: string): boolean {
  return /^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/.test(line);
}

export function isFootnote(line: string): boolean {
  return /^ {0,3}\[\^[^\]\s]+\]:/.test(line);
}

export function listMarker(line: string): ListMarker | null {
  const found = /^( {0,3})([-*+]|\d{1,9}[.)])([ \t]+|$)/.exec(line);
  if (found === null) return null;
  const [whole, indent = "", marker = "", gap = ""] = found;
  const empty = whole.length === line.length;
  const spaces = indentOf(gap);
  return {
    type: marker.at(-1) ?? "",
    contentIndent: indent.length + marker.length + (empty || spaces > 4 || spaces === 0 ? 1 : spaces),
    interruptsParagraph: !empty && (marker.length === 1 || Number.parseInt(marker, 10) === 1),
  };
}

/** How an HTML block that begins here ends: at a line with a pattern, or at a blank line. */
export function htmlKind(line: string): RegExp | "blank" | null {
  if (!/^ {0,3}</.test(line)) return null;
  for (const [start, end] of rawHtml) if (start.test(line)) return end;
  return blockTag.test(line) || loneTag.test(line) ? "blank" : null;
}

export function endOfHtml(line: string, end: RegExp): boolean {
  return end.test(line);
}

/** Whether a line ends the paragraph before it without a blank line between. */
export function interrupts(line: string): boolean {
  if (isHeading(line) || isRule(line) || fenceOf(line) !== null || /^ {0,3}>/.test(line)) return true;
  if (listMarker(line)?.interruptsParagraph || mathOpener(line) !== null) return true;
  return htmlKind(line) !== null && !(loneTag.test(line) && !blockTag.test(line));
}

const rawHtml: [RegExp, RegExp][] = [
  [/^ {0,3}<(?:script|pre|style|textarea)(?:\s|>|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^ {0,3}<!--/, /-->/],
  [/^ {0,3}<\?/, /\?>/],
  [/^ {0,3}<!\[CDATA\[/, /\]\]>/],
  [/^ {0,3}<![A-Za-z]/, />/],
];

const blockTag =
  /^ {0,3}<\/?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?:\s|\/?>|$)/i;

const loneTag = /^ {0,3}<\/?[a-z][a-z0-9-]*(?:\s[^<>]*)?\/?>[ \t]*$/i;
