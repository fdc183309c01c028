import "server-only";
import { z } from "zod";
import { decodeCursor, encodeCursor } from "#lib/server/chat/cursor.ts";
import { summaryOf } from "#lib/server/chat/summary.ts";
import type { Viewer } from "#lib/server/chat/viewer.ts";
import { idSchema } from "#lib/server/http/schemas.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { log } from "#lib/server/log.ts";
import {
  activeRunOf,
  clearDeleted,
  countGenerations,
  eraseConversations,
  findConversation,
  findDeleted,
  idsDeletedBefore,
  listConversations,
  listPinned,
  updateConversation,
} from "#lib/server/store/conversations.ts";
import type { Store } from "#lib/server/store/store.ts";
import type { ConversationPage, ConversationSummary, DeletedConversation } from "#lib/shared/chat/types.ts";
import { AppError } from "#lib/shared/errors.ts";

export const listQuerySchema = z.strictObject({
  archived: z.enum(["0", "1"]).default("0"),
  cursor: z.string().max(200).optional(),
});

const positionSchema = z.tuple([z.number().int(), idSchema]);

/** A page of a person's conversations, last changed first. */
export async function pageOfConversations(
  store: Store,
  viewer: Viewer,
  query: z.output<typeof listQuerySchema>,
): Promise<ConversationPage> {
  const limit = limits.page.conversations;
  const [updatedAt, id] = query.cursor === undefined ? [] : decodeCursor(positionSchema, query.cursor);
  const archived = query.archived === "1";
  const after = updatedAt === undefined || id === undefined ? null : { updatedAt, id };
  const rows = await listConversations(store.db, { ownerId: viewer.ownerId, archived, after, limit: limit + 1 });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const page: ConversationPage = {
    items: shown.map((row) => summaryOf(row, viewer.origin)),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor([last.updated_at, last.id]) : null,
  };
  if (after !== null || archived) return page;
  const pinned = await listPinned(store.db, viewer.ownerId, limits.pinnedConversations);
  return { ...page, pinned: pinned.map((row) => summaryOf(row, viewer.origin)) };
}

/** Who can stop a run, wherever it lives. */
export interface StopsRuns {
  stop(personId: string, runId: string): Promise<void>;
}

/**
 * Puts a conversation away, and stops what runs in it. It can be restored for ten minutes, then it is erased. Says how
 * many sessions stay at the gateway.
 */
export async function deleteConversation(
  store: Store,
  viewer: Viewer,
  id: string,
  runs: StopsRuns,
): Promise<DeletedConversation> {
  const { ownerId } = viewer;
  const at = Date.now();
  const { gatewaySessions, activeRunId } = await store.write(async (tx) => {
    if (!(await updateConversation(tx, ownerId, id, { deleted_at: at }))) throw notFound();
    return { gatewaySessions: await countGenerations(tx, id), activeRunId: await activeRunOf(tx, id) };
  });
  if (activeRunId !== null) {
    // It is deleted by now; a run that could not be told goes on unseen to its end.
    await runs.stop(ownerId, activeRunId).catch((error: unknown) => {
      log().warn({ message: "The run of a deleted conversation could not be stopped.", runId: activeRunId, error });
    });
  }
  return { gatewaySessions, undoUntil: at + limits.undoMs };
}

/** Takes a deletion back. Throws `gone` after the undo time; one that is not deleted stays as it is. */
export async function restoreConversation(store: Store, viewer: Viewer, id: string): Promise<ConversationSummary> {
  const { ownerId, origin } = viewer;
  return store.write(async (tx) => {
    const deleted = await findDeleted(tx, ownerId, id);
    if (deleted !== undefined) {
      if (deleted.deleted_at + limits.undoMs < Date.now()) throw new AppError("gone", "The time to undo is over.");
      await clearDeleted(tx, ownerId, id);
    }
    const row = await findConversation(tx, ownerId, id);
    if (row === undefined) throw notFound();
    return summaryOf(row, origin);
  });
}

const eraseBatch = 10;

/** Erases for good what was deleted longer ago than this. Returns how many conversations went. */
export async function eraseDeleted(store: Store, olderThanMs: number): Promise<number> {
  for (let erased = 0; ; ) {
    const ids = await idsDeletedBefore(store.db, Date.now() - olderThanMs, eraseBatch);
    if (ids.length > 0) await store.write((tx) => eraseConversations(tx, ids));
    erased += ids.length;
    if (ids.length < eraseBatch) return erased;
  }
}

function notFound(): AppError {
  return new AppError("not_found", "This conversation does not exist.");
}
