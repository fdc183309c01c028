import { expect, test } from "vitest";
import { mendTail } from "./mend.ts";

test.each([
  ["closes emphasis", "It is **very", "It is **very**"],
  ["closes emphasis before a space at the end", "It is **very ", "It is **very**"],
  ["closes what is nested, the inner one first", "**bold and *both", "**bold and *both***"],
  ["finishes a half closed mark", "**bold*", "**bold**"],
  ["leaves out a mark with nothing behind it", "so **", "so"],
  ["closes code", "run `npm sta", "run `npm sta`"],
  ["closes code inside emphasis", "**run `npm", "**run `npm`**"],
  ["leaves out a backtick with nothing behind it", "run `", "run"],
  ["closes struck out words", "~~old", "~~old~~"],
  ["shows the words of a link without its end", "see [the **book](https://exam", "see the **book**"],
  ["shows the words of a link without its address", "see [the book", "see the book"],
  ["shows the words of an image without its end", "a ![chart](https://exam", "a chart"],
  ["lets a whole link be", "see [x](https://e.org/a_(b)_c) and *y", "see [x](https://e.org/a_(b)_c) and *y*"],
  ["closes only in the last item", "- **a\n- b *c", "- **a\n- b *c*"],
  ["closes only in the last paragraph", "**a\n\nb", "**a\n\nb"],
  ["closes over a soft line break", "**a\nb", "**a\nb**"],
  ["lets marks between letters be", "snake_case_name and 2*3", "snake_case_name and 2*3*"],
  ["lets a finished text be", "It **is** `so` ~~not~~.", "It **is** `so` ~~not~~."],
  ["lets marks in code be", "`a ** b` c", "`a ** b` c"],
  ["lets marks in math be", "$a_{b} * c_{d}$ e", "$a_{b} * c_{d}$ e"],
  ["lets escaped marks be", "2 \\* 3 \\[x", "2 \\* 3 \\[x"],
  ["waits for what follows a dash", "text\n-", "text"],
  ["waits for what follows marks of a heading", "text\n##", "text"],
  ["waits for what follows a number", "- a\n12", "- a"],
  ["waits for a fence", "text\n``", "text"],
  ["waits for an underline to end", "text\n===", "text"],
  ["waits for the head of a table", "text\n\n| a | b", "text"],
  ["shows a table as soon as its head is whole", "| a | b |\n", "| a | b |\n| - | - |"],
  ["shows a table while its rule comes", "| a | b |\n|:-", "| a | b |\n| - | - |"],
  ["lets the rows of a table be", "| a | b |\n|---|---|\n| 1 | **x", "| a | b |\n|---|---|\n| 1 | **x**"],
])("%s", (_, source, shown) => {
  expect(mendTail(source)).toBe(shown);
});

test("takes any cut of a text without failing, and in bounded time", () => {
  const nasty = `${"[".repeat(300)}${"*_`~![](".repeat(200)}${"\\".repeat(9)}\n| ${"*".repeat(200)}`;
  for (let end = 0; end <= nasty.length; end += 1) expect(typeof mendTail(nasty.slice(0, end))).toBe("string");
});
