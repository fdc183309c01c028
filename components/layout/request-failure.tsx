"use client";

import { Button } from "#components/ui/button.tsx";
import { Failure } from "#components/ui/failure.tsx";
import { useProblem } from "#lib/client/problem.ts";
import { useText } from "#lib/client/text.tsx";

/** A read that failed, with its next step; what was known stays below it on the page. */
export function RequestFailure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useText();
  const { title, next, details } = useProblem()(error);
  return (
    <Failure
      title={title}
      next={next}
      actions={onRetry && <Button onClick={onRetry}>{t("common.tryAgain")}</Button>}
      details={details}
      detailsLabel={t("common.details")}
      copyLabel={t("common.copy")}
      copiedLabel={t("common.copied")}
    />
  );
}
