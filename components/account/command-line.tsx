"use client";

import { CopyButton } from "#components/ui/failure.tsx";
import { useText } from "#lib/client/text.tsx";

/** A command to run on the server's machine. */
export function CommandLine({ command }: { command: string }) {
  const t = useText();
  return (
    <div className="mt-2 flex max-w-110 items-center justify-between gap-3 rounded border border-line bg-sunken ps-3 pe-1">
      <code className="min-w-0 overflow-x-auto py-2 font-mono text-12 whitespace-nowrap">{command}</code>
      <CopyButton text={command} label={t("common.copy")} doneLabel={t("common.copied")} />
    </div>
  );
}
