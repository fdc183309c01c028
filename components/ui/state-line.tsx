import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { type Glyph, StateGlyph } from "./state-glyph.tsx";

/** A state in one line: glyph, word, fact, time. What follows from it may stand beneath as children. */
export function StateLine({
  state,
  level,
  word,
  fact,
  time,
  children,
  className,
}: {
  state: Glyph;
  level?: number;
  word: ReactNode;
  fact?: ReactNode;
  time?: ReactNode;
  children?: ReactNode;
  className?: string;
}) {
  return (
    <div className={classNames("flex gap-2 text-13", className)}>
      <span className="flex h-5 items-center">
        <StateGlyph state={state} {...(level === undefined ? {} : { level })} />
      </span>
      <div className="min-w-0 flex-1">
        <span className="font-medium">{word}</span>
        {fact !== undefined && <span className="ms-2 text-ink-muted">{fact}</span>}
        {time !== undefined && <span className="ms-2 text-12 text-ink-faint tabular-nums">{time}</span>}
        {children !== undefined && <div className="text-ink-muted">{children}</div>}
      </div>
    </div>
  );
}
