/**
 * What of the model's text may leave already. The gateway holds back white space until something follows it, and a code
 * block until its fence is closed: a block arrives whole, after silence. (Seen on 2026.9.6.)
 */
export interface StreamText {
  /** Text to send now; may be empty. */
  push(piece: string): string;
  /** Whatever was held, without trailing white space. */
  flush(): string;
}

export function makeStreamText(): StreamText {
  let held = "";
  /** The marks that opened the block we are in. */
  let fence: string | null = null;
  /** The current line, however the model cut it into pieces; its beginning is all that matters. */
  let line = "";

  function read(piece: string): void {
    const [first = "", ...more] = piece.split("\n");
    line = line.length > longestMark ? line : line + first;
    for (const next of more) {
      fence = fenceAfter(fence, line);
      line = next;
    }
  }

  return {
    push(piece) {
      held += piece;
      read(piece);
      if (fence !== null || mayBecomeFence.test(line)) return "";
      const free = held.trimEnd();
      held = held.slice(free.length);
      return free;
    },
    flush() {
      const rest = held.trimEnd();
      held = "";
      line = "";
      fence = null;
      return rest;
    },
  };
}

const longestMark = 300;
const mayBecomeFence = /^ {0,3}(?:`{3,}|~{3,}|`{1,2}$|~{1,2}$)/;
const opening = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const closing = /^ {0,3}(`{3,}|~{3,})\s*$/;

/** The open fence after a whole line. */
function fenceAfter(open: string | null, line: string): string | null {
  if (open === null) return line.match(opening)?.[1] ?? null;
  const marks = line.match(closing)?.[1];
  return marks?.[0] === open[0] && marks !== undefined && marks.length >= open.length ? null : open;
}
