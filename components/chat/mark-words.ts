import { findMarks } from "#lib/shared/search-snippet.ts";

/** Marks the words of a search in rendered text, as ranges: the page stays as it is. Gives the way back. */
export function markWords(root: Element, query: string): () => void {
  if (query === "" || typeof CSS === "undefined" || !("highlights" in CSS)) return () => undefined;
  const found = CSS.highlights.get("search-hit") ?? new Highlight();
  CSS.highlights.set("search-hit", found);
  const added: AbstractRange[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    // The walker shows text nodes alone.
    const node = walker.currentNode as Text;
    for (const [start, end] of findMarks(node.data, query)) {
      const range = new StaticRange({ startContainer: node, startOffset: start, endContainer: node, endOffset: end });
      found.add(range);
      added.push(range);
    }
  }
  return () => {
    for (const range of added) found.delete(range);
  };
}
