import { canonical } from "#components/chat/markdown/languages.ts";

/** What a worker says about a code: start, end and kind of each coloured stretch, flat. */
export type Stretches = Uint32Array;

export const kinds = ["key", "str", "num", "fn", "com"] as const;

export interface ColourRequest {
  id: number;
  code: string;
  language: string;
}

export interface ColourAnswer {
  id: number;
  stretches: Stretches;
}

/** Beyond this a code stays plain. */
const maxChars = 60_000;

/**
 * Colours the text of an element once a worker has read it. The element does not change: the colours are ranges over its
 * text, so nothing is laid out again. Gives the function that takes them away. Where the browser cannot, it stays plain.
 */
export function colourCode(element: HTMLElement, code: string, language: string): (() => void) | undefined {
  const name = canonical(language);
  if (!highlightable.has(name) || code.length > maxChars || code === "") return undefined;
  if (typeof CSS === "undefined" || !("highlights" in CSS) || typeof Worker === "undefined") return undefined;
  let ranges: [string, AbstractRange][] = [];
  let wanted = true;
  ask(code, name, (stretches) => {
    if (!wanted || !element.isConnected) return;
    ranges = rangesOf(element, stretches);
    for (const [kind, range] of ranges) highlightOf(kind).add(range);
  });
  return () => {
    wanted = false;
    for (const [kind, range] of ranges) highlightOf(kind).delete(range);
  };
}

const highlightable = new Set([
  "typescript",
  "tsx",
  "javascript",
  "jsx",
  "python",
  "bash",
  "json",
  "yaml",
  "toml",
  "html",
  "css",
  "xml",
  "markdown",
  "sql",
  "go",
  "rust",
  "java",
  "kotlin",
  "swift",
  "c",
  "cpp",
  "csharp",
  "php",
  "ruby",
  "diff",
  "dockerfile",
]);

function highlightOf(kind: string): Highlight {
  const name = `code-${kind}`;
  const found = CSS.highlights.get(name);
  if (found !== undefined) return found;
  const made = new Highlight();
  CSS.highlights.set(name, made);
  return made;
}

function rangesOf(element: HTMLElement, stretches: Stretches): [string, AbstractRange][] {
  const nodes: { node: Text; start: number; end: number }[] = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let at = 0; walker.nextNode(); ) {
    // The walker shows text nodes alone.
    const node = walker.currentNode as Text;
    nodes.push({ node, start: at, end: at + node.length });
    at += node.length;
  }
  const ranges: [string, AbstractRange][] = [];
  let index = 0;
  for (let at = 0; at + 2 < stretches.length; at += 3) {
    const start = stretches[at] ?? 0;
    const end = stretches[at + 1] ?? 0;
    const kind = kinds[stretches[at + 2] ?? 0];
    while (index < nodes.length && (nodes[index]?.end ?? 0) <= start) index += 1;
    const place = nodes[index];
    // Pieces end with a line, and no stretch goes over a line.
    if (place === undefined || kind === undefined || end > place.end) continue;
    ranges.push([
      kind,
      new StaticRange({
        startContainer: place.node,
        startOffset: start - place.start,
        endContainer: place.node,
        endOffset: end - place.start,
      }),
    ]);
  }
  return ranges;
}

let worker: Worker | null = null;
let lastId = 0;
const waiting = new Map<number, (stretches: Stretches) => void>();

function ask(code: string, language: string, then: (stretches: Stretches) => void): void {
  worker ??= startWorker();
  lastId += 1;
  waiting.set(lastId, then);
  const request: ColourRequest = { id: lastId, code, language };
  worker.postMessage(request);
}

function startWorker(): Worker {
  const made = new Worker(new URL("./highlight.worker.ts", import.meta.url), { type: "module", name: "colours" });
  made.onmessage = ({ data }: MessageEvent<ColourAnswer>) => {
    waiting.get(data.id)?.(data.stretches);
    waiting.delete(data.id);
  };
  // Without its worker code stays plain.
  made.onerror = () => waiting.clear();
  return made;
}
