import "server-only";
import { randomBytes } from "node:crypto";
import { backendOfAgent } from "#lib/server/chat/backend.ts";
import { all, type Flow, one, run } from "#lib/server/store/flow.ts";
import { uuidv7 } from "#lib/server/store/ids.ts";
import type { RunStatements } from "#lib/server/store/runs.ts";
import type { AttachmentsTable, ConversationsTable, MessagesTable, RunsTable } from "#lib/server/store/schema.ts";
import type { TurnStatements } from "#lib/server/store/turns.ts";
import type { AttachmentView, MessageView } from "#lib/shared/chat/types.ts";
import { AppError } from "#lib/shared/errors.ts";

/** A turn whose rows are stored: what the engine needs to run it and what the browser needs to show it. */
export interface Turn {
  run: RunsTable;
  conversationTitle: string;
  /** Null when the person's message stood already (another answer to it). */
  userMessage: MessageView | null;
  assistantMessage: MessageView;
  prompt: {
    text: string;
    attachments: AttachmentView[];
    /** Earlier messages of the branch, oldest first, that a new gateway session must be told once. */
    replay: { role: "user" | "assistant"; text: string }[];
  };
  sessionKey: string;
}

export interface TurnInput {
  ownerId: string;
  conversation: ConversationsTable;
  requestId: string;
  requestDigest: string;
  agentId: string;
  model: string | null;
  /** JSON `ExecutionRouting` or null. */
  routing: string | null;
  epoch: number;
  /** Already has a place at the upstream. */
  placed: boolean;
  at: number;
  /** A new message under `parentId`, or another answer to a message that stands. */
  ask: Ask;
}

export type Ask =
  | {
      kind: "new";
      parentId: string | null;
      text: string;
      attachmentIds: string[];
      /** Other messages may stand beside it. */
      beside: boolean;
    }
  | { kind: "again"; user: MessagesTable };

/**
 * Writes one turn: the person's message (if new), the empty answer, the run and the gateway session it will use. The
 * caller has checked ownership and that nothing runs in this conversation; a partial unique index checks it once more.
 */
export function* beginTurn(runs: RunStatements, turns: TurnStatements, input: TurnInput): Flow<Turn> {
  const { conversation, ask, at } = input;
  const runId = uuidv7(at);
  let seq = conversation.next_seq;
  let user: MessageView;
  if (ask.kind === "new") {
    const row = messageRow(input, { id: uuidv7(at), seq, parentId: ask.parentId, role: "user", text: ask.text });
    seq += 1;
    yield* run(runs.insertMessage, { ...row });
    const attachments = yield* attachAll(turns, input.ownerId, row.id, ask.attachmentIds, at);
    user = viewOf(row, attachments, ask.beside ? yield* siblingIds(turns, row) : [row.id]);
  } else {
    const attachments = yield* all(turns.attachmentsOf, { messageId: ask.user.id });
    user = viewOf(ask.user, attachments, yield* siblingIds(turns, ask.user));
  }
  const { generationId, sessionKey, replay, images } = yield* chooseGeneration(turns, input, user.parentId);
  const answer: MessagesTable = {
    ...messageRow(input, { id: uuidv7(at), seq, parentId: user.id, role: "assistant", text: "" }),
    run_id: runId,
    replayed_without_images: images ? 1 : 0,
  };
  seq += 1;
  yield* run(runs.insertMessage, { ...answer });
  const row: RunsTable = {
    id: runId,
    owner_id: input.ownerId,
    request_id: input.requestId,
    request_digest: input.requestDigest,
    conversation_id: conversation.id,
    user_message_id: user.id,
    assistant_message_id: answer.id,
    state: input.placed ? "streaming" : "queued",
    active: 1,
    epoch: input.epoch,
    stop_requested: 0,
    backend: backendOfAgent(input.agentId),
    agent_id: input.agentId,
    model: input.model,
    routing: input.routing,
    generation_id: generationId,
    created_at: at,
    started_at: input.placed ? at : null,
    ended_at: null,
  };
  yield* run(runs.insertRun, { ...row });
  yield* run(turns.advanceConversation, {
    id: conversation.id,
    leafId: answer.id,
    nextSeq: seq,
    agentId: input.agentId,
    model: input.model,
    at,
  });
  return {
    run: row,
    conversationTitle: conversation.title,
    userMessage: ask.kind === "new" ? user : null,
    assistantMessage: viewOf(answer, [], ask.kind === "again" ? yield* siblingIds(turns, answer) : [answer.id]),
    prompt: { text: user.text, attachments: user.attachments, replay },
    sessionKey,
  };
}

/** Shapes a stored message for the browser. */
export function viewOf(row: MessagesTable, attachments: AttachmentsTable[], siblings: string[]): MessageView {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    parentId: row.parent_id,
    role: row.role,
    state: row.state,
    text: row.text,
    agentId: row.agent_id,
    model: row.model,
    runId: row.run_id,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    finishReason: row.finish_reason,
    // Written by this server as MessageProblem and MessageMetrics.
    problem: row.problem === null ? null : JSON.parse(row.problem),
    metrics: JSON.parse(row.metrics),
    attachments: attachments.map(({ id, name, media_type, size_bytes }) => ({
      id,
      name,
      mediaType: media_type,
      sizeBytes: size_bytes,
    })),
    siblingIds: siblings,
    ...(row.replayed_without_images === 1 ? { replayedWithoutImages: true } : {}),
  };
}

function messageRow(
  input: TurnInput,
  message: { id: string; seq: number; parentId: string | null; role: "user" | "assistant"; text: string },
): MessagesTable {
  const isAnswer = message.role === "assistant";
  return {
    id: message.id,
    conversation_id: input.conversation.id,
    owner_id: input.ownerId,
    parent_id: message.parentId,
    seq: message.seq,
    role: message.role,
    state: isAnswer ? (input.placed ? "streaming" : "queued") : "complete",
    text: message.text,
    agent_id: input.agentId,
    model: input.model,
    run_id: null,
    created_at: input.at,
    ended_at: isAnswer ? null : input.at,
    finish_reason: null,
    problem: null,
    metrics: "{}",
    replayed_without_images: 0,
    indexed: 0,
  };
}

/** Ids of the messages beside one, itself included, oldest first. */
export function* siblingIds(turns: TurnStatements, row: MessagesTable): Flow<string[]> {
  const { conversation_id: conversationId, parent_id: parentId, role } = row;
  const rows =
    parentId === null
      ? yield* all(turns.roots, { conversationId, role })
      : yield* all(turns.children, { parentId, role });
  return rows.map(({ id }) => id);
}

function* attachAll(
  turns: TurnStatements,
  ownerId: string,
  messageId: string,
  ids: string[],
  at: number,
): Flow<AttachmentsTable[]> {
  const attached: AttachmentsTable[] = [];
  for (const id of ids) {
    const row = yield* one(turns.attachment, { id, ownerId });
    if (row === undefined) throw new AppError("not_found", "An attachment does not exist or is not whole.");
    if (row.message_id === null) {
      yield* run(turns.attach, { id, ownerId, messageId });
      attached.push({ ...row, message_id: messageId });
    } else {
      const copyId = uuidv7(at);
      yield* run(turns.copyAttachment, { id, copyId, messageId, at });
      yield* run(turns.copyAttachmentChunks, { id, copyId });
      attached.push({ ...row, id: copyId, message_id: messageId });
    }
  }
  return attached;
}

interface Generation {
  generationId: string;
  sessionKey: string;
  replay: Turn["prompt"]["replay"];
  /** The replay left images out. */
  images: boolean;
}

/**
 * The gateway session of this turn. While the branch's head is what a clean session knows, that session goes on with the
 * newest message alone; otherwise a new one starts with one replay. A session is dirty from the moment it is used until
 * its answer ends `complete`, so a crash in between never trusts it again.
 */
export function* chooseGeneration(
  turns: TurnStatements,
  input: Pick<TurnInput, "conversation" | "agentId" | "ownerId" | "at">,
  headId: string | null,
): Flow<Generation> {
  const { conversation, agentId, ownerId, at } = input;
  if (headId !== null) {
    const known = yield* one(turns.cleanGeneration, { conversationId: conversation.id, agentId, headId });
    if (known !== undefined) {
      yield* run(turns.setGeneration, { id: known.id, clean: 0, headId });
      return { generationId: known.id, sessionKey: known.session_key, replay: [], images: false };
    }
  }
  const generationId = uuidv7(at);
  const name = backendOfAgent(agentId) === "openmarlin" ? "breakwater" : `agent:${agentId.toLowerCase()}`;
  const sessionKey = `${name}:web:${randomBytes(16).toString("hex")}`;
  yield* run(turns.insertGeneration, {
    id: generationId,
    conversationId: conversation.id,
    ownerId,
    agentId,
    sessionKey,
    at,
  });
  const branch = headId === null ? [] : yield* all(turns.branch, { leafId: headId });
  return {
    generationId,
    sessionKey,
    replay: branch
      .reverse()
      .filter(({ text }) => text !== "")
      .map(({ role, text }) => ({ role, text })),
    images: branch.some(({ images }) => images > 0),
  };
}
