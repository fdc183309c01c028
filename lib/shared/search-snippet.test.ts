import { expect, test } from "vitest";
import { findMarks, snippetOf } from "#lib/shared/search-snippet.ts";

function marked(text: string, query: string): string[] {
  return findMarks(text, query).map(([start, end]) => text.slice(start, end));
}

test.each([
  ["We deploy, then Deployed again.", "deploy", ["deploy", "Deploy"]],
  ["We deploy, then Deployed again.", "deploy ", ["deploy"]],
  ["Ein Café und ein CAFE\u0301.", "cafe ", ["Café", "CAFE\u0301"]],
  ["消息队列里的消息", "消息", ["消息", "消息"]],
  ["你好你", "你", ["你", "你"]],
  ["消息在队列里", "消息队列", ["消息", "队列"]],
  ["哈哈哈", "哈哈", ["哈哈哈"]],
  ["abc 数据 def", "def 数据", ["数据", "def"]],
  ["nothing here", "absent", []],
  ["anything", "", []],
  ["𠮷野家へ", "野家", ["野家"]],
])("in %j the query %j marks %j", (text, query, expected) => {
  expect(marked(text, query)).toEqual(expected);
});

test("a snippet shows the surroundings of the first hit on one line", () => {
  const text = `${"before ".repeat(50)}the\nneedle is here${" after".repeat(50)}`;
  const { snippet, marks } = snippetOf(text, "needle ", 100);
  expect(snippet.length).toBeLessThanOrEqual(102);
  expect(snippet).toMatch(/^….*the needle is here.*…$/);
  expect(marks.map(([start, end]) => snippet.slice(start, end))).toEqual(["needle"]);
});

test("a snippet of a short text is the text", () => {
  expect(snippetOf("a needle", "needle")).toEqual({ snippet: "a needle", marks: [[2, 8]] });
  expect(snippetOf("no hit", "needle")).toEqual({ snippet: "no hit", marks: [] });
  expect(snippetOf("", "needle")).toEqual({ snippet: "", marks: [] });
});

test("a snippet never cuts a character apart", () => {
  for (let lead = 30; lead < 60; lead += 1) {
    const { snippet, marks } = snippetOf(`${"😀".repeat(lead)}数据${"e\u0301😀".repeat(80)}`, "数据", 61);
    expect(snippet.isWellFormed()).toBe(true);
    expect(marks.map(([start, end]) => snippet.slice(start, end))).toEqual(["数据"]);
  }
});
