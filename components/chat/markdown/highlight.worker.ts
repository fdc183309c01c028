import { createHighlighterCore, type HighlighterCore, type ThemeRegistrationRaw } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";
import type { ColourAnswer, ColourRequest } from "#components/chat/markdown/highlight.ts";

/** Reads code beside the page, so that however long it takes nobody waits for it. */
self.onmessage = ({ data }: MessageEvent<ColourRequest>) => {
  queue = queue.then(() => answer(data)).catch(() => undefined);
};

let queue: Promise<void> = Promise.resolve();
let started: Promise<HighlighterCore> | undefined;

async function answer({ id, code, language }: ColourRequest): Promise<void> {
  started ??= createHighlighterCore({
    themes: [theme],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
  const highlighter = await started;
  const load = languages[language];
  if (load === undefined) return;
  if (!highlighter.getLoadedLanguages().includes(language)) await highlighter.loadLanguage(load());
  const lines = highlighter.codeToTokensBase(code, { lang: language, theme: "kinds", tokenizeMaxLineLength: 2000 });
  const stretches: number[] = [];
  for (const token of lines.flat()) {
    const kind = token.color === undefined ? -1 : colours.indexOf(token.color.toLowerCase());
    if (kind === -1) continue;
    const last = stretches.length - 3;
    if (stretches[last + 2] === kind && stretches[last + 1] === token.offset) {
      stretches[last + 1] = token.offset + token.content.length;
    } else stretches.push(token.offset, token.offset + token.content.length, kind);
  }
  const done: ColourAnswer = { id, stretches: Uint32Array.from(stretches) };
  self.postMessage(done, { transfer: [done.stretches.buffer] });
}

/** Stand for the kinds, in their order: key, string, number, function, comment. */
const colours = ["#000001", "#000002", "#000003", "#000004", "#000005"];
const [key, string, number, fn, comment] = colours;

const theme: ThemeRegistrationRaw = {
  name: "kinds",
  type: "light",
  fg: "#000000",
  bg: "#ffffff",
  settings: [
    { settings: { foreground: "#000000", background: "#ffffff" } },
    colour(
      key,
      "keyword",
      "storage",
      "constant.language",
      "support.type.primitive",
      "support.type.builtin",
      "variable.language",
      "entity.name.tag",
      "markup.heading",
      "markup.deleted",
    ),
    colour("#000000", "keyword.operator", "storage.type.function.arrow", "punctuation"),
    colour(key, "keyword.operator.new", "keyword.operator.expression", "keyword.operator.logical.python"),
    colour(string, "string", "punctuation.definition.string", "markup.inserted", "markup.inline.raw"),
    colour("#000000", "punctuation.definition.template-expression", "meta.embedded", "meta.template.expression"),
    colour(number, "constant.numeric", "constant.character.escape", "constant.other.color", "keyword.other.unit"),
    colour(
      fn,
      "entity.name.function",
      "support.function",
      "meta.function-call.generic",
      "entity.other.attribute-name",
      "support.type.property-name.json",
      "support.type.property-name.css",
      "entity.name.tag.yaml",
    ),
    colour(comment, "comment", "punctuation.definition.comment", "meta.diff.header"),
  ],
};

function colour(foreground: string | undefined, ...scope: string[]) {
  return { scope, settings: { foreground: foreground ?? "#000000" } };
}

const languages: Record<string, (() => Parameters<HighlighterCore["loadLanguage"]>[0]) | undefined> = {
  typescript: () => import("shiki/langs/typescript.mjs"),
  tsx: () => import("shiki/langs/tsx.mjs"),
  javascript: () => import("shiki/langs/javascript.mjs"),
  jsx: () => import("shiki/langs/jsx.mjs"),
  python: () => import("shiki/langs/python.mjs"),
  bash: () => import("shiki/langs/bash.mjs"),
  json: () => import("shiki/langs/json.mjs"),
  yaml: () => import("shiki/langs/yaml.mjs"),
  toml: () => import("shiki/langs/toml.mjs"),
  html: () => import("shiki/langs/html.mjs"),
  css: () => import("shiki/langs/css.mjs"),
  xml: () => import("shiki/langs/xml.mjs"),
  markdown: () => import("shiki/langs/markdown.mjs"),
  sql: () => import("shiki/langs/sql.mjs"),
  go: () => import("shiki/langs/go.mjs"),
  rust: () => import("shiki/langs/rust.mjs"),
  java: () => import("shiki/langs/java.mjs"),
  kotlin: () => import("shiki/langs/kotlin.mjs"),
  swift: () => import("shiki/langs/swift.mjs"),
  c: () => import("shiki/langs/c.mjs"),
  cpp: () => import("shiki/langs/cpp.mjs"),
  csharp: () => import("shiki/langs/csharp.mjs"),
  php: () => import("shiki/langs/php.mjs"),
  ruby: () => import("shiki/langs/ruby.mjs"),
  diff: () => import("shiki/langs/diff.mjs"),
  dockerfile: () => import("shiki/langs/dockerfile.mjs"),
};
