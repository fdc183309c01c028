"use client";

import { Button } from "#components/ui/button.tsx";
import { Failure } from "#components/ui/failure.tsx";
import { useText } from "#lib/client/text.tsx";

/** A page that did not come together. What was stored is stored. */
export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const t = useText();
  return (
    <div className="flex h-full flex-1 items-start justify-center overflow-y-auto bg-surface p-6 pt-[15vh]">
      <div className="w-full max-w-140">
        <Failure
          title={t("common.page.failedTitle")}
          next={t("common.page.failedText")}
          actions={
            <Button variant="filled" onClick={reset}>
              {t("common.tryAgain")}
            </Button>
          }
          details={error.digest === undefined ? [] : [["digest", error.digest]]}
          detailsLabel={t("common.details")}
          copyLabel={t("common.copy")}
          copiedLabel={t("common.copied")}
        />
      </div>
    </div>
  );
}
