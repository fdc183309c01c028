import { type ReactNode, useId } from "react";
import { classNames } from "./class-names.ts";

export type Glyph =
  | "queued"
  | "running"
  | "waiting"
  | "attention"
  | "done"
  | "failed"
  | "stopped"
  | "unknown"
  | "retired";

/** The nine tide glyphs, 14 px. Hidden from screen readers, because the word always stands beside it. */
export function StateGlyph({ state, level, className }: { state: Glyph; level?: number; className?: string }) {
  const clip = useId();
  return (
    <svg
      viewBox="0 0 14 14"
      width="14"
      height="14"
      fill="none"
      aria-hidden="true"
      data-glyph={state}
      className={classNames("flex-none", className)}
    >
      {draw[state](clip, level)}
    </svg>
  );
}

const draw: Record<Glyph, (clip: string, level: number | undefined) => ReactNode> = {
  queued: () => <Ring className="stroke-ink-faint" />,
  running: (clip, level) => (
    <>
      <Ring className="stroke-tide" />
      <Water clip={clip} level={level ?? 0.5} className="fill-tide" bob={level === undefined} />
    </>
  ),
  waiting: (clip) => (
    <>
      <Ring className="stroke-warning-mark" />
      <Water clip={clip} level={0.36} className="fill-warning-mark" />
    </>
  ),
  attention: () => (
    <g className="stroke-warning-mark" strokeWidth="1.5" strokeLinecap="round">
      <path d="M2.07 5.2A5.25 5.25 0 0 1 11.93 5.2M2.07 8.8A5.25 5.25 0 0 0 11.93 8.8" />
      <path d="M7 4.2v3.3" />
      <path d="M7 9.8v.01" />
    </g>
  ),
  done: () => (
    <>
      <circle cx="7" cy="7" r="6" className="fill-success-mark" />
      <path
        d="M4.4 7.2 6.2 9l3.4-3.8"
        className="stroke-surface"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </>
  ),
  failed: () => (
    <>
      <Ring className="stroke-danger" />
      <path d="m5.2 5.2 3.6 3.6m0-3.6L5.2 8.8" className="stroke-danger" strokeWidth="1.5" strokeLinecap="round" />
    </>
  ),
  stopped: () => (
    <>
      <Ring className="stroke-ink-muted" />
      <rect x="5" y="5" width="4" height="4" rx="0.75" className="fill-ink-muted" />
    </>
  ),
  unknown: () => <Ring className="stroke-ink-faint" dash="1.9 1.766" />,
  retired: () => (
    <>
      <Ring className="stroke-ink-faint" />
      <path d="M4.6 7h4.8" className="stroke-ink-faint" strokeWidth="1.5" strokeLinecap="round" />
    </>
  ),
};

function Ring({ className, dash }: { className: string; dash?: string }) {
  return <circle cx="7" cy="7" r="5.25" strokeWidth="1.5" strokeDasharray={dash} className={className} />;
}

function Water({ clip, level, className, bob }: { clip: string; level: number; className: string; bob?: boolean }) {
  const y = 10.85 - 7.7 * Math.min(1, Math.max(0, level));
  return (
    <>
      <clipPath id={clip}>
        <circle cx="7" cy="7" r="3.85" />
      </clipPath>
      <g clipPath={`url(#${clip})`}>
        <path
          d={`M2 ${y} q1.25 -.7 2.5 0 t2.5 0 t2.5 0 t2.5 0 V13 H2Z`}
          className={classNames(className, bob && "water-bob")}
        />
      </g>
    </>
  );
}
