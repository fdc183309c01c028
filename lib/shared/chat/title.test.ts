import { expect, test } from "vitest";
import { titleFrom } from "./title.ts";

test.each([
  ["How do I bake bread?", "How do I bake bread?"],
  ["Explain monads. Use a short example in Haskell.", "Explain monads"],
  ["Hi. What is the capital of France? Thanks!", "Hi. What is the capital of France?"],
  ["\n\n  ## Plan for **Monday**\nbuy milk", "Plan for Monday"],
  ["> - [ ] call the `doctor()` and [see](https://example.org/a_b) it", "call the doctor() and see it"],
  ["![a red boat](boat.png)", "a red boat"],
  ["keep my_variable_name and 2 * 3 * 4", "keep my_variable_name and 2 * 3 * 4"],
  ["```ts\nconst a = 1;\n```\nWhy does this not compile", "Why does this not compile"],
  ["```ts\nconst a = 1;\n```", "const a = 1;"],
  ["```ts\nconst never = closed;", "const never = closed;"],
  ["请解释一下量子计算。然后举一个例子。", "请解释一下量子计算。然后举一个例子"],
  ["line one\u0000\u202e and\ttabs", "line one and tabs"],
  ["🎉", "🎉"],
])("the title of %j is %j", (text, title) => {
  expect(titleFrom(text)).toBe(title);
});

test("a long title is cut between words and says so", () => {
  const title = titleFrom("Please compare the following seven databases with respect to durability, latency and price");
  expect(title).toBe("Please compare the following seven databases with respect…");
});

test.each(["我想了解一下关于", "https://example.org/x", "👨‍👩‍👧‍👦", "abcdefghij"])(
  "what has no spaces is cut at 60 characters without breaking one: %s, many times",
  (piece) => {
    const title = titleFrom(piece.repeat(40));
    expect(title.length).toBeLessThanOrEqual(60);
    expect(title.length).toBeGreaterThan(40);
    expect(title).toMatch(/…$/);
    expect(title.isWellFormed()).toBe(true);
  },
);

test.each(["", "   \n", "---", "\u0000"])("a message without words (%j) gets the date", (text) => {
  expect(titleFrom(text, Date.UTC(2026, 9, 7, 12))).toBe("2026-10-07");
});

test("hostile input is answered at once", () => {
  for (const text of [
    "*".repeat(1e6),
    "[".repeat(1e6),
    "`".repeat(1e6),
    "_a".repeat(1e6),
    "```\n".repeat(1e5),
    "[a](".repeat(1e5),
  ]) {
    expect(titleFrom(text).length).toBeLessThanOrEqual(60);
  }
});
