import type { Locale } from "./locale.ts";
import type { Messages } from "./messages.ts";

/** A text that depends on `count`; languages without a form of their own for one give `other` alone. */
export type PluralText = { one?: string; other: string };

export type SectionName = keyof Messages;

/** Dotted path of every text: `chat.composer.placeholder`. */
export type TextKey = { [S in SectionName]: PathsOf<Messages[S], S> }[SectionName];

/** What a text needs filled in, read off its English wording. */
export type TextParams<K extends TextKey> = ParamsOf<At<Messages, K>>;

/** `t("common.save")`, `t("chat.stillWorking", { seconds: 12 })`. Numbers are written the way the language writes them. */
export type Text = <K extends TextKey>(
  key: K,
  ...params: keyof TextParams<K> extends never ? [] : [params: TextParams<K>]
) => string;

/** Some sections of one language, ready to be sent to a browser. */
export type Sections = { [S in SectionName]?: unknown };

/** The texts of one language behind one function. A key whose section was not given comes back as it is. */
export function makeText(locale: Locale, sections: Sections): Text {
  const plural = new Intl.PluralRules(locale);
  const number = new Intl.NumberFormat(locale);
  return (key, ...[params]) => {
    const found = key.split(".").reduce<unknown>((at, step) => (isObject(at) ? at[step] : undefined), sections);
    // `params` is an object of placeholders whenever the key has any: the type of Text demands it.
    const values = (params ?? {}) as Record<string, string | number>;
    const wording = isPlural(found) ? pluralForm(found, plural, Number(values["count"])) : found;
    if (typeof wording !== "string") return key;
    return wording.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
      const value = values[name];
      if (value === undefined) return placeholder;
      return typeof value === "number" ? number.format(value) : value;
    });
  };
}

function pluralForm(text: PluralText, rules: Intl.PluralRules, count: number): string {
  return (rules.select(count) === "one" ? text.one : undefined) ?? text.other;
}

function isPlural(value: unknown): value is PluralText {
  return isObject(value) && typeof value["other"] === "string";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** The shape that another language must have to say everything that English says: nothing missing, nothing more. */
export type Translated<English> = English extends string
  ? string
  : English extends { one: string; other: string }
    ? PluralText
    : { readonly [K in keyof English]: Translated<English[K]> };

type PathsOf<Node, Path extends string> = Node extends string | { one: string; other: string }
  ? Path
  : { [K in keyof Node & string]: PathsOf<Node[K], `${Path}.${K}`> }[keyof Node & string];

type At<Node, Path extends string> = Path extends `${infer Step}.${infer Rest}`
  ? Step extends keyof Node
    ? At<Node[Step], Rest>
    : never
  : Path extends keyof Node
    ? Node[Path]
    : never;

type ParamsOf<Wording> = Wording extends string
  ? { [Name in NamesIn<Wording>]: string | number }
  : Wording extends { other: infer Other extends string }
    ? { [Name in NamesIn<Other>]: string | number } & { count: number }
    : never;

type NamesIn<Wording extends string> = Wording extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;
