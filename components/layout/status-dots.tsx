"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { type DotState, UpstreamDot } from "#components/ui/upstream-dot.tsx";
import { api } from "#lib/client/api.ts";
import { useText } from "#lib/client/text.tsx";
import type { StatusView } from "#lib/shared/connections.ts";

/** What is connected, asked now and then while the tab is in sight. */
export function useStatus() {
  return useQuery({
    queryKey: ["status"],
    queryFn: ({ signal }) => api<StatusView>("/api/status", { signal }),
    refetchInterval: 30_000,
    staleTime: 20_000,
  });
}

/** One dot for each upstream, with its name; the word is in the tooltip and the accessible name. */
export function StatusDots({ admin }: { admin: boolean }) {
  const t = useText();
  const { data, isError } = useStatus();
  const upstreams: { id: string; name: string; state: DotState }[] = data?.upstreams ?? [
    { id: "openclaw", name: "OpenClaw", state: "unknown" },
  ];
  return (
    <ul
      aria-label={t("layout.upstreams")}
      className="flex flex-wrap gap-x-4 gap-y-1 px-4 text-12 text-ink-muted folded:justify-center folded:px-0"
    >
      {upstreams.map(({ id, name, state }) => {
        const shown = isError ? "unknown" : state;
        const word = t(`layout.upstream.${shown}`);
        const inside = (
          <>
            <UpstreamDot state={shown} />
            <span className="folded:sr-only">
              {name}
              {shown === "sandbox" ? `: ${word}` : <span className="sr-only">: {word}</span>}
            </span>
          </>
        );
        const className = "press flex h-5 items-center gap-2 rounded";
        return (
          <li key={id} data-tip={`${name}: ${word}`}>
            {admin ? (
              <Link href="/settings/connections" className={`${className} hover:text-ink`}>
                {inside}
              </Link>
            ) : (
              <span className={className}>{inside}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
