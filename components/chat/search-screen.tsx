"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { FileSearch, Menu as MenuIcon, Search, X } from "lucide-react";
import { useSearchParams } from "next/navigation";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useGoToChat } from "#components/chat/go-to-chat.ts";
import { SearchGroup } from "#components/chat/search-group.tsx";
import { groupHits, type HitGroup } from "#components/chat/search-hits.ts";
import { SearchPreview } from "#components/chat/search-preview.tsx";
import { RequestFailure } from "#components/layout/request-failure.tsx";
import { useShell } from "#components/layout/shell-context.ts";
import { Button } from "#components/ui/button.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { agentsQuery, searchQuery } from "#lib/client/chat-queries.ts";
import { useText } from "#lib/client/text.tsx";

const waitMs = 180;

/** Search in all messages and titles: hits by conversation, and beside them the conversation at the hit. */
export function SearchScreen() {
  const t = useText();
  const go = useGoToChat();
  const { openNavigation } = useShell();
  const params = useSearchParams();
  const [typed, setTyped] = useState(params.get("q") ?? "");
  const [q, setQ] = useState(typed);
  const [mode, setMode] = useState<"any" | "all">(params.get("mode") === "all" ? "all" : "any");
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [hitAt, setHitAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const timer = useRef(0);
  const query = useInfiniteQuery(searchQuery(q, mode));
  const { data: agents } = useQuery(agentsQuery);
  const pages = q.trim() === "" ? [] : (query.data?.pages ?? []);
  const groups = groupHits(pages);
  const chosen = groups.find(({ conversationId }) => conversationId === chosenId) ?? groups[0] ?? null;
  const agentName = (id: string | null) => agents?.agents.find((agent) => agent.id === id)?.name ?? id ?? "";

  useEffect(() => () => window.clearTimeout(timer.current), []);

  function ask(text: string, which: "any" | "all") {
    setQ(text);
    setMode(which);
    setHitAt(0);
    setChosenId(null);
    const address = new URLSearchParams(text === "" ? {} : { q: text, ...(which === "all" ? { mode: which } : {}) });
    window.history.replaceState(null, "", `/search${address.size > 0 ? `?${address}` : ""}`);
  }

  function type(text: string) {
    setTyped(text);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => ask(text, mode), waitMs);
  }

  function open(group: HitGroup, at: number) {
    const hit = group.hits[at];
    const query = hit === undefined ? "" : `?${new URLSearchParams({ m: hit.messageId, q })}`;
    go(`/c/${group.conversationId}${query}`);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && chosen !== null) return open(chosen, hitAt);
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0 || groups.length === 0) return;
    event.preventDefault();
    const at = chosen === null ? 0 : groups.indexOf(chosen) + step;
    const next = groups[Math.max(0, Math.min(groups.length - 1, at))];
    if (next === undefined) return;
    setChosenId(next.conversationId);
    setHitAt(0);
    const row = list.current?.querySelector<HTMLElement>(`[data-conversation-id="${next.conversationId}"]`);
    if (list.current && row) keepInSight(list.current, row);
  }

  return (
    <>
      <search className="flex flex-none flex-wrap items-center gap-3 border-b border-line px-6 py-2.5 max-narrow:px-3">
        <h1 className="sr-only">{t("conversations.search.title")}</h1>
        <IconButton
          icon={MenuIcon}
          label={t("layout.openNavigation")}
          onClick={openNavigation}
          className="narrow:hidden"
        />
        <div className="field-box flex h-10 min-w-56 flex-1 items-center gap-2 px-3 medium:max-w-120">
          <Search className="text-ink-muted" />
          <input
            // biome-ignore lint/a11y/noAutofocus: whoever opens the search came to write here.
            autoFocus
            type="search"
            name="q"
            dir="auto"
            aria-label={t("conversations.search.label")}
            placeholder={t("conversations.search.placeholder")}
            value={typed}
            onChange={(event) => type(event.target.value)}
            onKeyDown={onKeyDown}
            className="min-w-0 flex-1 bg-transparent text-15 outline-none coarse:text-[1rem] [&::-webkit-search-cancel-button]:hidden"
          />
          {typed !== "" && (
            <IconButton
              icon={X}
              small
              label={t("conversations.search.clear")}
              onClick={() => {
                setTyped("");
                ask("", mode);
              }}
            />
          )}
        </div>
        <Segmented
          label={t("conversations.search.mode")}
          value={mode}
          options={[
            { value: "any", label: t("conversations.search.any") },
            { value: "all", label: t("conversations.search.all") },
          ]}
          onChange={(next) => ask(typed, next)}
        />
        {pages[0] !== undefined && (
          <Count total={pages[0].total} conversations={groups.length} whole={!query.hasNextPage} />
        )}
      </search>
      <div className="flex min-h-0 flex-1">
        <div
          ref={list}
          className="min-w-0 flex-1 overflow-y-auto medium:max-w-120 medium:border-e medium:border-line"
          aria-busy={query.isFetching}
        >
          {query.isError && q !== "" ? (
            <div className="p-6">
              <RequestFailure error={query.error} onRetry={() => void query.refetch()} />
            </div>
          ) : groups.length > 0 ? (
            <ul aria-label={t("conversations.search.hits")}>
              {groups.map((group) => (
                <SearchGroup
                  key={group.conversationId}
                  group={group}
                  chosen={group === chosen}
                  agentName={agentName}
                  onChoose={() => {
                    setChosenId(group.conversationId);
                    setHitAt(0);
                  }}
                  onOpen={(at) => open(group, at)}
                />
              ))}
            </ul>
          ) : (
            <div className="p-6 max-narrow:p-4">
              {q.trim() === "" ? (
                <Empty icon={Search} title={t("conversations.search.startTitle")}>
                  {t("conversations.search.startText")}
                </Empty>
              ) : (
                !query.isFetching && (
                  <Empty icon={FileSearch} title={t("conversations.search.noneTitle")}>
                    {t("conversations.search.noneText")}
                  </Empty>
                )
              )}
            </div>
          )}
          {query.hasNextPage && (
            <div className="p-4">
              <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {t("conversations.search.loadMore")}
              </Button>
            </div>
          )}
        </div>
        {chosen !== null && (
          <div className="flex min-w-0 flex-1 flex-col max-medium:hidden">
            <SearchPreview
              key={chosen.conversationId}
              group={chosen}
              words={q}
              at={Math.min(hitAt, Math.max(0, chosen.hits.length - 1))}
              agentName={agentName}
              onStep={setHitAt}
              onOpen={() => open(chosen, hitAt)}
            />
          </div>
        )}
      </div>
    </>
  );
}

function Count({ total, conversations, whole }: { total: number; conversations: number; whole: boolean }) {
  const t = useText();
  const messages =
    total >= 1000
      ? t("conversations.search.countMany", { count: total })
      : t("conversations.search.count", { count: total });
  return (
    <p role="status" className="ms-auto text-ink-muted tabular-nums">
      {messages} {whole && conversations > 0 && t("conversations.search.inConversations", { count: conversations })}
    </p>
  );
}

function keepInSight(box: HTMLElement, row: HTMLElement): void {
  const outer = box.getBoundingClientRect();
  const inner = row.getBoundingClientRect();
  if (inner.top < outer.top) box.scrollTop -= outer.top - inner.top;
  else if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom;
}
