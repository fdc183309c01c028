import { expect, test } from "vitest";
import { fold, indexTerms, queryTerms } from "#lib/shared/search-terms.ts";

test.each([
  ["Hello, WORLD! hello", "hello world"],
  ["Café déjà-vu Ångström", "cafe deja vu angstrom"],
  ["Cafe\u0301", "cafe"],
  ["ＦＵＬＬ ｗｉｄｔｈ １２", "full width 12"],
  ["foo_bar.baz(3.14)", "foo bar baz 3 14"],
  ["ёлка й", "елка и"],
  ["", ""],
  [" \n\t!?…", ""],
  ["🙂👍", ""],
])("the words of %j are %j", (text, terms) => {
  expect(indexTerms(text)).toBe(terms);
});

test.each([
  ["消息队列", "消息 息队 队列 列"],
  ["你", "你"],
  ["用GPT模型", "用 gpt 模型 型"],
  ["が", "が"],
  ["コーヒー", "コー ーヒ ヒー ー"],
  ["ｶﾞｲﾄﾞ", "ガイ イド ド"],
  ["한국어는", "한국 국어 어는 는"],
  ["你好，世界。", "你好 好 世界 界"],
  ["𠮷野家", "𠮷野 野家 家"],
])("a script without spaces becomes pairs and its last character: %j", (text, terms) => {
  expect(indexTerms(text)).toBe(terms);
});

test("the marks of other scripts stay part of their words", () => {
  expect(indexTerms("हिन्दी में")).toBe("हिन्दी में");
});

test.each([
  ["deploy", ["deploy*"]],
  ["deploy ", ["deploy"]],
  ["a", ["a"]],
  ["big de", ["big", "de*"]],
  ["foo-bar baz ", ["foo bar", "baz"]],
  ["你", ["你*"]],
  ["你好", ["你好"]],
  ["消息队列 丢失", ["消息 息队 队列", "丢失"]],
  ["GPT模型", ["gpt 模型"]],
  ['"quoted" OR*', ["quoted", "or*"]],
  ["", []],
  ["?!", []],
])("the query %j looks for %j", (query, terms) => {
  expect(queryTerms(query)).toEqual(terms);
});

test("every term of a query on a text's own words is among the text's terms", () => {
  const text = "Ürün fiyatı 数据库迁移 ΑΘΗΝΑ naïve İstanbul 서울";
  const terms = new Set(indexTerms(text).split(" "));
  for (const term of queryTerms(`${text} `).flatMap((word) => word.split(" "))) {
    expect(
      [...terms].some((known) => (term.endsWith("*") ? known.startsWith(term.slice(0, -1)) : known === term)),
    ).toBe(true);
  }
});

test("what is indexed and what is asked are bounded", () => {
  const manyWords = Array.from({ length: 200_000 }, (_, index) => `word${index}`).join(" ");
  expect(indexTerms(manyWords).length).toBeLessThanOrEqual(300_000);
  expect(indexTerms("x".repeat(1000))).toHaveLength(64);
  expect(queryTerms("a1 ".repeat(10_000)).join(" ").split(" ").length).toBeLessThanOrEqual(32 * 8);
  expect(queryTerms(Array.from({ length: 100 }, (_, index) => `w${index}`).join(" "))).toHaveLength(32);
  expect(
    queryTerms(
      "字".repeat(3) + Array.from({ length: 90 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join(""),
    )[0]?.split(" "),
  ).toHaveLength(32);
  expect(indexTerms(`${"x".repeat(63)}𝒳`)).toBe(`${"x".repeat(64)}`);
});

test("folding is the same for what looks the same", () => {
  expect(fold("STRASSE")).toBe(fold("strasse"));
  expect(fold("ﬁne")).toBe("fine");
  expect(fold("İ")).toBe("i");
});
