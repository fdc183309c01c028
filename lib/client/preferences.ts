"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTheme } from "next-themes";
import { useCallback } from "react";
import { api } from "#lib/client/api.ts";
import { localeCookie } from "#lib/shared/cookies.ts";
import type { Locale } from "#lib/shared/messages/locale.ts";
import type { MeView } from "#lib/shared/people.ts";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

/**
 * Appearance and language: changed here at once, kept in the browser for the pages before signing in, and stored with the
 * person where somebody is signed in.
 */
export function usePreferences({ signedIn = true }: { signedIn?: boolean } = {}) {
  const router = useRouter();
  const queries = useQueryClient();
  const { theme, setTheme } = useTheme();

  const store = useCallback(
    async (change: Partial<Pick<MeView, "theme" | "locale">>) => {
      if (!signedIn) return;
      // Not stored is not lost: this browser keeps it, and the next change tries again.
      await api("/api/me", { method: "PATCH", body: change }).catch(() => undefined);
      await queries.invalidateQueries({ queryKey: ["me"] });
    },
    [queries, signedIn],
  );

  return {
    theme: themes.find((value) => value === theme) ?? "system",
    setTheme: useCallback(
      (next: Theme) => {
        setTheme(next);
        void store({ theme: next });
      },
      [setTheme, store],
    ),
    setLocale: useCallback(
      (next: Locale) => {
        rememberInCookie(localeCookie, next);
        void store({ locale: next }).then(() => router.refresh());
      },
      [router, store],
    ),
  };
}

/** Keeps a preference in this browser, where the server reads it for the first paint. */
export function rememberInCookie(name: string, value: string): void {
  // The Cookie Store API is not everywhere yet.
  // biome-ignore lint/suspicious/noDocumentCookie: one preference, no secret.
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax`;
}
