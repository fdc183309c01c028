import { describe, expect, test } from "vitest";
import { maxBlockChars, type Split, splitBlocks } from "./blocks.ts";

const rich = [
  "# Tide gates",
  "A paragraph that goes on",
  "over two lines.",
  "",
  "Setext",
  "------",
  "- one",
  "- two",
  "",
  "  more of two",
  "  ```js",
  "  inside",
  "",
  "  still",
  "  ```",
  "- three",
  "",
  "1. first",
  "2. second",
  "after all lazy",
  "",
  "| a | b |",
  "| - | - |",
  "| 1 | 2 |",
  "",
  "> quote",
  "> ```",
  "> code",
  "> ```",
  "text after",
  "",
  "```ts",
  "const a = 1;",
  "",
  "# not a heading",
  "```",
  "$$",
  "x^2",
  "",
  "y",
  "$$",
  "See [the book][1] and [^note].",
  "",
  "[1]: https://example.com",
  "[^note]: A note.",
  "",
  "<script>",
  "",
  "alert(1)",
  "</script>",
  "***",
  "    indented",
  "",
  "    code",
  "done",
].join("\n");

test("cuts a text into its top-level blocks", () => {
  const { blocks } = splitBlocks(`${rich}\n\n`);
  expect(blocks.map(({ kind, text }) => [kind, text.split("\n")[0], text.split("\n").length])).toEqual([
    ["markdown", "# Tide gates", 1],
    ["markdown", "A paragraph that goes on", 2],
    ["markdown", "Setext", 2],
    ["markdown", "- one", 10],
    ["markdown", "1. first", 3],
    ["markdown", "| a | b |", 3],
    ["markdown", "> quote", 5],
    ["code", "```ts", 5],
    ["math", "$$", 5],
    ["markdown", "See [the book][1] and [^note].", 1],
    ["markdown", "[1]: https://example.com", 1],
    ["footnote", "[^note]: A note.", 1],
    ["markdown", "<script>", 4],
    ["markdown", "***", 1],
    ["markdown", "    indented", 3],
    ["markdown", "done", 1],
  ]);
  expect(blocks.every(({ closed }) => closed)).toBe(true);
});

test.each([1, 2, 3, 7, 23])("cuts a text that comes %i characters at a time as it cuts the whole one", (step) => {
  for (const source of [
    `${rich}\n`,
    rich.replaceAll("\n", "\r\n"),
    `${rich}\n`.repeat(3),
    "$5 and\n$$\nopen\n\nstill",
  ]) {
    let split: Split | undefined;
    for (let end = step; end < source.length + step; end += step) {
      const next: Split = splitBlocks(source.slice(0, end), split);
      const frozen = split?.blocks.filter(({ closed }) => closed) ?? [];
      // Not only equal: the same objects, so that nothing is rendered again.
      expect(next.blocks.slice(0, frozen.length).every((block, index) => block === frozen[index])).toBe(true);
      split = next;
    }
    expect(split).toEqual(splitBlocks(source));
  }
});

test("keeps every character of the source in its place", () => {
  const { blocks } = splitBlocks(rich);
  for (const { text, start } of blocks) expect(rich.slice(start, start + text.length)).toBe(text);
  expect(
    blocks
      .map(({ text }) => text)
      .join("")
      .replaceAll(/\s/g, ""),
  ).toBe(rich.replaceAll(/\s/g, ""));
});

describe("leaves the last block open", () => {
  test.each([
    ["a paragraph", "so far"],
    ["a paragraph whose line ended, since the next may belong to it", "so far\n"],
    ["fenced code without its end", "```\na\n\n# b\n"],
    ["fenced code whose end may grow into something else", "```\na\n```"],
    ["a list after a blank line", "- a\n\n"],
    ["a list before a line that is not whole", "- a\n\nnext"],
    ["math without its end", "$$\nx\n"],
    ["a heading without its line break", "# Hea"],
  ])("%s", (_, source) => {
    const { blocks } = splitBlocks(source);
    expect(blocks).toEqual([
      {
        kind: expect.any(String),
        text: source.trimEnd() === source ? source : expect.any(String),
        start: 0,
        closed: false,
      },
    ]);
  });
});

test("starts over when a text is replaced by another one", () => {
  const before = splitBlocks("one\n\ntwo\n\n");
  expect(splitBlocks("one\n\nzwei\n\n", before)).toEqual(splitBlocks("one\n\nzwei\n\n"));
  expect(splitBlocks("one\n", before)).toEqual(splitBlocks("one\n"));
});

test("cuts a block without an end into pieces of bounded size, and never through a character", () => {
  const source = "🌊".repeat(maxBlockChars);
  const { blocks } = splitBlocks(source);
  expect(blocks.length).toBeGreaterThan(1);
  expect(blocks.map(({ text }) => text).join("")).toBe(source);
  for (const { text } of blocks) {
    expect(text.length).toBeLessThanOrEqual(maxBlockChars);
    expect(text.isWellFormed()).toBe(true);
  }
});

test("takes a sum of money at the start of a line for text", () => {
  expect(splitBlocks("$$$ and more\n\nnext\n").blocks.map(({ kind }) => kind)).toEqual(["markdown", "markdown"]);
});
