import "server-only";
import { chooseGeneration, siblingIds, type Turn, viewOf } from "#lib/server/chat/begin.ts";
import { all, type Flow, one, run } from "#lib/server/store/flow.ts";
import type { RunStatements } from "#lib/server/store/runs.ts";
import type { RunsTable } from "#lib/server/store/schema.ts";
import type { TurnStatements } from "#lib/server/store/turns.ts";

export interface ClaimInput {
  ownerId: string;
  runId: string;
  /** By itself a run starts only while its answer is what the conversation shows last. */
  by: "click" | "credit";
  epoch: number;
  placed: boolean;
  at: number;
}

/**
 * Takes a run that waits for credit and makes it a turn again: the same run, the same answer, a new session at the
 * upstream with one replay. Null when it waits no more, or its conversation has moved on. Whoever changes the row has it,
 * so it is sent at most once however many ask.
 */
export function* claimWaiting(runs: RunStatements, turns: TurnStatements, input: ClaimInput): Flow<Turn | null> {
  const { ownerId, runId, at } = input;
  const row = yield* one(runs.runById, { id: runId, ownerId });
  if (row?.state !== "waiting_for_credit") return null;
  const find = { conversationId: row.conversation_id, ownerId };
  const conversation = yield* one(turns.conversation, { id: row.conversation_id, ownerId });
  if (conversation === undefined) return null;
  if ((yield* one(runs.activeRun, { conversationId: conversation.id })) !== undefined) return null;
  if ((yield* one(turns.child, { parentId: row.assistant_message_id })) !== undefined) return null;
  if (input.by === "credit" && conversation.leaf_message_id !== row.assistant_message_id) return null;
  const user = yield* one(turns.message, { ...find, id: row.user_message_id });
  const answer = yield* one(turns.message, { ...find, id: row.assistant_message_id });
  if (user === undefined || answer === undefined) return null;

  const generation = yield* chooseGeneration(
    turns,
    { conversation, agentId: row.agent_id, ownerId, at },
    user.parent_id,
  );
  const { generationId, sessionKey, replay } = generation;
  const state = input.placed ? ("streaming" as const) : ("queued" as const);
  const startedAt = input.placed ? at : null;
  const claimed = yield* run(runs.claimWaiting, { id: row.id, epoch: input.epoch, state, generationId, startedAt });
  if (claimed === 0) return null;
  const images = generation.images ? 1 : 0;
  yield* run(runs.restartMessage, { id: answer.id, state, images });
  const restarted = { ...answer, state, text: "", ended_at: null, problem: null, metrics: "{}" };
  const attachments = yield* all(turns.attachmentsOf, { messageId: user.id });
  const asked = viewOf(user, attachments, []);
  return {
    run: { ...row, state, active: 1, epoch: input.epoch, generation_id: generationId, started_at: startedAt },
    conversationTitle: conversation.title,
    userMessage: null,
    assistantMessage: viewOf({ ...restarted, replayed_without_images: images }, [], yield* siblingIds(turns, answer)),
    prompt: { text: user.text, attachments: asked.attachments, replay },
    sessionKey,
  };
}

/** Its owner wants a waiting run no more: nothing was sent, and nothing will be. */
export function* giveUpWaiting(runs: RunStatements, row: Pick<RunsTable, "id" | "assistant_message_id">): Flow<void> {
  const changed = yield* run(runs.giveUpWaiting, { id: row.id });
  if (changed > 0) yield* run(runs.giveUpMessage, { id: row.assistant_message_id });
}
