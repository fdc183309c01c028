/**
 * Math reaches the renderer as inline code with one of these private characters in front: Markdown leaves code alone, so
 * backslashes, underscores and stars arrive as they were written.
 */
export const inlineMathMark = "\uE0A1";
export const displayMathMark = "\uE0A2";

/** Rewrites `$…$`, `$$…$$`, `\(…\)` and `\[…\]` inside a block. Code and sums of money stay what they are. */
export function protectMath(text: string): string {
  if (!/\$|\\[([]/.test(text)) return text;
  const inTable = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*\|/m.test(text);
  let out = "";
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === "`" || (char === "~" && text.startsWith("~~~", at))) {
      const end = endOfCode(text, at);
      out += text.slice(at, end);
      at = end;
      continue;
    }
    const math = char === "$" || char === "\\" ? mathAt(text, at) : null;
    if (math !== null) {
      out += asCode(math.tex, math.display, inTable);
      at = math.end;
    } else {
      const step = char === "\\" ? 2 : 1;
      out += text.slice(at, at + step);
      at += step;
    }
  }
  return out;
}

interface Found {
  tex: string;
  display: boolean;
  end: number;
}

const maxTexChars = 2000;

function mathAt(text: string, at: number): Found | null {
  if (text.startsWith("\\(", at)) return between(text, at, "\\(", "\\)", false);
  if (text.startsWith("\\[", at)) return between(text, at, "\\[", "\\]", true);
  if (text.startsWith("$$", at)) return between(text, at, "$$", "$$", true);
  if (text.charAt(at) !== "$" || text.charAt(at - 1) === "$") return null;
  // As pandoc does: no space inside the marks, no digit after the closing one.
  if (/^[\s$]?$|^\s/.test(text.charAt(at + 1))) return null;
  for (let end = text.indexOf("$", at + 1); end !== -1; end = text.indexOf("$", end + 1)) {
    const tex = text.slice(at + 1, end);
    if (tex.length > maxTexChars || /\n\s*\n|`/.test(tex)) return null;
    if (text.charAt(end - 1) === "\\") continue;
    if (/\s$/.test(tex) || /\d/.test(text.charAt(end + 1))) return null;
    return { tex, display: false, end: end + 1 };
  }
  return null;
}

function between(text: string, at: number, open: string, close: string, display: boolean): Found | null {
  const end = text.indexOf(close, at + open.length);
  if (end === -1 || end - at > maxTexChars) return null;
  const tex = text.slice(at + open.length, end);
  if (tex.trim() === "" || /\n\s*\n/.test(tex)) return null;
  return { tex, display, end: end + close.length };
}

function asCode(tex: string, display: boolean, inTable: boolean): string {
  // A bar would end the cell of a table, also inside code.
  const safe = inTable ? tex.replaceAll("\\|", "\\Vert ").replaceAll("|", "\\vert ") : tex;
  const runs = safe.match(/`+/g) ?? [];
  const fence = "`".repeat(Math.max(0, ...runs.map((run) => run.length)) + 1);
  const oneLine = safe.replaceAll(/[ \t]*\r?\n[ \t>]*/g, " ").trim();
  return `${fence}${display ? displayMathMark : inlineMathMark}${oneLine}${oneLine.endsWith("`") ? " " : ""}${fence}`;
}

/** Past a code span or a fence; past the run alone where it opens nothing. */
function endOfCode(text: string, at: number): number {
  const char = text.charAt(at);
  let run = at;
  while (text.charAt(run) === char) run += 1;
  const marks = text.slice(at, run);
  const lineStart = text.lastIndexOf("\n", at - 1) + 1;
  if (marks.length >= 3 && /^[ \t>]*(?:[-*+]|\d{1,9}[.)])?[ \t]*$/.test(text.slice(lineStart, at))) {
    const close = new RegExp(`\\n[ \\t>]*${char === "~" ? "~" : "`"}{${marks.length},}[ \\t]*(?=\\n|$)`, "g");
    close.lastIndex = run;
    const found = close.exec(text);
    return found === null ? text.length : found.index + found[0].length;
  }
  for (let end = text.indexOf(marks, run); end !== -1; ) {
    let after = end;
    while (text.charAt(after) === char) after += 1;
    if (after - end === marks.length) return after;
    end = text.indexOf(marks, after);
  }
  return run;
}
