"use client";

import { lazy, memo, Suspense, useState } from "react";
import { BlockBoundary } from "#components/chat/markdown/block-boundary.tsx";
import { CodeBlock } from "#components/chat/markdown/code-block.tsx";
import { MathBlock } from "#components/chat/markdown/math.tsx";
import { htmlKind } from "#lib/shared/chat/block-lines.ts";
import { type Block, type Split, splitBlocks } from "#lib/shared/chat/blocks.ts";
import { fencedCode } from "#lib/shared/chat/fenced-code.ts";
import { mendTail } from "#lib/shared/chat/mend.ts";
import { definitionsFor, definitionsIn } from "#lib/shared/chat/references.ts";

// The parser is the largest part of a chat page and no part of its first paint.
const Prose = lazy(() => import("#components/chat/markdown/prose.tsx"));

/**
 * Markdown that may still grow. Finished blocks are rendered once; only the last one is parsed again, at most once a
 * frame, because the text changes no more often.
 */
export function Markdown({ text, growing }: { text: string; growing: boolean }) {
  const [split] = useState(rememberingSplitter);
  const { blocks } = split(text);
  const definitions = definitionsIn(blocks);
  return (
    <div className="prose">
      {blocks.map((block, index) => (
        <ShownBlock
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks are only ever added at the end.
          key={index}
          kind={block.kind}
          text={block.text}
          definitions={definitionsFor(block, definitions)}
          open={growing && !block.closed}
        />
      ))}
    </div>
  );
}

function rememberingSplitter(): (text: string) => Split {
  let last: Split | undefined;
  return (text) => {
    last = splitBlocks(text, last);
    return last;
  };
}

/** Memoised by hand: the list around it is new with each frame, and this is what must not be done again. */
const ShownBlock = memo(function ShownBlock({
  kind,
  text,
  definitions,
  open,
}: {
  kind: Block["kind"];
  text: string;
  definitions: string;
  open: boolean;
}) {
  if (kind === "code") return <CodeBlock {...fencedCode(text)} open={open} />;
  return (
    <BlockBoundary text={text}>
      <Suspense fallback={<PlainText text={text} />}>
        {isTooMuch(text) || isRawHtml(text) ? (
          <PlainText text={text} />
        ) : kind === "math" && !open ? (
          <MathBlock source={text} />
        ) : kind === "footnote" ? (
          <Footnote text={open ? mendTail(text) : text} definitions={definitions} />
        ) : (
          <Prose text={(open ? mendTail(text) : text) + definitions} />
        )}
      </Suspense>
    </BlockBoundary>
  );
});

function Footnote({ text, definitions }: { text: string; definitions: string }) {
  const [, label = "", rest = ""] = /^ {0,3}\[\^([^\]\s]+)\]:([\s\S]*)$/.exec(text) ?? [];
  return (
    <div className="footnote">
      <span className="footnote-label">[^{label}]</span>
      <div className="min-w-0 flex-1">
        <Prose text={rest.replaceAll(/^ {1,4}/gm, "") + definitions} />
      </div>
    </div>
  );
}

/** Text as it was written, in pieces, so that a growing one is not laid out from its start again. */
export function PlainText({ text }: { text: string }) {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += pieceChars) pieces.push(text.slice(at, at + pieceChars));
  return pieces.map((piece, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces are only ever added at the end.
    <p key={index} className="plain">
      {piece}
    </p>
  ));
}

/** HTML is text here, and what belongs to it is never Markdown. */
function isRawHtml(text: string): boolean {
  return htmlKind(text.split("\n", 1)[0] ?? "") !== null;
}

const pieceChars = 4000;
const maxLineChars = 5000;
const maxDepth = 40;

/** Beyond this the price of parsing is more than the reader gains. */
function isTooMuch(text: string): boolean {
  const line = text.length > maxLineChars && text.split("\n").some(({ length }) => length > maxLineChars);
  if (line) return true;
  const markers = new RegExp(`^[ \\t]*(?:(?:>|[-*+]|\\d{1,9}[.)])[ \\t]*){${maxDepth},}`, "m");
  return markers.test(text) || (text.match(/[[\]*_~<]/g)?.length ?? 0) > 3000;
}
