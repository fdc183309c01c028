"use client";

import { Skeleton } from "#components/ui/skeleton.tsx";
import { useText } from "#lib/client/text.tsx";

/** The shape of a conversation that is read for the first time. */
export function LoadingMessages() {
  const t = useText();
  return (
    <div role="status" aria-label={t("common.loading")} className="composer-column flex flex-1 flex-col gap-3 pt-8">
      <Skeleton className="h-12 w-80 max-w-full self-end rounded" />
      <Skeleton className="mt-4 w-4/5" />
      <Skeleton className="w-full" />
      <Skeleton className="w-3/5" />
    </div>
  );
}
