import type { ClipboardEvent } from "react";
import { markdownOf } from "#lib/client/selection-markdown.ts";

/** A selection is copied as Markdown, with HTML beside it for programs that take formatting. */
export function copySelection(event: ClipboardEvent): void {
  const target = event.target;
  if (target instanceof Element && target.closest("textarea, input") !== null) return;
  const selection = document.getSelection();
  if (selection === null || selection.isCollapsed || selection.rangeCount === 0) return;
  const range = selection.getRangeAt(0);
  const fragment = range.cloneContents();
  for (const element of fragment.querySelectorAll("[data-no-copy], .sr-only, svg, button")) element.remove();
  const inCode = closest(range.commonAncestorContainer, "pre") !== null;
  const markdown = inCode ? selection.toString() : markdownOf(fragment);
  if (markdown === "") return;
  const holder = document.createElement("div");
  holder.append(fragment);
  for (const element of holder.querySelectorAll("*")) {
    for (const { name } of [...element.attributes])
      if (!["href", "colspan"].includes(name)) element.removeAttribute(name);
  }
  event.preventDefault();
  event.clipboardData.setData("text/plain", markdown);
  event.clipboardData.setData("text/html", holder.innerHTML);
}

function closest(node: Node, selector: string): Element | null {
  return (node instanceof Element ? node : node.parentElement)?.closest(selector) ?? null;
}
