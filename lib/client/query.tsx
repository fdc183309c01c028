"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { isApiError } from "#lib/client/api.ts";

/** The cache of server data. Data stay visible when a refresh fails; only reads repeat, and only when that can help. */
export function QueryProvider({ children }: { children: ReactNode }) {
  const [client] = useState(makeQueryClient);
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        gcTime: 10 * 60_000,
        refetchOnWindowFocus: true,
        retry: (failures, error) => failures < 3 && canHelp(error),
        retryDelay: (failures, error) => {
          const asked = isApiError(error) ? error.retryAfterSeconds : undefined;
          return asked === undefined ? Math.min(1000 * 2 ** failures, 15_000) + Math.random() * 300 : asked * 1000;
        },
      },
      mutations: { retry: false },
    },
  });
}

function canHelp(error: unknown): boolean {
  return !isApiError(error) || error.status === 0 || error.status === 429 || error.status >= 500;
}
