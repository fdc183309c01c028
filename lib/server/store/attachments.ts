import "server-only";
import { type Insertable, type Kysely, type Selectable, sql } from "kysely";
import type { AttachmentsTable, Schema } from "#lib/server/store/schema.ts";

export type AttachmentRow = Selectable<AttachmentsTable>;

/** A person's whole attachment, unless its conversation is deleted. `db` is `store.db` or a transaction, as everywhere here. */
export function findAttachment(db: Kysely<Schema>, ownerId: string, id: string): Promise<AttachmentRow | undefined> {
  return db
    .selectFrom("attachments as a")
    .leftJoin("messages as m", "m.id", "a.message_id")
    .leftJoin("conversations as c", "c.id", "m.conversation_id")
    .selectAll("a")
    .where("a.id", "=", id)
    .where("a.owner_id", "=", ownerId)
    .where("a.complete", "=", 1)
    .where("c.deleted_at", "is", null)
    .executeTakeFirst();
}

/** The person's whole attachments among these ids, in no order. */
export function findAttachments(db: Kysely<Schema>, ownerId: string, ids: string[]): Promise<AttachmentRow[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return db
    .selectFrom("attachments")
    .selectAll()
    .where("id", "in", ids)
    .where("owner_id", "=", ownerId)
    .where("complete", "=", 1)
    .execute();
}

/** Attachments of these messages, in the order they were added. */
export function attachmentsOfMessages(db: Kysely<Schema>, messageIds: string[]): Promise<AttachmentRow[]> {
  if (messageIds.length === 0) return Promise.resolve([]);
  return db
    .selectFrom("attachments")
    .selectAll()
    .where("message_id", "in", messageIds)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
}

/** Bytes that a person's attachments take, those that are being uploaded counted as declared. */
export async function bytesOfPerson(db: Kysely<Schema>, ownerId: string): Promise<number> {
  const row = await db
    .selectFrom("attachments")
    .select((e) => e.fn.sum<number | null>("size_bytes").as("bytes"))
    .where("owner_id", "=", ownerId)
    .executeTakeFirstOrThrow();
  return Number(row.bytes ?? 0);
}

export async function insertAttachment(db: Kysely<Schema>, row: Insertable<AttachmentsTable>): Promise<void> {
  await db.insertInto("attachments").values(row).execute();
}

export async function insertChunk(
  db: Kysely<Schema>,
  chunk: { attachmentId: string; seq: number; bytes: Uint8Array },
): Promise<void> {
  await db
    .insertInto("attachment_chunks")
    .values({ attachment_id: chunk.attachmentId, seq: chunk.seq, bytes: chunk.bytes })
    .execute();
}

/** Makes an upload whole; undefined when it is gone. */
export function completeAttachment(
  db: Kysely<Schema>,
  id: string,
  sizeBytes: number,
): Promise<AttachmentRow | undefined> {
  return db
    .updateTable("attachments")
    .set({ complete: 1, size_bytes: sizeBytes })
    .where("id", "=", id)
    .where("complete", "=", 0)
    .returningAll()
    .executeTakeFirst();
}

export async function readChunk(
  db: Kysely<Schema>,
  attachmentId: string,
  seq: number,
): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom("attachment_chunks")
    .select("bytes")
    .where("attachment_id", "=", attachmentId)
    .where("seq", "=", seq)
    .executeTakeFirst();
  return row?.bytes;
}

export async function deleteAttachment(db: Kysely<Schema>, id: string): Promise<void> {
  await db.deleteFrom("attachments").where("id", "=", id).execute();
}

/** Deletes a person's attachment that no message and no queued message has; false when there is none such. */
export async function deleteFreeAttachment(db: Kysely<Schema>, ownerId: string, id: string): Promise<boolean> {
  const result = await db
    .deleteFrom("attachments")
    .where("id", "=", id)
    .where("owner_id", "=", ownerId)
    .where("message_id", "is", null)
    .where(notQueued)
    .executeTakeFirst();
  return Number(result.numDeletedRows) === 1;
}

/**
 * Deletes what was uploaded before `before` and is in no message, draft or queue, and uploads broken off before
 * `brokenBefore`; at most `limit`. Returns how many.
 */
export async function deleteOrphans(
  db: Kysely<Schema>,
  { before, brokenBefore, limit }: { before: number; brokenBefore: number; limit: number },
): Promise<number> {
  const orphans = db
    .selectFrom("attachments")
    .select("id")
    .where("message_id", "is", null)
    .where((e) =>
      e.or([
        e.and([e("complete", "=", 0), e("created_at", "<", brokenBefore)]),
        e.and([e("created_at", "<", before), notQueued, notDrafted]),
      ]),
    )
    .limit(limit);
  const result = await db.deleteFrom("attachments").where("id", "in", orphans).executeTakeFirst();
  return Number(result.numDeletedRows);
}

const notQueued = sql<boolean>`not exists (select 1 from queued_messages q
  where q.owner_id = attachments.owner_id and q.attachment_ids like '%' || attachments.id || '%')`;

const notDrafted = sql<boolean>`not exists (select 1 from drafts d
  where d.owner_id = attachments.owner_id and d.attachment_ids like '%' || attachments.id || '%')`;
