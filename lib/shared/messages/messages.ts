import { en } from "./en.ts";
import type { Locale } from "./locale.ts";
import { makeText, type SectionName, type Sections, type Text, type Translated } from "./text.ts";
import { zhCn } from "./zh-cn.ts";

export type Messages = typeof en;

const languages: Record<Locale, Translated<Messages>> = { en, "zh-cn": zhCn };

/** All texts of one language, for server components. A browser gets sections instead: {@link pickSections}. */
export function getText(locale: Locale): Text {
  return makeText(locale, languages[locale]);
}

/** The named sections of one language, plain data to be handed to `TextProvider` as a prop. */
export function pickSections(locale: Locale, names: readonly SectionName[]): Sections {
  return Object.fromEntries(names.map((name) => [name, languages[locale][name]]));
}
