"use client";

import { Check, Copy } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { Collapsible } from "./collapsible.tsx";
import { StateGlyph } from "./state-glyph.tsx";

/** Something could not be read or done: a sentence, the next step, and details that unfold and copy. */
export function Failure({
  title,
  next,
  actions,
  details = [],
  detailsLabel,
  copyLabel,
  copiedLabel,
}: {
  title: string;
  next?: ReactNode;
  actions?: ReactNode;
  details?: [name: string, value: string][];
  detailsLabel: string;
  copyLabel: string;
  copiedLabel: string;
}) {
  return (
    <div role="alert" className="rounded border border-line-strong bg-surface p-4">
      <div className="flex gap-2">
        <span className="flex h-6 items-center">
          <StateGlyph state="failed" />
        </span>
        <div className="min-w-0 flex-1">
          <p className="text-15 font-medium">{title}</p>
          {next !== undefined && <p className="mt-0.5 text-ink-muted">{next}</p>}
          {actions !== undefined && <div className="mt-3 flex flex-wrap items-center gap-3">{actions}</div>}
          {details.length > 0 && (
            <div className="mt-4 border-t border-line pt-3">
              <Collapsible label={detailsLabel}>
                <div className="flex items-start justify-between gap-4">
                  <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 font-mono text-12">
                    {details.map(([name, value]) => (
                      <div key={name} className="contents">
                        <dt className="text-ink-muted">{name}</dt>
                        <dd className="break-all">{value}</dd>
                      </div>
                    ))}
                  </dl>
                  <CopyButton
                    text={details.map(([name, value]) => `${name}: ${value}`).join("\n")}
                    label={copyLabel}
                    doneLabel={copiedLabel}
                  />
                </div>
              </Collapsible>
            </div>
          )}
        </div>
      </div>
    </div>
  );
}

/** Copies a text; for a moment the words say that it did. */
export function CopyButton({
  text,
  label,
  doneLabel,
  variant = "quiet",
}: {
  text: string;
  label: string;
  doneLabel: string;
  variant?: "quiet" | "outline";
}) {
  const [done, setDone] = useState(false);
  async function copy() {
    await navigator.clipboard.writeText(text).catch(() => {});
    setDone(true);
    window.setTimeout(() => setDone(false), 2000);
  }
  return (
    <Button size="small" variant={variant} icon={done ? Check : Copy} onClick={() => void copy()}>
      <span aria-live="polite">{done ? doneLabel : label}</span>
    </Button>
  );
}
