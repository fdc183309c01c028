"use client";

import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { flushSync } from "react-dom";
import { api, isApiError } from "#lib/client/api.ts";
import { conversationQuery, keys, patchConversation, patchSummary } from "#lib/client/chat-queries.ts";
import { clearDraft, moveDraft, restoreDraft } from "#lib/client/drafts.ts";
import {
  type EndEvent,
  type LiveRun,
  liveRun,
  onRunEnd,
  onRunGone,
  stopRun,
  subscribeRun,
  watchRun,
} from "#lib/client/live-runs.ts";
import { followOtherTabs, tellOtherTabs } from "#lib/client/other-tabs.ts";
import { discardOutgoing, type Outgoing, outgoing, scopeOf, send, subscribeOutbox } from "#lib/client/outbox.ts";
import type {
  AttachmentView,
  ChangedConversation,
  ConversationChange,
  ConversationView,
  SendRequest,
} from "#lib/shared/chat/types.ts";

/** One conversation as it stands: what is stored, and what grows right now. */
export function useConversation(id: string | null, initial: ConversationView | null) {
  const client = useQueryClient();
  const query = useQuery({
    ...conversationQuery(client, id ?? "none"),
    enabled: id !== null,
    ...(initial !== null && initial.conversation.id === id ? { initialData: initial } : {}),
  });
  const view = id === null ? undefined : query.data;
  const runId = view?.activeRunId ?? null;
  const messageId = runId === null ? undefined : view?.messages.findLast((message) => message.runId === runId)?.id;
  // The stream is opened for what is on the screen, and let go of when another conversation is.
  useEffect(() => {
    if (id === null || runId === null || messageId === undefined) return;
    const message = client
      .getQueryData<ConversationView>(keys.conversation(id))
      ?.messages.find((known) => known.id === messageId);
    return message === undefined ? undefined : watchRun(runId, id, message);
  }, [client, id, runId, messageId]);

  const unread = view?.conversation.unread === true;
  useEffect(() => {
    if (id === null || !unread || document.hidden) return;
    void markSeen(client, id);
  }, [client, id, unread]);

  return { view, error: query.error, isLoading: id !== null && query.isPending, refetch: query.refetch };
}

/** The growing answer of a run; undefined where this browser does not follow it. */
export function useLiveRun(runId: string | null): LiveRun | undefined {
  return useSyncExternalStore(
    (listener) => (runId === null ? () => undefined : subscribeRun(runId, listener)),
    () => (runId === null ? undefined : liveRun(runId)),
    () => undefined,
  );
}

/** What is on its way to the server, or did not get there. */
export function useOutgoing(conversationId: string | null): Outgoing | null {
  const scope = scopeOf(conversationId);
  return useSyncExternalStore(
    subscribeOutbox,
    () => outgoing(scope),
    () => null,
  );
}

/** Keeps the cache true: ends of answers, other tabs. Mounted once, over all pages of the chat. */
export function useChatEvents(): void {
  const client = useQueryClient();
  useEffect(() => {
    const stops = [
      onRunEnd((run, end) => applyEnd(client, run, end)),
      onRunGone(({ conversationId }) => void client.invalidateQueries({ queryKey: keys.conversation(conversationId) })),
      followOtherTabs(client),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [client]);
}

/** What a person does in a conversation. */
export function useChatActions(conversationId: string | null, onStarted: (conversationId: string) => void) {
  const client = useQueryClient();
  const scope = scopeOf(conversationId);

  async function run(request: SendRequest, attachments: AttachmentView[]) {
    const { intent } = request;
    const stored = await send(client, request, attachments, (started) => {
      if (conversationId !== null) return;
      // In one paint, or the page of a new chat would show for a moment.
      flushSync(() => {
        moveDraft("new", started);
        onStarted(started);
      });
    });
    const failed = stored === null ? outgoing(scope) : null;
    // Only words that nobody else keeps go back into the composer.
    if (failed?.failure && failed.request.requestId === request.requestId && intent.kind === "send") {
      restoreDraft(scope, intent.text, attachments);
    }
  }

  return {
    sendMessage(message: {
      text: string;
      attachments: AttachmentView[];
      agentId: string;
      model: string | null;
      parentId: string | null;
    }): void {
      const { text, attachments, agentId, model, parentId } = message;
      const intent = { kind: "send" as const, parentId, text, attachmentIds: attachments.map(({ id }) => id) };
      const failed = outgoing(scope);
      const request: SendRequest = { requestId: crypto.randomUUID(), conversationId, agentId, model, intent };
      // Pressed again with nothing changed: it may have arrived, so it must be known as the same one.
      const again = failed?.failure && sameSend(failed.request, request) ? failed.request : request;
      discardOutgoing(scope);
      clearDraft(scope);
      void run(again, attachments);
    },
    retrySend(): void {
      const failed = outgoing(scope);
      if (failed === null) return;
      clearDraft(scope);
      void run(failed.request, failed.attachments);
    },
    discardSend: () => discardOutgoing(scope),
    act(
      intent: SendRequest["intent"],
      agent: { agentId: string; model: string | null },
      attachments: AttachmentView[] = [],
    ) {
      discardOutgoing(scope);
      void run({ requestId: crypto.randomUUID(), conversationId, ...agent, intent }, attachments);
    },
    stop: (runId: string) => stopRun(runId),
  };
}

/** Changes a conversation; what is shown changes at once and goes back if the server refuses. */
export function useConversationChange() {
  const client = useQueryClient();
  return (id: string, change: ConversationChange) => changeConversation(client, id, change);
}

async function changeConversation(
  client: QueryClient,
  id: string,
  change: ConversationChange,
): Promise<ChangedConversation> {
  const { title, pinned, archived } = change;
  patchSummary(client, id, {
    ...(title === undefined ? {} : { title }),
    ...(pinned === undefined ? {} : { pinned }),
    ...(archived === undefined ? {} : { archived }),
  });
  try {
    const changed = await api<ChangedConversation>(`/api/conversations/${id}`, { method: "PATCH", body: change });
    patchSummary(client, id, changed.conversation);
    return changed;
  } finally {
    void client.invalidateQueries({ queryKey: keys.lists });
    void client.invalidateQueries({ queryKey: keys.conversation(id) });
    tellOtherTabs(id);
  }
}

async function markSeen(client: QueryClient, id: string): Promise<void> {
  patchSummary(client, id, { unread: false });
  await api(`/api/conversations/${id}`, { method: "PATCH", body: { seen: true } }).catch(() => undefined);
}

function applyEnd(client: QueryClient, run: LiveRun, end: EndEvent): void {
  const { conversationId, messageId, answer } = run;
  const { state, problem, finishReason, metrics, endedAt, nextRunId } = end;
  patchConversation(client, conversationId, (view) => ({
    ...view,
    activeRunId: nextRunId,
    messages: view.messages.map((message) =>
      message.id === messageId
        ? { ...message, text: answer.text, state, problem, finishReason, metrics, endedAt }
        : message,
    ),
  }));
  patchSummary(client, conversationId, { state: nextRunId === null ? state : "streaming", updatedAt: endedAt });
  const refresh = () => {
    void client.invalidateQueries({ queryKey: keys.conversation(conversationId) });
    void client.invalidateQueries({ queryKey: keys.lists });
    tellOtherTabs(conversationId);
  };
  // Whoever watched it to its end has seen it.
  if (run.link === "following" && !document.hidden) void markSeen(client, conversationId).finally(refresh);
  else refresh();
}

function sameSend(a: SendRequest, b: SendRequest): boolean {
  return JSON.stringify({ ...a, requestId: "" }) === JSON.stringify({ ...b, requestId: "" });
}

/** Whole seconds since a moment, counted by this browser while somebody looks. */
export function useSecondsSince(since: number | null): number {
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (since === null) return;
    setNow(performance.now());
    const timer = window.setInterval(() => setNow(performance.now()), 1000);
    return () => window.clearInterval(timer);
  }, [since]);
  return since === null ? 0 : Math.max(0, Math.floor((now - since) / 1000));
}

/** Whether a failure says that there is no such conversation. */
export function isMissing(error: unknown): boolean {
  return isApiError(error) && (error.status === 404 || error.status === 422);
}
