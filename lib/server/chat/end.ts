import "server-only";
import { beginNext } from "#lib/server/chat/accept.ts";
import type { BackendName } from "#lib/server/chat/backend.ts";
import type { Turn } from "#lib/server/chat/begin.ts";
import type { Outcome } from "#lib/server/chat/outcome.ts";
import { type Flow, one, run } from "#lib/server/store/flow.ts";
import type { RunStatements } from "#lib/server/store/runs.ts";
import type { RunsTable } from "#lib/server/store/schema.ts";
import type { TurnStatements } from "#lib/server/store/turns.ts";
import type { MessageMetrics } from "#lib/shared/chat/types.ts";

export interface EndInput {
  run: Pick<RunsTable, "id" | "owner_id" | "conversation_id" | "assistant_message_id" | "generation_id">;
  /** The epoch that the run carries. */
  epoch: number;
  text: string;
  outcome: Outcome;
  finishReason: "stop" | "length" | "tool_calls" | null;
  metrics: MessageMetrics;
  at: number;
  /** What a follow-up would get: the epoch of this process and the place that goes on to it. Null: start none. */
  next: { epoch: number; placedAt: BackendName | null } | null;
}

export type Ended = { kind: "ended"; next: Turn | null } | { kind: "fenced" };

/**
 * The one transaction of an end: state and whole text, chunk rows away, the gateway session trusted again after a whole
 * answer, and then the next queued message begun, or the queue paused.
 */
export function* endRun(runs: RunStatements, turns: TurnStatements, input: EndInput): Flow<Ended> {
  const { run: row, outcome, at } = input;
  // Locked first, as in a send: otherwise a message queued meanwhile would be seen by neither.
  yield* one(turns.conversation, { id: row.conversation_id, ownerId: row.owner_id });
  const changed = yield* run(runs.endRun, { id: row.id, epoch: input.epoch, state: outcome.state, at });
  if (changed === 0) return { kind: "fenced" };
  const complete = outcome.state === "complete";
  yield* run(runs.endMessage, {
    id: row.assistant_message_id,
    state: outcome.state,
    text: input.text,
    at,
    finishReason: input.finishReason,
    problem: outcome.problem === null ? null : JSON.stringify(outcome.problem),
    metrics: JSON.stringify(input.metrics),
  });
  yield* run(runs.deleteChunks, { messageId: row.assistant_message_id });
  if (complete && row.generation_id !== null) {
    yield* run(turns.setGeneration, { id: row.generation_id, clean: 1, headId: row.assistant_message_id });
  }
  const queue = yield* one(turns.queueLength, { conversationId: row.conversation_id });
  const waits = (queue?.count ?? 0) > 0;
  yield* run(turns.pauseQueue, { id: row.conversation_id, paused: waits && !complete ? 1 : 0, at });
  if (!waits || !complete || input.next === null) return { kind: "ended", next: null };
  const next = yield* beginNext(runs, turns, {
    ownerId: row.owner_id,
    conversationId: row.conversation_id,
    after: row.assistant_message_id,
    epoch: input.next.epoch,
    placedAt: input.next.placedAt,
    at,
  });
  return { kind: "ended", next };
}
