import { describe, expect, test } from "vitest";
import { chooseLocale, locales } from "./locale.ts";
import { getText, pickSections } from "./messages.ts";
import { makeText } from "./text.ts";

describe("the texts of a language", () => {
  test("fill in what a text names and write numbers as the language does", () => {
    const t = getText("en");
    expect(t("common.staleSince", { time: "13:56" })).toBe("as of 13:56");
    expect(t("common.tryAgainIn", { count: 1200 })).toBe("Try again in 1,200 seconds.");
  });

  test("choose the plural by count, and fall back to the only form where a language has one", () => {
    expect(getText("en")("common.tryAgainIn", { count: 1 })).toBe("Try again in 1 second.");
    expect(getText("zh-cn")("common.tryAgainIn", { count: 1 })).toBe("请在 1 秒后重试。");
  });

  test("travel as plain data, by section", () => {
    const sent = JSON.parse(JSON.stringify(pickSections("zh-cn", ["common"])));
    expect(makeText("zh-cn", sent)("common.save")).toBe("保存");
    expect(makeText("zh-cn", sent)("layout.signOut")).toBe("layout.signOut");
  });

  test.each(locales)("%s names the same placeholders as English in every text", (locale) => {
    const english = leaves(pickSections("en", names));
    const other = leaves(pickSections(locale, names));
    for (const [key, wording] of other) {
      // A singular may say "one" in words, and a language without a singular has only the other form.
      const base = english.get(key.replace(/\.one$/, ".other")) ?? "";
      if (key.endsWith(".one")) expect(placeholders(base)).toEqual(expect.arrayContaining(placeholders(wording)));
      else expect([key, placeholders(wording)]).toEqual([key, placeholders(base)]);
    }
  });
});

test.each([
  [null, "de-AT,zh-TW;q=0.8,en;q=0.5", "zh-cn"],
  [null, "en;q=0.2, zh;q=0.9", "zh-cn"],
  [null, "zh;q=0, en", "en"],
  [null, "fr", "en"],
  [null, null, "en"],
  ["zh-cn", "en", "zh-cn"],
  ["xx", "zh", "zh-cn"],
])("the choice %s with the browser's %s is %s", (chosen, header, locale) => {
  expect(chooseLocale(chosen, header)).toBe(locale);
});

const names = ["common", "layout", "errors", "chat", "account", "connections", "conversations", "transcript"] as const;

function leaves(node: unknown, path = ""): Map<string, string> {
  if (typeof node === "string") return new Map([[path, node]]);
  return new Map(Object.entries(node ?? {}).flatMap(([key, value]) => [...leaves(value, `${path}.${key}`)]));
}

function placeholders(wording: string): string[] {
  return [...new Set(wording.match(/\{\w+\}/g) ?? [])].sort();
}
