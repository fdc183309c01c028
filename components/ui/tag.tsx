import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

/** A word in a small box. Amber is for the sandbox alone. */
export function Tag({ tone = "plain", children }: { tone?: "plain" | "sandbox"; children: ReactNode }) {
  return (
    <span
      className={classNames(
        "inline-flex h-5 flex-none items-center rounded-small border px-1.5 text-12 whitespace-nowrap",
        tone === "sandbox"
          ? "border-warning-line bg-warning-wash text-warning"
          : "border-line-strong bg-surface text-ink-muted",
      )}
    >
      {children}
    </span>
  );
}
