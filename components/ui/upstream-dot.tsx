export type DotState = "served" | "partly" | "not_reached" | "sandbox" | "unknown";

/** A dot of 8 px that says whether an upstream serves us. The name stands beside it, the word in its accessible name. */
export function UpstreamDot({ state }: { state: DotState }) {
  return (
    <svg viewBox="0 0 8 8" width="8" height="8" fill="none" aria-hidden="true" data-glyph={state} className="flex-none">
      {state === "served" && <circle cx="4" cy="4" r="4" className="fill-success-mark" />}
      {(state === "partly" || state === "sandbox") && (
        <>
          <circle cx="4" cy="4" r="3.25" className="stroke-warning-mark" strokeWidth="1.5" />
          <path d="M.75 4a3.25 3.25 0 0 0 6.5 0Z" className="fill-warning-mark" />
        </>
      )}
      {state === "not_reached" && <circle cx="4" cy="4" r="3.25" className="stroke-danger" strokeWidth="1.5" />}
      {state === "unknown" && (
        <circle cx="4" cy="4" r="3.25" className="stroke-ink-faint" strokeWidth="1.5" strokeDasharray="1.7 1.7" />
      )}
    </svg>
  );
}
