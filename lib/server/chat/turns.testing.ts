import "server-only";
import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { accept } from "#lib/server/chat/accept.ts";
import type { Turn } from "#lib/server/chat/begin.ts";
import { endRun } from "#lib/server/chat/end.ts";
import { run } from "#lib/server/store/flow.ts";
import { uuidv7 } from "#lib/server/store/ids.ts";
import { runStatements } from "#lib/server/store/runs.ts";
import type { Store } from "#lib/server/store/store.ts";
import { turnStatements } from "#lib/server/store/turns.ts";
import { insertUser } from "#lib/server/store/users.ts";
import type { MessageState, QueuedMessageView, SendRequest } from "#lib/shared/chat/types.ts";

const epoch = 1;
let clock = Date.now() - 10_000_000;

/** A new person; returns the id. */
export async function addPerson(store: Store): Promise<string> {
  const id = uuidv7();
  const row = {
    id,
    email: `${id}@example.org`,
    name: "Test",
    password_hash: null,
    role: "member" as const,
    is_demo: 0,
    disabled_at: null,
    locale: null,
    theme: "system" as const,
    send_key: "enter" as const,
    announce: "sentences" as const,
    created_at: Date.now(),
  };
  await store.write((tx) => insertUser(tx, row));
  return id;
}

/** Stores a turn as the engine does, without an engine: its answer streams until {@link endTurn}. */
export async function beginTurn(
  store: Store,
  ownerId: string,
  intent: SendRequest["intent"],
  conversationId: string | null = null,
  origin = "real",
): Promise<Turn> {
  const accepted = await acceptIt(store, ownerId, intent, conversationId, origin);
  if (accepted.kind !== "turn") throw new Error(`The message was ${accepted.kind}.`);
  return accepted.turn;
}

/** Queues a message behind the running answer. */
export async function enqueue(
  store: Store,
  ownerId: string,
  conversationId: string,
  text: string,
  attachmentIds: string[] = [],
): Promise<QueuedMessageView> {
  const intent = { kind: "send" as const, parentId: null, text, attachmentIds };
  const accepted = await acceptIt(store, ownerId, intent, conversationId, "real");
  if (accepted.kind !== "queued") throw new Error(`The message was ${accepted.kind}.`);
  return accepted.item;
}

/** Stores a piece of a streaming answer. */
export async function stream(store: Store, turn: Turn, seq: number, text: string): Promise<void> {
  const messageId = turn.assistantMessage.id;
  const args = { messageId, seq, text, runId: turn.run.id, epoch };
  expect(await store.flow(() => run(runStatements(store).appendChunk, args))).toBe(1);
}

export async function endTurn(
  store: Store,
  turn: Turn,
  text: string,
  state: Exclude<MessageState, "queued" | "streaming"> = "complete",
): Promise<void> {
  clock += 1000;
  const at = clock;
  await store.flow(() =>
    endRun(runStatements(store), turnStatements(store), {
      run: turn.run,
      epoch,
      text,
      outcome: { state, problem: state === "failed" ? { code: "gateway_failed", requestId: turn.run.id } : null },
      finishReason: state === "complete" ? "stop" : null,
      metrics: { firstTokenMs: 12 },
      at,
      next: null,
    }),
  );
}

/** A whole turn: a message under `parentId` and its answer. */
export async function talk(
  store: Store,
  ownerId: string,
  text: string,
  answer: string,
  under: { conversationId: string | null; parentId: string | null; attachmentIds?: string[] } | null = null,
): Promise<{ conversationId: string; userId: string; answerId: string; turn: Turn }> {
  const { conversationId = null, parentId = null, attachmentIds = [] } = under ?? {};
  const turn = await beginTurn(store, ownerId, { kind: "send", parentId, text, attachmentIds }, conversationId);
  await endTurn(store, turn, answer);
  return {
    conversationId: turn.run.conversation_id,
    userId: turn.run.user_message_id,
    answerId: turn.assistantMessage.id,
    turn,
  };
}

/** The code of what a call throws. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => new Error("Nothing was thrown."),
    (thrown: unknown) => thrown,
  );
  return (error as { code?: string }).code ?? String(error);
}

async function acceptIt(
  store: Store,
  ownerId: string,
  intent: SendRequest["intent"],
  conversationId: string | null,
  origin: string,
) {
  clock += 1000;
  const at = clock;
  const request: SendRequest = { requestId: randomUUID(), conversationId, agentId: "main", model: null, intent };
  return store.flow(() =>
    accept(runStatements(store), turnStatements(store), {
      ownerId,
      request,
      continueText: "Continue.",
      epoch,
      placed: true,
      origin,
      at,
    }),
  );
}
