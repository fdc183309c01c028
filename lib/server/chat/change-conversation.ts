import "server-only";
import type { Updateable } from "kysely";
import { z } from "zod";
import { isReadOnly, summaryOf } from "#lib/server/chat/summary.ts";
import type { Viewer } from "#lib/server/chat/viewer.ts";
import { idSchema, textSchema } from "#lib/server/http/schemas.ts";
import { limits } from "#lib/server/limits/limits.ts";
import {
  type ConversationRow,
  countPinned,
  findConversation,
  updateConversation,
} from "#lib/server/store/conversations.ts";
import { newestEnd, newestLeafBeneath } from "#lib/server/store/messages.ts";
import { lockPerson } from "#lib/server/store/person-lock.ts";
import type { ConversationsTable } from "#lib/server/store/schema.ts";
import type { Store } from "#lib/server/store/store.ts";
import type { ChangedConversation } from "#lib/shared/chat/types.ts";
import { AppError } from "#lib/shared/errors.ts";

/** A title on one line, without characters that hide, control or turn around what stands there. */
const titleSchema = textSchema(limits.titleChars * 2)
  .transform((title) =>
    title
      .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, " ")
      .replaceAll(/\s+/g, " ")
      .trim(),
  )
  .pipe(z.string().min(1).max(limits.titleChars));

export const changeSchema = z
  .strictObject({
    title: titleSchema.optional(),
    pinned: z.boolean().optional(),
    archived: z.boolean().optional(),
    leafMessageId: idSchema.optional(),
    seen: z.literal(true).optional(),
    resumeQueue: z.literal(true).optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), "There is nothing to change.");

type Change = z.output<typeof changeSchema>;

/**
 * Changes a person's conversation, all or nothing. `startNext` starts the first queued message once the queue goes on
 * again. Throws `not_found`, `conflict` beyond the number of pinned ones, and `sandbox_data` for a queue that belongs to
 * another upstream.
 */
export async function changeConversation(
  store: Store,
  viewer: Viewer,
  id: string,
  change: Change,
  startNext: (conversationId: string) => Promise<string | null>,
): Promise<ChangedConversation> {
  const { ownerId, origin } = viewer;
  const changed = await store.write(async (tx) => {
    if (change.pinned) await lockPerson(tx, ownerId);
    const row = await findConversation(tx, ownerId, id);
    if (row === undefined) throw notFound();
    if (change.resumeQueue && isReadOnly(row.origin, origin)) {
      throw new AppError("sandbox_data", "This conversation belongs to another upstream and can only be read.");
    }
    if (change.pinned && row.pinned_at === null && (await countPinned(tx, ownerId)) >= limits.pinnedConversations) {
      const facts = { limit: limits.pinnedConversations };
      throw new AppError("conflict", "Too many conversations are pinned.", { facts });
    }
    const columns = columnsOf(change, row, Date.now());
    if (change.leafMessageId !== undefined) {
      const leaf = await newestLeafBeneath(tx, { ownerId, conversationId: id }, change.leafMessageId);
      if (leaf === undefined) throw new AppError("not_found", "This message does not exist.");
      columns.leaf_message_id = leaf;
    }
    // Never before the end that was seen, whatever the clock of the process that wrote it said.
    if (change.seen) columns.seen_at = Math.max(Date.now(), row.seen_at, (await newestEnd(tx, id)) ?? 0);
    if (!(await updateConversation(tx, ownerId, id, columns))) throw notFound();
    const now = await findConversation(tx, ownerId, id);
    if (now === undefined) throw notFound();
    return now;
  });
  const startedRunId = change.resumeQueue ? await startNext(id) : null;
  return { conversation: summaryOf(changed, origin), startedRunId };
}

type Columns = Omit<Updateable<ConversationsTable>, "id" | "owner_id">;

function columnsOf(change: Change, row: ConversationRow, at: number): Columns {
  const columns: Columns = {};
  if (change.title !== undefined) Object.assign(columns, { title: change.title, title_source: "person" });
  if (change.pinned !== undefined) columns.pinned_at = change.pinned ? (row.pinned_at ?? at) : null;
  if (change.archived !== undefined) columns.archived_at = change.archived ? (row.archived_at ?? at) : null;
  if (change.resumeQueue) columns.queue_paused = 0;
  return columns;
}

function notFound(): AppError {
  return new AppError("not_found", "This conversation does not exist.");
}
