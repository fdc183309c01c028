"use client";

import { Button } from "#components/ui/button.tsx";
import { StateGlyph } from "#components/ui/state-glyph.tsx";
import { useText } from "#lib/client/text.tsx";

/** A page that did not come together. What was stored is stored. Every page loads this beforehand, so it is small. */
export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const t = useText();
  return (
    <div className="flex h-full flex-1 justify-center overflow-y-auto bg-surface p-6 pt-[15vh]">
      <div role="alert" className="h-fit w-full max-w-140 rounded border border-line-strong p-4">
        <div className="flex gap-2">
          <span className="flex h-6 items-center">
            <StateGlyph state="failed" />
          </span>
          <div className="min-w-0">
            <h1 className="text-15 font-medium">{t("common.page.failedTitle")}</h1>
            <p className="mt-0.5 text-ink-muted">{t("common.page.failedText")}</p>
            {error.digest !== undefined && (
              <p className="mt-2 font-mono text-12 text-ink-muted">
                {t("common.requestId")} {error.digest}
              </p>
            )}
            <Button variant="filled" className="mt-4" onClick={reset}>
              {t("common.tryAgain")}
            </Button>
          </div>
        </div>
      </div>
    </div>
  );
}
