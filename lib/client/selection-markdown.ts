/** Markdown for a piece of a rendered answer, whole or torn. */
export function markdownOf(root: DocumentFragment | Element): string {
  return blocksOf(root)
    .replaceAll(/[ \t]+\n/g, "\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}

const blockTags = new Set(
  "P DIV H1 H2 H3 H4 H5 H6 UL OL LI BLOCKQUOTE PRE FIGURE TABLE THEAD TBODY TR HR ARTICLE SECTION".split(" "),
);

function blocksOf(parent: Node): string {
  let out = "";
  let inline = "";
  const flush = () => {
    if (inline.trim() !== "") out += `${inline.trim()}\n\n`;
    inline = "";
  };
  for (const child of parent.childNodes) {
    if (child instanceof Element && blockTags.has(child.tagName)) {
      flush();
      const block = blockOf(child);
      if (block.trim() !== "") out += `${block}\n\n`;
    } else inline += inlineOf(child);
  }
  flush();
  return out.replace(/\n+$/, "");
}

function blockOf(element: Element): string {
  const level = /^H([1-6])$/.exec(element.tagName)?.[1];
  // The page puts the headings of an answer one level lower.
  if (level !== undefined) return `${"#".repeat(Math.max(1, Number(level) - 1))} ${inlinesOf(element)}`;
  switch (element.tagName) {
    case "UL":
    case "OL":
      return listOf(element);
    case "LI":
      return `- ${indent(blocksOf(element), 2)}`;
    case "BLOCKQUOTE":
      return blocksOf(element).replaceAll(/^/gm, "> ");
    case "FIGURE":
    case "PRE":
      return codeOf(element);
    case "TABLE":
      return tableOf(element);
    case "HR":
      return "---";
    default:
      return blocksOf(element);
  }
}

function listOf(list: Element): string {
  const first = Number(list.getAttribute("start") ?? 1);
  const items = [...list.children].map((item, index) => {
    const marker = list.tagName === "OL" ? `${first + index}. ` : "- ";
    const box = item.querySelector(":scope > input[type=checkbox], :scope > p > input[type=checkbox]");
    const task = box === null ? "" : box.hasAttribute("checked") ? "[x] " : "[ ] ";
    return marker + task + indent(blocksOf(item), marker.length);
  });
  return items.join("\n");
}

function codeOf(element: Element): string {
  const text = (element.querySelector("code") ?? element).textContent.replace(/\n$/, "");
  const runs = text.match(/`{3,}/g) ?? [];
  const fence = "`".repeat(Math.max(3, ...runs.map(({ length }) => length + 1)));
  return `${fence}${element.getAttribute("data-language") ?? ""}\n${text}\n${fence}`;
}

function tableOf(table: Element): string {
  const rows = [...table.querySelectorAll("tr")].map((row) =>
    [...row.children].map((cell) => inlinesOf(cell).replaceAll("|", "\\|").replaceAll("\n", " ")),
  );
  const width = Math.max(0, ...rows.map(({ length }) => length));
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(Array.from({ length: width }, () => "---")), ...body.map(line)].join("\n");
}

function inlinesOf(parent: Node): string {
  return [...parent.childNodes].map(inlineOf).join("").trim();
}

function inlineOf(node: Node): string {
  if (node instanceof Text) return node.data.replaceAll(/[ \t]*\n[ \t]*/g, "\n");
  if (!(node instanceof Element)) return "";
  const tex = node.getAttribute("data-tex");
  if (tex !== null) return tex;
  const inside = () => inlinesOf(node);
  switch (node.tagName) {
    case "STRONG":
    case "B":
      return around("**", inside());
    case "EM":
    case "I":
      return around("*", inside());
    case "DEL":
      return around("~~", inside());
    case "CODE":
      return node.textContent.includes("`") ? `\`\` ${node.textContent} \`\`` : around("`", node.textContent);
    case "BR":
      return "\n";
    case "A":
      return linkOf(node);
    case "INPUT":
      return "";
    default:
      return [...node.childNodes].map(inlineOf).join("");
  }
}

function linkOf(link: Element): string {
  const words = inlinesOf(link);
  const href = link.getAttribute("href") ?? "";
  if (href === "" || words === href) return words;
  return `${link.getAttribute("data-foreign") === "image" ? "!" : ""}[${words}](${href})`;
}

function around(mark: string, text: string): string {
  return text === "" ? "" : mark + text + mark;
}

function indent(text: string, by: number): string {
  return text.replaceAll(/\n(?=[^\n])/g, `\n${" ".repeat(by)}`);
}
