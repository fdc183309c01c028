"use client";

import { createContext, type ReactNode, use, useMemo } from "react";
import type { Locale } from "#lib/shared/messages/locale.ts";
import { makeText, type Sections, type Text, type TextKey } from "#lib/shared/messages/text.ts";

/** Hands texts to everything below. Sections given further up stay, so that each layout adds only its own. */
export function TextProvider({
  locale,
  sections,
  children,
}: {
  locale: Locale;
  sections: Sections;
  children: ReactNode;
}) {
  const above = use(TextContext);
  const value = useMemo(() => {
    const merged = { ...above?.sections, ...sections };
    return { locale, sections: merged, t: makeText(locale, merged) };
  }, [above, locale, sections]);
  return <TextContext value={value}>{children}</TextContext>;
}

/** `const t = useText(); t("chat.stillWorking", { seconds })`. */
export function useText(): Text {
  return useTextContext().t;
}

/** For texts chosen by a code that comes with its facts from the server: what a wording names, the facts have. */
export function useTextWithFacts(): (key: TextKey, facts: Record<string, string | number>) => string {
  // The same function, without the check that only a single key makes possible.
  return useTextContext().t as (key: TextKey, facts: Record<string, string | number>) => string;
}

/** The language in use, for `Intl`. */
export function useLocale(): Locale {
  return useTextContext().locale;
}

interface TextValue {
  locale: Locale;
  sections: Sections;
  t: Text;
}

const TextContext = createContext<TextValue | null>(null);

function useTextContext(): TextValue {
  const value = use(TextContext);
  if (value === null) throw new Error("useText() needs a TextProvider above it.");
  return value;
}
