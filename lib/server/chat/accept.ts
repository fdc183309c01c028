import "server-only";
import { createHash } from "node:crypto";
import { type BackendName, backendOfAgent } from "#lib/server/chat/backend.ts";
import { type Ask, beginTurn, type Turn } from "#lib/server/chat/begin.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { all, type Flow, one, run } from "#lib/server/store/flow.ts";
import { uuidv7 } from "#lib/server/store/ids.ts";
import type { RunStatements } from "#lib/server/store/runs.ts";
import type { ConversationsTable, MessagesTable, QueuedMessagesTable, RunsTable } from "#lib/server/store/schema.ts";
import type { TurnStatements } from "#lib/server/store/turns.ts";
import { titleFrom } from "#lib/shared/chat/title.ts";
import type { AttachmentView, QueuedMessageView, SendRequest } from "#lib/shared/chat/types.ts";
import { AppError } from "#lib/shared/errors.ts";

export type Accepted =
  | { kind: "turn"; turn: Turn }
  | { kind: "queued"; conversationId: string; item: QueuedMessageView }
  /** The same request came before: nothing was written. */
  | { kind: "existing"; run: RunsTable };

export interface AcceptInput {
  ownerId: string;
  request: SendRequest;
  /** What a Continue asks of the agent, in the person's language. */
  continueText: string;
  epoch: number;
  placed: boolean;
  /** `sandbox:<id>` or `real`: what is connected now. */
  origin: string;
  at: number;
}

/** The digest that makes a request id mean one body. */
export function requestDigest(request: SendRequest): string {
  return createHash("sha256").update(JSON.stringify(request)).digest("hex");
}

/**
 * The one transaction of a send. The same request id with the same body finds what the first one made; with another body
 * it throws `request_id_reused`. A message that meets a running answer is queued behind it.
 */
export function* accept(runs: RunStatements, turns: TurnStatements, input: AcceptInput): Flow<Accepted> {
  const { ownerId, request, at } = input;
  const digest = requestDigest(request);
  // The conversation's lock comes first: whoever waited for it then sees what the one before has written.
  const existing = yield* load(turns, input);
  const earlier = yield* findEarlier(runs, turns, ownerId, request.requestId, digest);
  if (earlier !== null) return earlier;
  const conversation = existing ?? (yield* make(turns, input));
  const isNew = existing === null;
  if (conversation.origin !== input.origin) {
    throw new AppError("sandbox_data", "This conversation belongs to another upstream and can only be read.");
  }
  const active = isNew ? undefined : yield* one(runs.activeRun, { conversationId: conversation.id });
  if (active !== undefined) {
    if (request.intent.kind !== "send")
      throw new AppError("conflict", "An answer is still running in this conversation.");
    return yield* enqueue(turns, input, digest, conversation, request.intent);
  }
  const mine = yield* one(runs.activeOfOwner, { ownerId });
  if (mine !== undefined && mine.count >= limits.runs.perPerson) {
    throw new AppError("too_many_runs", "Too many answers are running at once.", {
      retryAfterSeconds: 10,
      facts: { limit: limits.runs.perPerson },
    });
  }
  const turn = yield* beginTurn(runs, turns, {
    ownerId,
    conversation,
    requestId: request.requestId,
    requestDigest: digest,
    agentId: request.agentId,
    model: request.model ?? null,
    routing: routingOf(request),
    epoch: input.epoch,
    placed: input.placed,
    at,
    ask: yield* askOf(turns, input, conversation, isNew),
  });
  return { kind: "turn", turn };
}

/** A queued row for the browser. */
export function queuedView(row: QueuedMessagesTable, attachments: AttachmentView[]): QueuedMessageView {
  return {
    id: row.id,
    text: row.text,
    attachments,
    agentId: row.agent_id,
    model: row.model,
    version: row.version,
    createdAt: row.created_at,
  };
}

function* findEarlier(
  runs: RunStatements,
  turns: TurnStatements,
  ownerId: string,
  requestId: string,
  digest: string,
): Flow<Accepted | null> {
  const run = yield* one(runs.runByRequest, { ownerId, requestId });
  const queued = run === undefined ? yield* one(runs.queuedByRequest, { ownerId, requestId }) : undefined;
  const found = run ?? queued;
  if (found === undefined) return null;
  if (found.request_digest !== digest) {
    throw new AppError("request_id_reused", "This request id was used for another message.");
  }
  if (run !== undefined) return { kind: "existing", run };
  if (queued === undefined) return null;
  const attachments = yield* attachmentViews(turns, ownerId, JSON.parse(queued.attachment_ids));
  return { kind: "queued", conversationId: queued.conversation_id, item: queuedView(queued, attachments) };
}

function* load(turns: TurnStatements, { ownerId, request }: AcceptInput): Flow<ConversationsTable | null> {
  if (request.conversationId === null) return null;
  const found = yield* one(turns.conversation, { id: request.conversationId, ownerId });
  if (found === undefined) throw new AppError("not_found", "This conversation does not exist.");
  return found;
}

function* make(turns: TurnStatements, input: AcceptInput): Flow<ConversationsTable> {
  const { ownerId, request, at } = input;
  if (request.intent.kind !== "send" || request.intent.parentId !== null) {
    throw new AppError("invalid_input", "A new conversation starts with a message.");
  }
  const conversation: ConversationsTable = {
    id: uuidv7(at),
    owner_id: ownerId,
    title: titleFrom(request.intent.text),
    title_source: "auto",
    agent_id: request.agentId,
    model: request.model ?? null,
    leaf_message_id: null,
    next_seq: 1,
    created_at: at,
    updated_at: at,
    seen_at: at,
    pinned_at: null,
    archived_at: null,
    deleted_at: null,
    queue_paused: 0,
    origin: input.origin,
  };
  yield* run(turns.insertConversation, { ...conversation });
  return conversation;
}

function routingOf({ routing }: SendRequest): string | null {
  return routing === undefined ? null : JSON.stringify(routing);
}

function* askOf(
  turns: TurnStatements,
  input: AcceptInput,
  conversation: ConversationsTable,
  isNew: boolean,
): Flow<Ask> {
  const { intent } = input.request;
  const find = { conversationId: conversation.id, ownerId: input.ownerId };
  switch (intent.kind) {
    case "send": {
      if (!isNew) yield* requireLeaf(turns, find, intent.parentId);
      const { parentId, text, attachmentIds } = intent;
      return { kind: "new", parentId, text, attachmentIds, beside: false };
    }
    case "continue": {
      yield* requireLeaf(turns, find, intent.messageId);
      return { kind: "new", parentId: intent.messageId, text: input.continueText, attachmentIds: [], beside: false };
    }
    case "edit": {
      const edited = yield* findMessage(turns, find, intent.messageId, "user");
      const { text, attachmentIds } = intent;
      return { kind: "new", parentId: edited.parent_id, text, attachmentIds, beside: true };
    }
    case "regenerate": {
      const answer = yield* findMessage(turns, find, intent.messageId, "assistant");
      const user = answer.parent_id === null ? undefined : yield* one(turns.message, { ...find, id: answer.parent_id });
      if (user === undefined) throw new AppError("conflict", "This answer has no message before it.");
      return { kind: "again", user };
    }
  }
}

/** A message goes under the end of a branch; anything else means that the page was out of date. */
function* requireLeaf(
  turns: TurnStatements,
  find: { conversationId: string; ownerId: string },
  parentId: string | null,
): Flow<void> {
  if (parentId !== null) yield* findMessage(turns, find, parentId, "assistant");
  const next =
    parentId === null
      ? yield* one(turns.anyMessage, { conversationId: find.conversationId })
      : yield* one(turns.child, { parentId });
  if (next !== undefined) throw new AppError("version_conflict", "This conversation has moved on in another tab.");
}

function* findMessage(
  turns: TurnStatements,
  find: { conversationId: string; ownerId: string },
  id: string,
  role: MessagesTable["role"],
): Flow<MessagesTable> {
  const found = yield* one(turns.message, { ...find, id });
  if (found === undefined || found.role !== role) throw new AppError("not_found", "This message does not exist.");
  return found;
}

function* enqueue(
  turns: TurnStatements,
  input: AcceptInput,
  digest: string,
  conversation: ConversationsTable,
  intent: { text: string; attachmentIds: string[] },
): Flow<Accepted> {
  const length = yield* one(turns.queueLength, { conversationId: conversation.id });
  if (length !== undefined && length.count >= limits.queue.perConversation) {
    throw new AppError("queue_full", "Too many messages wait behind this answer.", {
      facts: { limit: limits.queue.perConversation },
    });
  }
  const attachments = yield* attachmentViews(turns, input.ownerId, intent.attachmentIds);
  const row: QueuedMessagesTable = {
    id: uuidv7(input.at),
    conversation_id: conversation.id,
    owner_id: input.ownerId,
    request_id: input.request.requestId,
    request_digest: digest,
    seq: (length?.last ?? 0) + 1,
    text: intent.text,
    attachment_ids: JSON.stringify(intent.attachmentIds),
    agent_id: input.request.agentId,
    model: input.request.model ?? null,
    routing: routingOf(input.request),
    version: 1,
    created_at: input.at,
  };
  yield* run(turns.enqueue, { ...row });
  return { kind: "queued", conversationId: conversation.id, item: queuedView(row, attachments) };
}

function* attachmentViews(turns: TurnStatements, ownerId: string, ids: string[]): Flow<AttachmentView[]> {
  const views: AttachmentView[] = [];
  for (const id of ids) {
    const row = yield* one(turns.attachment, { id, ownerId });
    if (row === undefined) throw new AppError("not_found", "An attachment does not exist or is not whole.");
    views.push({ id: row.id, name: row.name, mediaType: row.media_type, sizeBytes: row.size_bytes });
  }
  return views;
}

/**
 * Starts the first queued message of a conversation under its newest answer, if there is one and nothing runs. Called
 * where a run ends `complete`, and when a person lets a paused queue go on. Images that are gone are left out, so that the
 * end of the run before never fails by them.
 */
export function* beginNext(
  runs: RunStatements,
  turns: TurnStatements,
  input: {
    ownerId: string;
    conversationId: string;
    /** The answer that it follows; without one, the end of the branch that is shown. */
    after?: string;
    epoch: number;
    /** Where a place is held for it, if it goes there. */
    placedAt: BackendName | null;
    at: number;
  },
): Flow<Turn | null> {
  const { ownerId, conversationId, epoch, placedAt, at } = input;
  const conversation = yield* one(turns.conversation, { id: conversationId, ownerId });
  if (conversation === undefined) return null;
  if ((yield* one(runs.activeRun, { conversationId })) !== undefined) return null;
  const next = (yield* all(turns.nextQueued, { conversationId }))[0];
  if (next === undefined) return null;
  yield* run(turns.removeQueued, { id: next.id });
  const attachmentIds: string[] = [];
  for (const id of JSON.parse(next.attachment_ids) as string[]) {
    if ((yield* one(turns.attachment, { id, ownerId })) !== undefined) attachmentIds.push(id);
  }
  return yield* beginTurn(runs, turns, {
    ownerId,
    conversation,
    requestId: next.request_id,
    requestDigest: next.request_digest,
    agentId: next.agent_id,
    model: next.model,
    routing: next.routing,
    epoch,
    placed: placedAt === backendOfAgent(next.agent_id),
    at,
    ask: {
      kind: "new",
      parentId: input.after ?? conversation.leaf_message_id,
      text: next.text,
      attachmentIds,
      beside: true,
    },
  });
}
