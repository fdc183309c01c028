import "server-only";
import { type Kysely, type Selectable, sql } from "kysely";
import type { MessagesTable, Schema } from "#lib/server/store/schema.ts";

/** Which messages: those of one person's conversation. */
export interface Within {
  ownerId: string;
  conversationId: string;
}

/** A message with its text so far, also while it streams. */
export type MessageRow = Selectable<MessagesTable>;

/** One message of a person's conversation. */
export function findMessage(
  db: Kysely<Schema>,
  within: Within,
  id: string,
): Promise<Pick<MessagesTable, "id" | "parent_id" | "role"> | undefined> {
  return db
    .selectFrom("messages")
    .select(["id", "parent_id", "role"])
    .where("id", "=", id)
    .where("conversation_id", "=", within.conversationId)
    .where("owner_id", "=", within.ownerId)
    .executeTakeFirst();
}

/** The branch that ends in `fromId`, newest first, at most `limit` messages. */
export async function readBranch(
  db: Kysely<Schema>,
  within: Within,
  fromId: string,
  limit: number,
): Promise<MessageRow[]> {
  const rows = await db
    .withRecursive("branch", (e) =>
      e
        .selectFrom("messages")
        .select(["id", "parent_id", sql<number>`1`.as("depth")])
        .where("id", "=", fromId)
        .where("conversation_id", "=", within.conversationId)
        .where("owner_id", "=", within.ownerId)
        .unionAll(
          e
            .selectFrom("branch as b")
            .innerJoin("messages as m", "m.id", "b.parent_id")
            .select(["m.id", "m.parent_id", sql<number>`b.depth + 1`.as("depth")])
            .where("b.depth", "<", limit),
        ),
    )
    .selectFrom("branch as b")
    .innerJoin("messages as m", "m.id", "b.id")
    .selectAll("m")
    .select(liveText.as("live_text"))
    .orderBy("b.depth")
    .execute();
  return rows.map(withLiveText);
}

/** Ids from `fromId` up to `untilId` (or the first message), newest first, at most `limit`. */
export async function readBranchIds(
  db: Kysely<Schema>,
  within: Within,
  fromId: string,
  { untilId, limit }: { untilId: string | null; limit: number },
): Promise<string[]> {
  const rows = await db
    .withRecursive("branch", (e) =>
      e
        .selectFrom("messages")
        .select(["id", "parent_id", sql<number>`1`.as("depth")])
        .where("id", "=", fromId)
        .where("conversation_id", "=", within.conversationId)
        .where("owner_id", "=", within.ownerId)
        .unionAll(
          e
            .selectFrom("branch as b")
            .innerJoin("messages as m", "m.id", "b.parent_id")
            .select(["m.id", "m.parent_id", sql<number>`b.depth + 1`.as("depth")])
            .where("b.depth", "<", limit)
            .where("b.id", "<>", untilId ?? ""),
        ),
    )
    .selectFrom("branch")
    .select("id")
    .orderBy("depth")
    .execute();
  return rows.map(({ id }) => id);
}

/** The newest message at or beneath this one, which ends a branch; undefined when this one does not exist. */
export async function newestLeafBeneath(db: Kysely<Schema>, within: Within, id: string): Promise<string | undefined> {
  const row = await db
    .withRecursive("beneath", (e) =>
      e
        .selectFrom("messages")
        .select(["id", "seq"])
        .where("id", "=", id)
        .where("conversation_id", "=", within.conversationId)
        .where("owner_id", "=", within.ownerId)
        .unionAll(
          e.selectFrom("beneath as b").innerJoin("messages as m", "m.parent_id", "b.id").select(["m.id", "m.seq"]),
        ),
    )
    .selectFrom("beneath")
    .select("id")
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

/** Id, parent and role of every message with one of these parents, in the order they were made. */
export function readChildren(
  db: Kysely<Schema>,
  parentIds: string[],
): Promise<Pick<MessagesTable, "id" | "parent_id" | "role">[]> {
  if (parentIds.length === 0) return Promise.resolve([]);
  return db
    .selectFrom("messages")
    .select(["id", "parent_id", "role"])
    .where("parent_id", "in", parentIds)
    .orderBy("seq")
    .execute();
}

/** The messages that begin a conversation: several once the first one was edited. */
export function readRoots(
  db: Kysely<Schema>,
  conversationId: string,
): Promise<Pick<MessagesTable, "id" | "parent_id" | "role">[]> {
  return (
    db
      .selectFrom("messages")
      .select(["id", "parent_id", "role"])
      .where("conversation_id", "=", conversationId)
      // Not `is null`: SQLite would walk the index of parents through everybody's first messages.
      .where(sql<boolean>`coalesce(parent_id, '') = ''`)
      .orderBy("seq")
      .execute()
  );
}

/** All messages of a conversation after `afterSeq`, every branch, in the order they were made. */
export async function readInOrder(
  db: Kysely<Schema>,
  within: Within,
  afterSeq: number,
  limit: number,
): Promise<MessageRow[]> {
  const rows = await db
    .selectFrom("messages as m")
    .selectAll("m")
    .select(liveText.as("live_text"))
    .where("m.conversation_id", "=", within.conversationId)
    .where("m.owner_id", "=", within.ownerId)
    .where("m.seq", ">", afterSeq)
    .orderBy("m.seq")
    .limit(limit)
    .execute();
  return rows.map(withLiveText);
}

/** These messages, in no order. */
export async function readMessages(db: Kysely<Schema>, within: Within, ids: string[]): Promise<MessageRow[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("messages as m")
    .selectAll("m")
    .select(liveText.as("live_text"))
    .where("m.id", "in", ids)
    .where("m.conversation_id", "=", within.conversationId)
    .where("m.owner_id", "=", within.ownerId)
    .execute();
  return rows.map(withLiveText);
}

/** When the newest answer of a conversation ended; null when none has. */
export async function newestEnd(db: Kysely<Schema>, conversationId: string): Promise<number | null> {
  const row = await db
    .selectFrom("messages")
    .select("ended_at")
    .where("conversation_id", "=", conversationId)
    .where("role", "=", "assistant")
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.ended_at ?? null;
}

/**
 * What the search index needs of ended messages that it does not have, the beginning of long ones. The literal lets both
 * planners use the partial index.
 */
export function readUnindexed(
  db: Kysely<Schema>,
  limit: number,
  maxChars: number,
): Promise<Pick<MessagesTable, "id" | "owner_id" | "text">[]> {
  return db
    .selectFrom("messages")
    .select(["id", "owner_id", beginning("text", maxChars).as("text")])
    .where("indexed", "=", sql.lit(0))
    .where("ended_at", "is not", null)
    .orderBy("ended_at")
    .orderBy("seq")
    .limit(limit)
    .execute();
}

/** A message that a search found, with as much of its text as is worth looking through for the place. */
export type FoundRow = Pick<MessagesTable, "id" | "conversation_id" | "role" | "agent_id" | "created_at" | "text"> & {
  title: string;
  archived_at: number | null;
  pinned_at: number | null;
};

export function readFound(db: Kysely<Schema>, ownerId: string, ids: string[], maxChars: number): Promise<FoundRow[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return db
    .selectFrom("messages as m")
    .innerJoin("conversations as c", "c.id", "m.conversation_id")
    .select(["m.id", "m.conversation_id", "m.role", "m.agent_id", "m.created_at"])
    .select(["c.title", "c.archived_at", "c.pinned_at"])
    .select(beginning("m.text", maxChars).as("text"))
    .where("m.id", "in", ids)
    .where("m.owner_id", "=", ownerId)
    .where("c.owner_id", "=", ownerId)
    .where("c.deleted_at", "is", null)
    .execute();
}

/**
 * The text of a streaming answer, put together from its chunk rows inside the same statement: between two statements
 * the answer may end, and its chunks with it.
 */
const liveText = sql<string | null>`case when m.ended_at is null then
  (select string_agg(k.text, '' order by k.seq) from run_chunks k where k.message_id = m.id) end`;

function beginning(column: "text" | "m.text", maxChars: number) {
  return sql<string>`substr(${sql.ref(column)}, 1, cast(${maxChars} as integer))`;
}

function withLiveText({ live_text, ...row }: MessageRow & { live_text: string | null }): MessageRow {
  return live_text === null ? row : { ...row, text: live_text };
}
