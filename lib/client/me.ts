"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { api } from "#lib/client/api.ts";
import type { MeView } from "#lib/shared/people.ts";

/** `GET /api/me`. */
export interface MeAnswer {
  person: MeView;
  hasPassword: boolean;
  sandbox: boolean;
  version: string;
}

const key = ["me"] as const;

/** Whoever is signed in, with their preferences; what the page was made with counts until the first answer. */
export function useMe(initial: MeView): MeView {
  const { data } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api<MeAnswer>("/api/me", { signal }),
    staleTime: 60_000,
  });
  return data?.person ?? initial;
}

/** Changes the person's own name or preferences; the page shows the change at once and takes it back if it fails. */
export function useChangeMe() {
  const queries = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: (change: Partial<MeView>) =>
      api<{ person: MeView }>("/api/me", { method: "PATCH", body: change }).then(({ person }) => person),
    async onMutate(change) {
      await queries.cancelQueries({ queryKey: key });
      const before = queries.getQueryData<MeAnswer>(key);
      if (before) queries.setQueryData<MeAnswer>(key, { ...before, person: { ...before.person, ...change } });
      return { before };
    },
    onError: (_error, _change, context) => queries.setQueryData(key, context?.before),
    onSuccess(person) {
      queries.setQueryData<MeAnswer>(key, (held) => held && { ...held, person });
      // The frame and the texts come from the server.
      router.refresh();
    },
  });
}
