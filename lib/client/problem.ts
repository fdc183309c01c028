"use client";

import { useMemo } from "react";
import { isApiError } from "#lib/client/api.ts";
import { useText } from "#lib/client/text.tsx";
import type { ProblemCode } from "#lib/shared/messages/en/errors.ts";

export interface ProblemText {
  title: string;
  next: string;
  /** For Details: what helps whoever looks into it. */
  details: [name: string, value: string][];
}

/** Words for whatever a request threw: what happened, what to do next, and details to copy. */
export function useProblem(): (error: unknown) => ProblemText {
  const t = useText();
  return useMemo(
    () => (error) => {
      if (!isApiError(error))
        return { title: t("errors.internal.title"), next: t("errors.internal.next"), details: [] };
      // An answer of a newer server may bring a code that this page does not know.
      const known = t(`errors.${error.code}.title`) !== `errors.${error.code}.title`;
      const code: ProblemCode = known ? error.code : "internal";
      const wait = error.retryAfterSeconds;
      return {
        title: t(`errors.${code}.title`),
        next: wait === undefined ? t(`errors.${code}.next`) : t("common.tryAgainIn", { count: wait }),
        details: [
          [t("common.errorCode"), error.code],
          ...(error.status === 0 ? [] : [[t("common.httpStatus"), String(error.status)] as [string, string]]),
          ...(error.requestId === undefined ? [] : [[t("common.requestId"), error.requestId] as [string, string]]),
        ],
      };
    },
    [t],
  );
}
