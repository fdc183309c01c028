"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronUp } from "lucide-react";
import { useEffect, useRef } from "react";
import { LoadingMessages } from "#components/chat/loading-messages.tsx";
import { markWords } from "#components/chat/mark-words.ts";
import { Message, type MessageDoings } from "#components/chat/message.tsx";
import type { HitGroup } from "#components/chat/search-hits.ts";
import { RequestFailure } from "#components/layout/request-failure.tsx";
import { Button } from "#components/ui/button.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { aroundQuery } from "#lib/client/chat-queries.ts";
import { useText } from "#lib/client/text.tsx";

/** Messages before and after a hit that are shown beside the list. */
const around = 6;

/** A conversation at its hit, to be read and not to be changed. */
export function SearchPreview({
  group,
  words,
  at,
  agentName,
  onStep,
  onOpen,
}: {
  group: HitGroup;
  words: string;
  at: number;
  agentName: (id: string | null) => string;
  onStep: (at: number) => void;
  onOpen: () => void;
}) {
  const t = useText();
  const hit = group.hits[at];
  const { conversationId } = group;
  const query = useQuery(aroundQuery(conversationId, hit?.messageId ?? null));
  const box = useRef<HTMLDivElement>(null);
  const all = query.data?.messages ?? [];
  const index = hit === undefined ? all.length - 1 : all.findIndex(({ id }) => id === hit.messageId);
  const messages = all.slice(Math.max(0, index - around), index + around + 1);
  const shownKey = messages.map(({ id }) => id).join();

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is about what is shown, and at which hit.
  useEffect(() => {
    const root = box.current;
    if (root === null) return;
    const show = () => {
      const target =
        hit === undefined ? root.lastElementChild : root.querySelector(`[data-message-id="${hit.messageId}"]`);
      if (target === null) return;
      // Not scrollIntoView: it would move the page around the box too.
      const box = root.getBoundingClientRect();
      const { top, height } = target.getBoundingClientRect();
      root.scrollTop += top - box.top - Math.max(16, (box.height - height) / 3);
    };
    show();
    let unmark = markWords(root, words);
    // The renderer may still be on its way.
    const timer = window.setTimeout(() => {
      unmark();
      unmark = markWords(root, words);
      show();
    }, 300);
    return () => {
      window.clearTimeout(timer);
      unmark();
    };
  }, [shownKey, hit?.messageId, words]);

  return (
    <section aria-label={t("conversations.search.preview")} className="flex min-h-0 flex-1 flex-col">
      <div className="flex min-h-12 flex-none items-center gap-2 border-b border-line px-6">
        <h2 dir="auto" className="min-w-0 truncate text-13 font-medium">
          {group.title}
        </h2>
        {hit !== undefined && (
          <>
            <span className="flex-none text-ink-muted tabular-nums">
              {t("conversations.search.hit", { at: at + 1, count: group.hits.length })}
            </span>
            <IconButton
              icon={ChevronUp}
              label={t("conversations.search.previousHit")}
              disabled={at === 0}
              onClick={() => onStep(at - 1)}
            />
            <IconButton
              icon={ChevronDown}
              label={t("conversations.search.nextHit")}
              disabled={at >= group.hits.length - 1}
              onClick={() => onStep(at + 1)}
            />
          </>
        )}
        <Button className="ms-auto" onClick={onOpen}>
          {t("conversations.search.open")} <Kbd>Enter</Kbd>
        </Button>
      </div>
      <div ref={box} className="min-h-0 flex-1 overflow-y-auto py-4">
        {query.isPending ? (
          <LoadingMessages />
        ) : query.isError ? (
          <div className="p-6">
            <RequestFailure error={query.error} onRetry={() => void query.refetch()} />
          </div>
        ) : (
          messages.map((message) => (
            <Message
              key={message.id}
              message={message}
              last={false}
              locked
              agentName={agentName(message.agentId)}
              marked={message.id === hit?.messageId}
              doings={nothing}
            />
          ))
        )}
      </div>
    </section>
  );
}

const nothing: MessageDoings = {
  retry: () => undefined,
  goOn: () => undefined,
  edit: () => undefined,
  branch: () => undefined,
};
