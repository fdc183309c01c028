import "server-only";
import type { ConversationRow } from "#lib/server/store/conversations.ts";
import type { ConversationSummary } from "#lib/shared/chat/types.ts";

/** Shapes a conversation for the list; `origin` is what is connected now. */
export function summaryOf(row: ConversationRow, origin: string): ConversationSummary {
  return {
    id: row.id,
    title: row.title,
    agentId: row.agent_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    pinned: row.pinned_at !== null,
    archived: row.archived_at !== null,
    state: row.answer_state,
    unread: row.answer_ended_at !== null && row.answer_ended_at > row.seen_at,
    readOnly: isReadOnly(row.origin, origin),
  };
}

/** Whether a conversation belongs to another upstream than the one that is connected now. */
export function isReadOnly(made: string, now: string): boolean {
  // A sandbox that has just been started says its id a moment later.
  if (now === "sandbox:starting") return !made.startsWith("sandbox:");
  return made !== now;
}
