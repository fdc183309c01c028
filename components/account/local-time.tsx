"use client";

import { useSyncExternalStore } from "react";
import { useFormat } from "#lib/client/format.ts";

/** A moment in the reader's own time zone, also where the server makes the page. */
export function LocalTime({ ms }: { ms: number }) {
  const format = useFormat();
  const text = useSyncExternalStore(
    never,
    () => format.moment(ms),
    () => new Date(ms).toISOString().slice(0, 10),
  );
  return (
    <time dateTime={new Date(ms).toISOString()} data-tip={format.full(ms)} suppressHydrationWarning>
      {text}
    </time>
  );
}

const never = () => () => undefined;
