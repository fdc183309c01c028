"use client";

import { Check, Copy, WrapText } from "lucide-react";
import { memo, useLayoutEffect, useRef, useState } from "react";
import { colourCode } from "#components/chat/markdown/highlight.ts";
import { languageName } from "#components/chat/markdown/languages.ts";
import { useText } from "#lib/client/text.tsx";

/** Code with its language, a switch for wrapping and a copy button. Colours come once the block is whole. */
export function CodeBlock({ code, language, open }: { code: string; language: string; open: boolean }) {
  const t = useText();
  const [wrap, setWrap] = useState(false);
  const [copied, setCopied] = useState(false);
  const body = useRef<HTMLElement>(null);

  useLayoutEffect(() => {
    if (open || body.current === null) return;
    return colourCode(body.current, code, language);
  }, [open, code, language]);

  async function copy() {
    await navigator.clipboard.writeText(code).catch(() => undefined);
    setCopied(true);
    window.setTimeout(() => setCopied(false), 2000);
  }

  const name = languageName(language);
  return (
    <figure className="code-block" data-language={language} data-wrap={wrap || undefined}>
      <figcaption data-no-copy>
        <span className="truncate">{name === "" ? t("chat.code.plain") : name}</span>
        <span className="flex-1" />
        <button type="button" aria-pressed={wrap} aria-label={t("chat.code.wrap")} onClick={() => setWrap(!wrap)}>
          <WrapText className="icon-small" />
          <span>{t("chat.code.wrap")}</span>
        </button>
        <button
          type="button"
          aria-label={copied ? t("common.copied") : t("chat.code.copy")}
          onClick={() => void copy()}
        >
          {copied ? <Check className="icon-small" /> : <Copy className="icon-small" />}
          <span aria-live="polite">{copied ? t("common.copied") : t("common.copy")}</span>
        </button>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <pre tabIndex={0}>
        <code ref={body} translate="no">
          {piecesOf(code).map((piece, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces are only ever added at the end.
            <Piece key={index} text={piece} />
          ))}
        </code>
      </pre>
    </figure>
  );
}

/** While code grows, the lines above stay as they are: the browser lays out the last piece alone. */
const Piece = memo(function Piece({ text }: { text: string }) {
  return <span className="code-piece">{text}</span>;
});

const linesInPiece = 40;

function piecesOf(code: string): string[] {
  const pieces: string[] = [];
  let start = 0;
  let lines = 0;
  for (let at = code.indexOf("\n"); at !== -1; at = code.indexOf("\n", at + 1)) {
    lines += 1;
    if (lines < linesInPiece) continue;
    pieces.push(code.slice(start, at + 1));
    start = at + 1;
    lines = 0;
  }
  pieces.push(code.slice(start));
  return pieces;
}
