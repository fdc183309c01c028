import "server-only";
import type { Kysely, Selectable } from "kysely";
import type { QueuedMessagesTable, Schema } from "#lib/server/store/schema.ts";

export type QueuedRow = Selectable<QueuedMessagesTable>;

/** The queued messages of a conversation, first to start first. `db` is `store.db` or a transaction, as everywhere here. */
export function listQueued(db: Kysely<Schema>, ownerId: string, conversationId: string): Promise<QueuedRow[]> {
  return db
    .selectFrom("queued_messages")
    .selectAll()
    .where("conversation_id", "=", conversationId)
    .where("owner_id", "=", ownerId)
    .orderBy("seq")
    .execute();
}

/** A person's queued message, unless its conversation is deleted. */
export function findQueued(db: Kysely<Schema>, ownerId: string, id: string): Promise<QueuedRow | undefined> {
  return db
    .selectFrom("queued_messages as q")
    .innerJoin("conversations as c", "c.id", "q.conversation_id")
    .selectAll("q")
    .where("q.id", "=", id)
    .where("q.owner_id", "=", ownerId)
    .where("c.deleted_at", "is", null)
    .executeTakeFirst();
}

/** Replaces the text of a queued message that has this version; undefined when it has another, or is gone. */
export function replaceQueuedText(
  db: Kysely<Schema>,
  change: { ownerId: string; id: string; text: string; version: number },
): Promise<QueuedRow | undefined> {
  return db
    .updateTable("queued_messages")
    .set({ text: change.text, version: change.version + 1 })
    .where("id", "=", change.id)
    .where("owner_id", "=", change.ownerId)
    .where("version", "=", change.version)
    .returningAll()
    .executeTakeFirst();
}

/** Takes a queued message back where it has this version; false when it has another, or is gone. */
export async function deleteQueued(
  db: Kysely<Schema>,
  { ownerId, id, version }: { ownerId: string; id: string; version: number | undefined },
): Promise<boolean> {
  let query = db.deleteFrom("queued_messages").where("id", "=", id).where("owner_id", "=", ownerId);
  if (version !== undefined) query = query.where("version", "=", version);
  const result = await query.executeTakeFirst();
  return Number(result.numDeletedRows) === 1;
}
