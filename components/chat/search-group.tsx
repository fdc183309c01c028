"use client";

import { MarkedText } from "#components/chat/marked-text.tsx";
import type { HitGroup } from "#components/chat/search-hits.ts";
import { classNames } from "#components/ui/class-names.ts";
import { useLocale, useText } from "#lib/client/text.tsx";

const shownHits = 2;

/** The hits of one conversation. A click shows it beside the list, or on a phone opens it; a double click opens it too. */
export function SearchGroup({
  group,
  chosen,
  agentName,
  onChoose,
  onOpen,
}: {
  group: HitGroup;
  chosen: boolean;
  agentName: (id: string | null) => string;
  onChoose: () => void;
  onOpen: (at: number) => void;
}) {
  const t = useText();
  const { hits } = group;
  const more = hits.length - shownHits;
  return (
    <li data-conversation-id={group.conversationId} className="border-b border-line">
      <button
        type="button"
        aria-pressed={chosen}
        onClick={() => (window.matchMedia("(width < 60rem)").matches ? onOpen(0) : onChoose())}
        onDoubleClick={() => onOpen(0)}
        className={classNames(
          "press block w-full px-6 py-3 text-start max-narrow:px-4",
          chosen ? "medium:bg-wash" : "hover:bg-wash/60",
        )}
      >
        <span className="flex items-baseline gap-3">
          <span className="min-w-0 flex-1 truncate font-medium">
            <MarkedText text={group.title} marks={group.titleMarks} />
          </span>
          <span className="flex-none text-12 text-ink-muted">
            <When group={group} />
          </span>
        </span>
        {hits.slice(0, shownHits).map((hit) => (
          <span key={hit.messageId} className="mt-1 line-clamp-2 text-ink-muted">
            <span className="me-1.5 text-ink">{hit.role === "user" ? t("chat.you") : agentName(hit.agentId)}</span>
            <MarkedText text={hit.snippet} marks={hit.marks} />
          </span>
        ))}
        {hits.length === 0 && (
          <span className="mt-1 block text-12 text-ink-muted">{t("conversations.search.inTitle")}</span>
        )}
        {more > 0 && (
          <span className="mt-1 block text-12 text-ink-muted">
            {t("conversations.search.moreHits", { count: more })}
          </span>
        )}
      </button>
    </li>
  );
}

function When({ group: { updatedAt, archived, pinned } }: { group: HitGroup }) {
  const t = useText();
  const locale = useLocale();
  const day = new Date(updatedAt);
  const now = new Date();
  const time = new Intl.DateTimeFormat(locale, { timeStyle: "short" }).format(day);
  const date = new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "long",
    ...(day.getFullYear() === now.getFullYear() ? {} : { year: "numeric" }),
  }).format(day);
  const words = day.toDateString() === now.toDateString() ? t("common.today", { time }) : date;
  const mark = archived ? t("conversations.search.archived") : pinned ? t("conversations.search.pinned") : null;
  return mark === null ? words : `${words}, ${mark}`;
}
