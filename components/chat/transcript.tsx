"use client";

import { ArrowDown } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { copySelection } from "#components/chat/copy-selection.ts";
import { markWords } from "#components/chat/mark-words.ts";
import { Message, type MessageDoings } from "#components/chat/message.tsx";
import type { ShownMessages } from "#components/chat/shown-messages.ts";
import { messageKey } from "#lib/client/outbox.ts";
import { useReaderScroll } from "#lib/client/reader-scroll.ts";
import { useText } from "#lib/client/text.tsx";

interface TranscriptProps {
  shown: ShownMessages;
  hasOlder: boolean;
  /** Later messages exist than are shown, after a jump far back. */
  hasNewer: boolean;
  locked: boolean;
  agentName: (id: string | null) => string | null;
  doings: MessageDoings;
  /** A message to go to, with the words that were searched. */
  jump: { messageId: string; words: string } | null;
  /** Changes with each send: the reader wants to see the answer. */
  sent: number;
  onOlder: () => Promise<void>;
  onEnd: () => Promise<void>;
}

/** How many messages stand there at first; the others follow when the browser has nothing else to do. */
const firstMessages = 6;
const moreMessages = 8;

/** The messages of a branch. The reader owns the scroll. */
export function Transcript({
  shown,
  hasOlder,
  hasNewer,
  locked,
  agentName,
  doings,
  jump,
  sent,
  onOlder,
  onEnd,
}: TranscriptProps) {
  const t = useText();
  const { messages, sendingIds } = shown;
  const { scroller, following, scroll } = useReaderScroll();
  const [fromId, setFromId] = useState<string | null>(null);
  const found = fromId === null ? -1 : messages.findIndex(({ id }) => id === fromId);
  const from = found === -1 ? Math.max(0, messages.length - firstMessages) : found;
  const page = messages.slice(from);
  const firstId = page[0]?.id;
  const list = useRef<HTMLDivElement>(null);

  // Older messages come a few at a time, above what is in sight.
  useEffect(() => {
    if (from === 0) return;
    const nextId = messages[Math.max(0, from - moreMessages)]?.id ?? null;
    return whenIdle(() => {
      scroll.hold();
      setFromId(nextId);
    });
  }, [from, messages, scroll]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is about what stands first, not about the whole.
  useLayoutEffect(() => scroll.release(), [scroll, firstId]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each send brings the reader to its answer.
  useLayoutEffect(() => scroll.toEnd(), [scroll, sent]);

  const jumpId = jump?.messageId;
  const words = jump?.words ?? "";
  const jumpIsHere = jumpId !== undefined && page.some(({ id }) => id === jumpId);
  const jumpIsAbove = jumpId !== undefined && !jumpIsHere && messages.some(({ id }) => id === jumpId);
  useEffect(() => {
    if (jumpIsAbove && jumpId !== undefined) setFromId(jumpId);
  }, [jumpIsAbove, jumpId]);
  useEffect(() => {
    const root = list.current;
    if (!jumpIsHere || jumpId === undefined || root === null) return;
    const target = root.querySelector(`[data-message-id="${CSS.escape(jumpId)}"]`);
    if (target === null) return;
    scroll.show(target);
    // The renderer may still be on its way.
    let unmark = markWords(root, words);
    const timer = window.setTimeout(() => {
      unmark();
      unmark = markWords(root, words);
      scroll.show(target);
    }, 400);
    return () => {
      window.clearTimeout(timer);
      unmark();
    };
  }, [jumpIsHere, jumpId, words, scroll]);

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <section
        ref={scroller}
        aria-label={t("chat.transcript")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        className="transcript starts-at-end min-h-0 flex-1 focus-visible:outline-offset-[-2px]"
        onCopy={copySelection}
      >
        <div ref={list} className="relative pt-4 pb-6">
          {from === 0 && hasOlder && <Older onOlder={onOlder} />}
          {from === 0 && !hasOlder && messages.length > 20 && (
            <p className="py-2 text-center text-12 text-ink-faint">{t("chat.beginning")}</p>
          )}
          {page.map((message, index) => (
            <Message
              key={messageKey(message.id)}
              message={message}
              last={index === page.length - 1}
              locked={locked}
              agentName={agentName(message.agentId)}
              marked={message.id === jumpId}
              sending={sendingIds.has(message.id)}
              doings={doings}
            />
          ))}
        </div>
      </section>
      {(!following || hasNewer) && (
        <button
          type="button"
          onClick={() => (hasNewer ? void onEnd().then(() => scroll.toEnd()) : scroll.toEnd())}
          className="press float appear absolute bottom-3 left-1/2 flex h-7 -translate-x-1/2 items-center gap-1.5 px-3 text-12 font-medium hover:bg-wash"
        >
          <ArrowDown className="icon-small" />
          {hasNewer ? t("chat.goToEnd") : t("chat.latest")}
        </button>
      )}
    </div>
  );
}

/** Asks for the page before the first message as soon as it comes near. */
function Older({ onOlder }: { onOlder: () => Promise<void> }) {
  const t = useText();
  const element = useRef<HTMLParagraphElement>(null);
  const ask = useRef(onOlder);
  useLayoutEffect(() => {
    ask.current = onOlder;
  });
  useEffect(() => {
    if (element.current === null) return;
    let busy = false;
    const near = new IntersectionObserver(
      (entries) => {
        if (busy || !entries.some(({ isIntersecting }) => isIntersecting)) return;
        busy = true;
        void ask
          .current()
          .catch(() => undefined)
          .finally(() => {
            busy = false;
          });
      },
      { root: element.current.closest("section"), rootMargin: "1200px 0px 0px" },
    );
    near.observe(element.current);
    return () => near.disconnect();
  }, []);
  return (
    <p ref={element} className="absolute inset-x-0 top-0 text-center text-12 text-ink-faint">
      {t("chat.loadingOlder")}
    </p>
  );
}

function whenIdle(act: () => void): () => void {
  if (typeof requestIdleCallback === "undefined") {
    const timer = window.setTimeout(act, 50);
    return () => window.clearTimeout(timer);
  }
  const id = requestIdleCallback(act, { timeout: 1000 });
  return () => cancelIdleCallback(id);
}
