/** The languages of the interface, as BCP 47 tags: what `users.locale` and the `lang` attribute hold. */
export const locales = ["en", "zh-cn"] as const;

export type Locale = (typeof locales)[number];

/** Each language in its own words, for the choice of a language. */
export const localeNames: Record<Locale, string> = { en: "English", "zh-cn": "简体中文" };

export function isLocale(value: unknown): value is Locale {
  return typeof value === "string" && (locales as readonly string[]).includes(value);
}

/**
 * The language for a visitor: the one they chose, else the first one of `Accept-Language` that there is, else English.
 * Any Chinese counts as Simplified Chinese, because no other Chinese exists here.
 */
export function chooseLocale(chosen: string | null | undefined, acceptLanguage: string | null | undefined): Locale {
  if (isLocale(chosen)) return chosen;
  for (const tag of preferred(acceptLanguage ?? "")) {
    const language = tag.split("-")[0];
    if (language === "zh") return "zh-cn";
    if (language === "en") return "en";
  }
  return "en";
}

/** The tags of an `Accept-Language` header in lower case, most wanted first; `q=0` refuses a language. */
function preferred(header: string): string[] {
  return header
    .slice(0, 500)
    .split(",")
    .map((part) => {
      const [tag = "", ...parameters] = part.trim().toLowerCase().split(";");
      const quality = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find(Boolean);
      return { tag: tag.trim(), quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ tag, quality }) => tag !== "" && quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
}
