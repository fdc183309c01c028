import "server-only";
import type { Insertable, Transaction } from "kysely";
import type { ConversationsTable, MessagesTable, RunsTable, Schema, UsersTable } from "#lib/server/store/schema.ts";

type Writer = Transaction<Schema>;

/** Rows for tests of the store, with everything filled in that a test does not name. */
export async function addUser(tx: Writer, row: { id: string } & Partial<UsersTable>): Promise<void> {
  const defaults = {
    email: `${row.id}@example.org`,
    name: row.id,
    password_hash: null,
    role: "member",
    is_demo: 0,
    disabled_at: null,
    locale: null,
    theme: "system",
    send_key: "enter",
    announce: "sentences",
    created_at: 1,
  } as const;
  await tx
    .insertInto("users")
    .values({ ...defaults, ...row })
    .execute();
}

export async function addConversation(
  tx: Writer,
  row: { id: string; owner_id: string } & Partial<ConversationsTable>,
): Promise<void> {
  const defaults = {
    title: row.id,
    title_source: "auto",
    agent_id: "main",
    model: null,
    leaf_message_id: null,
    next_seq: 1,
    created_at: 1,
    updated_at: 1,
    seen_at: 1,
    pinned_at: null,
    archived_at: null,
    deleted_at: null,
    queue_paused: 0,
    origin: "real",
  } as const;
  await tx
    .insertInto("conversations")
    .values({ ...defaults, ...row })
    .execute();
}

export async function addMessage(
  tx: Writer,
  row: { id: string; conversation_id: string; owner_id: string; seq: number } & Partial<MessagesTable>,
): Promise<void> {
  const defaults = {
    parent_id: null,
    role: "user",
    state: "complete",
    text: row.id,
    agent_id: null,
    model: null,
    run_id: null,
    created_at: 1,
    ended_at: 1,
    finish_reason: null,
    problem: null,
    metrics: "{}",
    replayed_without_images: 0,
    indexed: 1,
  } as const;
  await tx
    .insertInto("messages")
    .values({ ...defaults, ...row })
    .execute();
}

export function runRow(
  row: { id: string; owner_id: string; conversation_id: string } & Partial<RunsTable>,
): Insertable<RunsTable> {
  return {
    request_id: row.id,
    request_digest: "",
    user_message_id: "",
    assistant_message_id: "",
    state: "streaming",
    active: 1,
    epoch: 1,
    stop_requested: 0,
    backend: "openclaw",
    agent_id: "main",
    model: null,
    routing: null,
    generation_id: null,
    created_at: 1,
    started_at: null,
    ended_at: null,
    ...row,
  };
}
