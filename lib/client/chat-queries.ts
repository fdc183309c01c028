import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
} from "@tanstack/react-query";
import { api } from "#lib/client/api.ts";
import { settleRun } from "#lib/client/live-runs.ts";
import type {
  AgentView,
  ConversationPage,
  ConversationSummary,
  ConversationView,
  SearchPage,
} from "#lib/shared/chat/types.ts";
import type { ErrorCode } from "#lib/shared/errors.ts";

export interface AgentsAnswer {
  agents: AgentView[];
  problem: { code: ErrorCode } | null;
}

export const keys = {
  list: (archived: boolean) => ["conversations", archived ? "archived" : "shown"] as const,
  lists: ["conversations"] as const,
  conversation: (id: string) => ["conversation", id] as const,
  agents: ["agents"] as const,
};

export const agentsQuery = queryOptions({
  queryKey: keys.agents,
  queryFn: ({ signal }) => api<AgentsAnswer>("/api/agents", { signal }),
  staleTime: 60_000,
});

/** The list of the left bar by pages. While an answer runs somewhere it is asked more often, so that glyphs are true. */
export function listQuery(archived: boolean) {
  return infiniteQueryOptions({
    queryKey: keys.list(archived),
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam === null ? "" : `&cursor=${encodeURIComponent(pageParam)}`;
      return api<ConversationPage>(`/api/conversations?archived=${archived ? 1 : 0}${cursor}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: ({ state }) => (state.data?.pages.some(hasRunning) ? 5_000 : 60_000),
  });
}

/** One conversation with its newest page; older pages that are there already stay. */
export function conversationQuery(client: QueryClient, id: string) {
  return queryOptions({
    queryKey: keys.conversation(id),
    queryFn: async ({ signal }) => {
      const fresh = await api<ConversationView>(`/api/conversations/${id}`, { signal });
      for (const message of fresh.messages) settleRun(message);
      const known = client.getQueryData<ConversationView>(keys.conversation(id));
      // After a jump far back the reader stays there.
      if (known?.hasNewer) return { ...known, conversation: fresh.conversation };
      return withOlder(known, fresh);
    },
    staleTime: 2_000,
    // Another tab or device may write here too. A hidden tab asks slowly, so that it can say when an answer is there.
    refetchInterval: ({ state }) => (state.data?.activeRunId ? 20_000 : 45_000),
    refetchIntervalInBackground: true,
  });
}

export function searchQuery(q: string, mode: "any" | "all") {
  return infiniteQueryOptions({
    queryKey: ["search", q, mode] as const,
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam === null ? "" : `&cursor=${encodeURIComponent(pageParam)}`;
      return api<SearchPage>(`/api/search?q=${encodeURIComponent(q)}&mode=${mode}${cursor}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    enabled: q.trim() !== "",
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
}

/** Puts a newer page under the older messages that are known, where both are of one branch. */
export function withOlder(known: ConversationView | undefined, fresh: ConversationView): ConversationView {
  const first = fresh.messages[0];
  if (known === undefined || first === undefined || !fresh.hasOlder) return fresh;
  const at = known.messages.findIndex(({ id }) => id === first.id);
  if (at <= 0) return fresh;
  return { ...fresh, messages: [...known.messages.slice(0, at), ...fresh.messages], hasOlder: known.hasOlder };
}

/** Reads the page before the oldest message that is known. */
export async function loadOlder(client: QueryClient, id: string): Promise<void> {
  const known = client.getQueryData<ConversationView>(keys.conversation(id));
  const first = known?.messages[0];
  if (first === undefined || !known?.hasOlder) return;
  const page = await api<ConversationView>(`/api/conversations/${id}?before=${first.id}`);
  patchConversation(client, id, (now) =>
    now.messages[0]?.id === first.id
      ? { ...now, messages: [...page.messages, ...now.messages], hasOlder: page.hasOlder }
      : now,
  );
}

/** Brings a message of any branch and age into what is known, for a jump. Its branch is the one that is shown then. */
export async function loadAround(client: QueryClient, id: string, messageId: string): Promise<void> {
  const known = await client.fetchQuery({ ...conversationQuery(client, id), staleTime: 60_000 });
  if (known.messages.some((message) => message.id === messageId)) return;
  const page = await aroundQuery(id, messageId).queryFn();
  client.setQueryData<ConversationView>(keys.conversation(id), page);
  if (page.hasNewer || page.messages.at(-1)?.id === known.messages.at(-1)?.id) return;
  await api(`/api/conversations/${id}`, { method: "PATCH", body: { leafMessageId: messageId } });
}

/** A conversation around one of its messages, or its end, as the search shows it. */
export function aroundQuery(id: string, messageId: string | null) {
  return {
    queryKey: ["around", id, messageId] as const,
    queryFn: () =>
      api<ConversationView>(`/api/conversations/${id}${messageId === null ? "" : (`?around=${messageId}` as const)}`),
    staleTime: 30_000,
  };
}

/** Leaves a place far back for the end of the conversation. */
export async function loadEnd(client: QueryClient, id: string): Promise<void> {
  const fresh = await api<ConversationView>(`/api/conversations/${id}`);
  client.setQueryData<ConversationView>(keys.conversation(id), fresh);
}

export function patchConversation(
  client: QueryClient,
  id: string,
  change: (view: ConversationView) => ConversationView,
): void {
  client.setQueryData<ConversationView>(keys.conversation(id), (view) => (view === undefined ? view : change(view)));
}

/** Changes a conversation wherever it is shown. */
export function patchSummary(client: QueryClient, id: string, change: Partial<ConversationSummary>): void {
  const apply = (item: ConversationSummary) => (item.id === id ? { ...item, ...change } : item);
  client.setQueriesData<InfiniteData<ConversationPage>>({ queryKey: keys.lists }, (data) =>
    data === undefined ? data : { ...data, pages: data.pages.map((page) => mapPage(page, apply)) },
  );
  patchConversation(client, id, (view) => ({ ...view, conversation: { ...view.conversation, ...change } }));
}

/** Takes a conversation out of one list, or puts it on top of it. */
export function moveInList(
  client: QueryClient,
  archived: boolean,
  conversation: ConversationSummary,
  present: boolean,
): void {
  client.setQueryData<InfiniteData<ConversationPage, string | null>>(keys.list(archived), (data) => {
    if (data === undefined) return data;
    const without = (items: ConversationSummary[]) => items.filter(({ id }) => id !== conversation.id);
    const pages = data.pages.map((page, index): ConversationPage => {
      const here = present && index === 0;
      const pinned = page.pinned === undefined ? undefined : without(page.pinned);
      const items = without(page.items);
      if (here && conversation.pinned && !archived) pinned?.unshift(conversation);
      else if (here) items.unshift(conversation);
      return { ...page, items, ...(pinned === undefined ? {} : { pinned }) };
    });
    return { ...data, pages };
  });
}

function mapPage(page: ConversationPage, apply: (item: ConversationSummary) => ConversationSummary): ConversationPage {
  return {
    ...page,
    items: page.items.map(apply),
    ...(page.pinned === undefined ? {} : { pinned: page.pinned.map(apply) }),
  };
}

function hasRunning(page: ConversationPage): boolean {
  return [...page.items, ...(page.pinned ?? [])].some(({ state }) => state === "streaming" || state === "queued");
}
