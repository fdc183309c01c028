"use client";

import { Lines } from "#components/account/probe-findings.tsx";
import { Collapsible } from "#components/ui/collapsible.tsx";

/** Lines of a configuration behind a label that unfolds them. */
export function FoldedLines({ label, text }: { label: string; text: string }) {
  return (
    <Collapsible label={label}>
      <div className="max-w-read">
        <Lines text={text} />
      </div>
    </Collapsible>
  );
}
