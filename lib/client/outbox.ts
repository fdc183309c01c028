import type { QueryClient } from "@tanstack/react-query";
import { ApiError, apiStream, isApiError } from "#lib/client/api.ts";
import { keys, moveInList, patchConversation, patchSummary } from "#lib/client/chat-queries.ts";
import { readEvents } from "#lib/client/event-stream.ts";
import { adoptRun } from "#lib/client/live-runs.ts";
import { forget, recall, remember } from "#lib/client/local-memory.ts";
import { tellOtherTabs } from "#lib/client/other-tabs.ts";
import type { ChatEvent } from "#lib/shared/chat/events.ts";
import type { AttachmentView, ConversationSummary, ConversationView, SendRequest } from "#lib/shared/chat/types.ts";

/** A send between the press and the acknowledgement, or one that did not get through. */
export interface Outgoing {
  request: SendRequest;
  /** What stands in the message while it is on its way. */
  attachments: AttachmentView[];
  at: number;
  failure: ApiError | null;
}

/** What is on its way from a conversation, or from a new one. */
export function outgoing(scope: string): Outgoing | null {
  loadOnce(scope);
  return items.get(scope) ?? null;
}

export function subscribeOutbox(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const scopeOf = (conversationId: string | null): string => conversationId ?? "new";

/** The React key of a message, the same before and after the server gave it its id. */
export function messageKey(id: string): string {
  return messageKeys.get(id) ?? id;
}

export const optimisticKey = (requestId: string, role: "user" | "assistant"): string => `${requestId}:${role}`;

/** Throws a failed send away: its text is back in the composer, or the person let it go. */
export function discardOutgoing(scope: string): void {
  set(scope, null);
}

/**
 * Sends. The same request may be given again after a failure: the server knows it by its id and never acts twice. Gives the
 * conversation once the message is stored, or null when it was not. `onStored` is called in the moment between the two: what
 * was on its way is still there, and what is stored is there already.
 */
export async function send(
  client: QueryClient,
  request: SendRequest,
  attachments: AttachmentView[] = [],
  onStored: (conversationId: string) => void = () => undefined,
): Promise<string | null> {
  const scope = scopeOf(request.conversationId);
  if (items.get(scope)?.failure === null) return null;
  set(scope, { request, attachments, at: Date.now(), failure: null });
  try {
    const conversationId = await post(client, request);
    onStored(conversationId);
    set(scope, null);
    return conversationId;
  } catch (error) {
    const failure = isApiError(error) ? error : new ApiError("internal", 0, { cause: error });
    set(scope, { request, attachments, at: Date.now(), failure });
    // What this tab showed was out of date.
    if (request.conversationId !== null && (failure.status === 409 || failure.status === 404)) {
      void client.invalidateQueries({ queryKey: keys.conversation(request.conversationId) });
    }
    return null;
  }
}

const items = new Map<string, Outgoing>();
const loaded = new Set<string>();
const listeners = new Set<() => void>();
const messageKeys = new Map<string, string>();
/** A lost answer is asked for again by itself, since the same id never acts twice. */
const attempts = 3;

async function post(client: QueryClient, request: SendRequest): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await postOnce(client, request);
    } catch (error) {
      if (!isApiError(error) || error.status !== 0 || attempt >= attempts) throw error;
      await new Promise((resolve) => window.setTimeout(resolve, 400 * 3 ** (attempt - 1)));
    }
  }
}

async function postOnce(client: QueryClient, request: SendRequest): Promise<string> {
  const abort = new AbortController();
  const response = await apiStream("/api/chat", { body: request, signal: abort.signal });
  const stream = readEvents(response);
  const first = await stream.next().catch((cause: unknown) => {
    throw new ApiError("offline", 0, { cause });
  });
  const [event, ...rest] = first.done ? [] : first.value;
  if (event?.type === "queued") {
    applyQueued(client, event);
    return event.conversationId;
  }
  if (event?.type !== "accepted") throw new ApiError("offline", 0);
  const { requestId } = request;
  if (event.userMessage !== undefined) messageKeys.set(event.userMessage.id, optimisticKey(requestId, "user"));
  messageKeys.set(event.assistantMessage.id, optimisticKey(requestId, "assistant"));
  adoptRun(event, rest, stream, abort);
  applyAccepted(client, request, event);
  return event.conversationId;
}

function applyAccepted(
  client: QueryClient,
  request: SendRequest,
  event: Extract<ChatEvent, { type: "accepted" }>,
): void {
  const { conversationId, conversationTitle, runId, userMessage, assistantMessage } = event;
  const change = { title: conversationTitle, state: assistantMessage.state, updatedAt: assistantMessage.createdAt };
  const key = keys.conversation(conversationId);
  const known = client.getQueryData<ConversationView>(key);
  if (known === undefined) {
    const conversation: ConversationSummary = {
      id: conversationId,
      agentId: request.agentId,
      createdAt: assistantMessage.createdAt,
      pinned: false,
      archived: false,
      unread: false,
      readOnly: false,
      ...change,
    };
    client.setQueryData<ConversationView>(key, {
      conversation,
      messages: [...(userMessage === undefined ? [] : [userMessage]), assistantMessage],
      hasOlder: false,
      queue: [],
      activeRunId: runId,
      queuePaused: false,
    });
    moveInList(client, false, conversation, true);
  } else {
    patchConversation(client, conversationId, (view) => {
      const parentId = userMessage === undefined ? assistantMessage.parentId : userMessage.parentId;
      const added = userMessage === undefined ? [assistantMessage] : [userMessage, assistantMessage];
      const cut = parentId === null ? 0 : view.messages.findIndex(({ id }) => id === parentId) + 1;
      // The parent is not on this page: what is shown here is too old to add to.
      if (parentId !== null && cut === 0) return view;
      return { ...view, messages: [...view.messages.slice(0, cut), ...added], activeRunId: runId };
    });
    patchSummary(client, conversationId, change);
    const { conversation } = client.getQueryData<ConversationView>(key) ?? known;
    moveInList(client, false, conversation, !conversation.archived);
  }
  tellOtherTabs(conversationId);
}

function applyQueued(client: QueryClient, { conversationId, item }: Extract<ChatEvent, { type: "queued" }>): void {
  patchConversation(client, conversationId, (view) => ({
    ...view,
    queue: [...view.queue.filter(({ id }) => id !== item.id), item],
  }));
  // The answer it waits for may have ended meanwhile.
  void client.invalidateQueries({ queryKey: keys.conversation(conversationId) });
  tellOtherTabs(conversationId);
}

/** A message stays in this browser until the server has it, also over a crash. */
function set(scope: string, item: Outgoing | null): void {
  loaded.add(scope);
  if (item === null) {
    items.delete(scope);
    forget(`sending:${scope}`);
  } else {
    items.set(scope, item);
    const { request, attachments, at } = item;
    remember(`sending:${scope}`, { request, attachments, at });
  }
  for (const listener of listeners) listener();
}

/** What a crash or a reload left: nobody knows whether it arrived, and sending it again is safe. */
function loadOnce(scope: string): void {
  if (loaded.has(scope) || typeof window === "undefined") return;
  loaded.add(scope);
  const left = recall<Omit<Outgoing, "failure">>(`sending:${scope}`);
  if (left === null || Date.now() - left.at > 24 * 60 * 60_000) return;
  items.set(scope, { ...left, failure: new ApiError("offline", 0) });
}
