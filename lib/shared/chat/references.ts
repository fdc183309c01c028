import type { Block } from "./blocks.ts";

/** Link definitions of a text, by label; the first one counts. */
export type Definitions = ReadonlyMap<string, string>;

/** Collects the definitions that blocks may need from each other. */
export function definitionsIn(blocks: readonly Block[]): Definitions {
  let found: Map<string, string> | undefined;
  for (const block of blocks) {
    for (const [label, line] of ofBlock(block)) {
      found ??= new Map();
      if (!found.has(label)) found.set(label, line);
    }
  }
  return found ?? none;
}

/** The definitions that a block names, to be put behind its own text. Empty for most. */
export function definitionsFor(block: Block, definitions: Definitions): string {
  if (definitions.size === 0 || (block.kind !== "markdown" && block.kind !== "footnote")) return "";
  const text = block.text.toLowerCase();
  let needed = "";
  for (const [label, line] of definitions) if (text.includes(`[${label}]`)) needed += `\n${line}`;
  return needed === "" ? "" : `\n${needed}`;
}

const none: Definitions = new Map();
const definition = /^ {0,3}\[(?!\^)([^\]\n]{1,200})\]:[ \t]*\S[^\n]*$/gm;
const known = new WeakMap<Block, [string, string][]>();

function ofBlock(block: Block): [string, string][] {
  if (!block.closed || block.kind !== "markdown") return [];
  const before = known.get(block);
  if (before !== undefined) return before;
  const found = block.text.includes("]:")
    ? [...block.text.matchAll(definition)].map(([line, label = ""]): [string, string] => [
        label.toLowerCase(),
        line.trim(),
      ])
    : [];
  known.set(block, found);
  return found;
}
