import type { ReactNode } from "react";

/** A text whose hits are marked; `marks` are `[start, end)` in order. */
export function MarkedText({ text, marks }: { text: string; marks: [number, number][] }) {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const [start, end] of marks) {
    if (start < at) continue;
    parts.push(text.slice(at, start), <mark key={start}>{text.slice(start, end)}</mark>);
    at = end;
  }
  parts.push(text.slice(at));
  return <span dir="auto">{parts}</span>;
}
