import { type Outgoing, optimisticKey } from "#lib/client/outbox.ts";
import type { ConversationView, MessageView } from "#lib/shared/chat/types.ts";

export interface ShownMessages {
  messages: MessageView[];
  /** Those of them that the server does not have yet. */
  sendingIds: ReadonlySet<string>;
  /** A message on its way that will wait behind the running answer. */
  queueing: { text: string; images: number } | null;
}

/** What is stored, with what is on its way: a message stands in its place from the press on. */
export function withOutgoing(view: ConversationView | undefined, outgoing: Outgoing | null): ShownMessages {
  const messages = view?.messages ?? [];
  const none = { messages, sendingIds: new Set<string>(), queueing: null };
  if (outgoing === null || outgoing.failure !== null) return none;
  const { request, attachments, at } = outgoing;
  const { intent, requestId, agentId } = request;
  if (intent.kind === "send" && view?.activeRunId) {
    return { ...none, queueing: { text: intent.text, images: attachments.length } };
  }
  const answer = made(request.conversationId, {
    id: optimisticKey(requestId, "assistant"),
    role: "assistant",
    state: "queued",
    agentId,
    createdAt: at,
    endedAt: null,
  });
  const words =
    intent.kind === "send" || intent.kind === "edit"
      ? made(request.conversationId, {
          id: optimisticKey(requestId, "user"),
          role: "user",
          text: intent.text,
          agentId,
          createdAt: at,
          endedAt: at,
          attachments,
        })
      : null;
  const added = words === null ? [answer] : [words, answer];
  return {
    messages: [...messages.slice(0, cutOf(messages, intent)), ...added],
    sendingIds: new Set(added.map(({ id }) => id)),
    queueing: null,
  };
}

function cutOf(messages: MessageView[], intent: Outgoing["request"]["intent"]): number {
  if (intent.kind === "send") return messages.length;
  const at = messages.findIndex(({ id }) => id === intent.messageId);
  if (at === -1) return messages.length;
  return intent.kind === "continue" ? at + 1 : at;
}

function made(
  conversationId: string | null,
  message: Partial<MessageView> & Pick<MessageView, "id" | "role">,
): MessageView {
  return {
    conversationId: conversationId ?? "",
    parentId: null,
    state: "complete",
    text: "",
    agentId: null,
    model: null,
    runId: null,
    createdAt: 0,
    endedAt: null,
    finishReason: null,
    problem: null,
    metrics: {},
    attachments: [],
    siblingIds: [],
    ...message,
  };
}
