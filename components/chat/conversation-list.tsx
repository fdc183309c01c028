"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Archive, ArrowLeft } from "lucide-react";
import { usePathname } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { ConversationRow } from "#components/chat/conversation-row.tsx";
import { groupByDay } from "#components/chat/days.ts";
import { Button } from "#components/ui/button.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { listQuery } from "#lib/client/chat-queries.ts";
import { useLocale, useText } from "#lib/client/text.tsx";

/** All conversations of the person, grouped by day, with the archive behind a switch. */
export function ConversationList() {
  const t = useText();
  const locale = useLocale();
  const pathname = usePathname();
  const [archived, setArchived] = useState(false);
  const query = useInfiniteQuery(listQuery(archived));
  const pages = query.data?.pages;
  const pinned = archived ? [] : (pages?.[0]?.pinned ?? []);
  const items = pages?.flatMap((page) => page.items) ?? [];
  const groups = groupByDay(items, Date.now(), locale, (name) => t(`conversations.${name}`));
  const currentId = pathname.startsWith("/c/") ? pathname.slice(3) : null;
  const empty = pages !== undefined && pinned.length === 0 && items.length === 0;

  return (
    <section aria-label={archived ? t("conversations.archive") : t("conversations.label")} className="pt-1 pb-2">
      {archived && (
        <Button variant="quiet" size="small" icon={ArrowLeft} onClick={() => setArchived(false)} className="mt-1">
          {t("conversations.leaveArchive")}
        </Button>
      )}
      {pages === undefined && (query.isError ? <Failed onRetry={() => void query.refetch()} /> : <Loading />)}
      {empty && (
        <p className="px-2 pt-3 text-12 text-ink-muted">
          {archived ? t("conversations.emptyArchive") : t("conversations.empty")}
        </p>
      )}
      {[
        ...(pinned.length > 0 ? [{ key: "pinned", name: t("conversations.pinned"), items: pinned }] : []),
        ...groups,
      ].map((group) => (
        <div key={group.key}>
          <h2 className="px-2 pt-3 pb-1 text-12 font-normal text-ink-muted">{group.name}</h2>
          <ul>
            {group.items.map((conversation) => (
              <ConversationRow
                key={conversation.id}
                conversation={conversation}
                current={conversation.id === currentId}
              />
            ))}
          </ul>
        </div>
      ))}
      {query.hasNextPage && <More busy={query.isFetchingNextPage} onMore={() => void query.fetchNextPage()} />}
      {!archived && pages !== undefined && !query.hasNextPage && (
        <Button variant="quiet" size="small" icon={Archive} onClick={() => setArchived(true)} className="mt-3">
          {t("conversations.showArchive")}
        </Button>
      )}
    </section>
  );
}

/** The next page comes when the end of the list does. */
function More({ busy, onMore }: { busy: boolean; onMore: () => void }) {
  const t = useText();
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (busy || element.current === null) return;
    const near = new IntersectionObserver(([entry]) => entry?.isIntersecting && onMore(), { rootMargin: "300px" });
    near.observe(element.current);
    return () => near.disconnect();
  }, [busy, onMore]);
  return (
    <div ref={element} className="pt-2">
      <Button variant="quiet" size="small" busy={busy} onClick={onMore}>
        {t("conversations.more")}
      </Button>
    </div>
  );
}

function Loading() {
  const t = useText();
  return (
    <div role="status" aria-label={t("common.loading")} className="grid gap-5 px-2 pt-5">
      {["w-40", "w-48", "w-32", "w-44"].map((width) => (
        <Skeleton key={width} className={width} />
      ))}
    </div>
  );
}

function Failed({ onRetry }: { onRetry: () => void }) {
  const t = useText();
  return (
    <div className="px-2 pt-3 text-12 text-ink-muted">
      <p>{t("conversations.failed")}</p>
      <Button size="small" onClick={onRetry} className="mt-2">
        {t("common.tryAgain")}
      </Button>
    </div>
  );
}
