import type { ReactNode } from "react";

/** The title of a page before signing in, and one sentence. */
export function GateTitle({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <>
      <h1 className="text-24">{title}</h1>
      {children !== undefined && <p className="mt-1 text-15 text-ink-muted text-pretty">{children}</p>}
    </>
  );
}
