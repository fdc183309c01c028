import "server-only";
import { type Kysely, type Selectable, sql, type Updateable } from "kysely";
import type { ConversationsTable, MessagesTable, Schema } from "#lib/server/store/schema.ts";

/** A conversation with the state of its newest answer. */
export type ConversationRow = Selectable<ConversationsTable> & {
  answer_state: MessagesTable["state"] | null;
  answer_ended_at: number | null;
};

/** The person's conversation with this id, unless it is deleted. `db` is `store.db` or a transaction, as everywhere here. */
export function findConversation(
  db: Kysely<Schema>,
  ownerId: string,
  id: string,
): Promise<ConversationRow | undefined> {
  return withAnswer(db)
    .where("c.id", "=", id)
    .where("c.owner_id", "=", ownerId)
    .where("c.deleted_at", "is", null)
    .executeTakeFirst();
}

/** Where a page ends: the next one begins after it. */
export interface ListPosition {
  updatedAt: number;
  id: string;
}

/** Conversations that are not pinned (archived ones: all), last changed first. */
export function listConversations(
  db: Kysely<Schema>,
  page: { ownerId: string; archived: boolean; after: ListPosition | null; limit: number },
): Promise<ConversationRow[]> {
  let query = withAnswer(db)
    .where("c.owner_id", "=", page.ownerId)
    .where("c.deleted_at", "is", null)
    .where("c.archived_at", page.archived ? "is not" : "is", null)
    .orderBy("c.updated_at", "desc")
    .orderBy("c.id", "desc")
    .limit(page.limit);
  if (!page.archived) query = query.where("c.pinned_at", "is", null);
  if (page.after !== null) {
    const { updatedAt, id } = page.after;
    query = query.where(sql<boolean>`(c.updated_at, c.id) < (${updatedAt}, ${id})`);
  }
  return query.execute();
}

/** The pinned conversations that are not archived, last pinned first. */
export function listPinned(db: Kysely<Schema>, ownerId: string, limit: number): Promise<ConversationRow[]> {
  return withAnswer(db)
    .where("c.owner_id", "=", ownerId)
    .where("c.deleted_at", "is", null)
    .where("c.pinned_at", "is not", null)
    .where("c.archived_at", "is", null)
    .orderBy("c.pinned_at", "desc")
    .orderBy("c.id", "desc")
    .limit(limit)
    .execute();
}

export async function countPinned(db: Kysely<Schema>, ownerId: string): Promise<number> {
  const row = await db
    .selectFrom("conversations")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("owner_id", "=", ownerId)
    .where("deleted_at", "is", null)
    .where("pinned_at", "is not", null)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Changes columns of a person's conversation that is not deleted; false when there is none. */
export async function updateConversation(
  db: Kysely<Schema>,
  ownerId: string,
  id: string,
  change: Omit<Updateable<ConversationsTable>, "id" | "owner_id">,
): Promise<boolean> {
  const result = await db
    .updateTable("conversations")
    .set(change)
    .where("id", "=", id)
    .where("owner_id", "=", ownerId)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return Number(result.numUpdatedRows) === 1;
}

/** Takes a deletion back; undefined when there is no deleted conversation of this person. */
export async function findDeleted(
  db: Kysely<Schema>,
  ownerId: string,
  id: string,
): Promise<{ deleted_at: number } | undefined> {
  const row = await db
    .selectFrom("conversations")
    .select("deleted_at")
    .where("id", "=", id)
    .where("owner_id", "=", ownerId)
    .where("deleted_at", "is not", null)
    .executeTakeFirst();
  return row?.deleted_at == null ? undefined : { deleted_at: row.deleted_at };
}

export async function clearDeleted(db: Kysely<Schema>, ownerId: string, id: string): Promise<void> {
  await db
    .updateTable("conversations")
    .set({ deleted_at: null })
    .where("id", "=", id)
    .where("owner_id", "=", ownerId)
    .execute();
}

/** Ids of conversations deleted before this moment in which nothing runs any more. */
export async function idsDeletedBefore(db: Kysely<Schema>, before: number, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("conversations as c")
    .select("c.id")
    .where("c.deleted_at", "is not", null)
    .where("c.deleted_at", "<", before)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom("runs as r")
            .select("r.id")
            .whereRef("r.conversation_id", "=", "c.id")
            .where("r.active", "=", sql.lit(1)),
        ),
      ),
    )
    .orderBy("c.deleted_at")
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Erases deleted conversations with all that hangs on them; one that was restored meanwhile stays. */
export async function eraseConversations(db: Kysely<Schema>, ids: string[]): Promise<void> {
  const erased = await db
    .deleteFrom("conversations")
    .where("id", "in", ids)
    .where("deleted_at", "is not", null)
    .returning(["id", "owner_id"])
    .execute();
  for (const { id, owner_id } of erased) {
    await db.deleteFrom("drafts").where("owner_id", "=", owner_id).where("scope", "=", id).execute();
  }
}

/** The run that is queued or streaming in a conversation. The literal lets both planners use the partial index. */
export async function activeRunOf(db: Kysely<Schema>, conversationId: string): Promise<string | null> {
  const row = await db
    .selectFrom("runs")
    .select("id")
    .where("conversation_id", "=", conversationId)
    .where("active", "=", sql.lit(1))
    .executeTakeFirst();
  return row?.id ?? null;
}

/** How many sessions a conversation has used at the gateway, which keeps them. */
export async function countGenerations(db: Kysely<Schema>, conversationId: string): Promise<number> {
  const row = await db
    .selectFrom("generations")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("conversation_id", "=", conversationId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Titles of the person's conversations, last changed first. */
export function listTitles(
  db: Kysely<Schema>,
  ownerId: string,
  limit: number,
): Promise<Pick<ConversationsTable, "id" | "title" | "updated_at" | "archived_at" | "pinned_at">[]> {
  return db
    .selectFrom("conversations")
    .select(["id", "title", "updated_at", "archived_at", "pinned_at"])
    .where("owner_id", "=", ownerId)
    .where("deleted_at", "is", null)
    .orderBy("updated_at", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

function withAnswer(db: Kysely<Schema>) {
  return db
    .selectFrom("conversations as c")
    .leftJoin("messages as a", (join) =>
      join
        .onRef("a.conversation_id", "=", "c.id")
        .on("a.seq", "=", (e) =>
          e
            .selectFrom("messages as n")
            .select("n.seq")
            .whereRef("n.conversation_id", "=", "c.id")
            .where("n.role", "=", "assistant")
            .orderBy("n.seq", "desc")
            .limit(1),
        ),
    )
    .selectAll("c")
    .select(["a.state as answer_state", "a.ended_at as answer_ended_at"]);
}
