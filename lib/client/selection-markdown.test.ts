import { expect, test } from "vitest";
import { markdownOf } from "./selection-markdown.ts";

test.each([
  ["words", "<p>a <strong>b</strong> <em>c</em> <code>d</code> <del>e</del></p>", "a **b** *c* `d` ~~e~~"],
  ["a torn paragraph", "b</strong> and <em>c", "b and *c*"],
  ["headings and paragraphs", "<h3>A</h3><p>b</p><p>c</p>", "## A\n\nb\n\nc"],
  [
    "lists in lists",
    "<ul><li>a<ol start='3'><li>b</li><li>c</li></ol></li><li>d</li></ul>",
    "- a\n\n  3. b\n  4. c\n- d",
  ],
  ["code", "<figure data-language='ts'><pre><code>a\n\nb\n</code></pre></figure>", "```ts\na\n\nb\n```"],
  [
    "a table",
    "<table><tr><th>a</th><th>b</th></tr><tr><td>1|2</td><td><b>3</b></td></tr></table>",
    "| a | b |\n| --- | --- |\n| 1\\|2 | **3** |",
  ],
  [
    "a link and an image",
    "<p><a href='https://e.org/' data-foreign='link'>w</a> <a href='https://e.org/x' data-foreign='image'>i</a></p>",
    "[w](https://e.org/) ![i](https://e.org/x)",
  ],
  ["math", "<p>so <span data-tex='$x^2$'><math>junk</math></span></p>", "so $x^2$"],
  ["a quote", "<blockquote><p>a</p><p>b</p></blockquote>", "> a\n> \n> b"],
])("writes %s as Markdown", (_, html, markdown) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  expect(markdownOf(template.content).replaceAll("> \n", ">\n")).toBe(markdown.replaceAll("> \n", ">\n"));
});
