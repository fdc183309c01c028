import { closesFence, fenceOf, indentOf } from "./block-lines.ts";

/** What stands inside a fenced block, whole or still open, and the language that it names. */
export function fencedCode(block: string): { code: string; language: string } {
  const lines = block.split("\n");
  const first = lines[0] ?? "";
  const fence = fenceOf(first) ?? "```";
  const indent = indentOf(first);
  const info = first.trim().slice(fence.length).trim();
  const body = lines.slice(1);
  const last = body.at(-1);
  // The last line of an open block may be the beginning of its end.
  if (last !== undefined && (closesFence(last, fence) || isPartOfFence(last, fence))) body.pop();
  const strip = new RegExp(`^ {0,${indent}}`);
  const code = body.map((line) => line.replace(/\r$/, "").replace(strip, "")).join("\n");
  return { code, language: /^[^\s{,:]*/.exec(info.replace(/^\{?\.?/, ""))?.[0].toLowerCase() ?? "" };
}

function isPartOfFence(line: string, fence: string): boolean {
  const run = line.trim();
  return run !== "" && run.length < fence.length && fence.startsWith(run);
}
