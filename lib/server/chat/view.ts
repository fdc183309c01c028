import "server-only";
import { z } from "zod";
import { queuedView } from "#lib/server/chat/accept.ts";
import { attachmentIdsOf, attachmentsByIds, attachmentView } from "#lib/server/chat/attachment-view.ts";
import { viewOf } from "#lib/server/chat/begin.ts";
import { pathTo, siblingsOf } from "#lib/server/chat/branches.ts";
import { summaryOf } from "#lib/server/chat/summary.ts";
import type { Viewer } from "#lib/server/chat/viewer.ts";
import { idSchema } from "#lib/server/http/schemas.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { attachmentsOfMessages } from "#lib/server/store/attachments.ts";
import { activeRunOf, findConversation } from "#lib/server/store/conversations.ts";
import { findMessage, type MessageRow, readBranch, type Within } from "#lib/server/store/messages.ts";
import { listQueued, type QueuedRow } from "#lib/server/store/queue.ts";
import type { Store } from "#lib/server/store/store.ts";
import type { ConversationView, MessageView, QueuedMessageView } from "#lib/shared/chat/types.ts";
import { AppError } from "#lib/shared/errors.ts";

export const viewQuerySchema = z
  .strictObject({
    before: idSchema.optional(),
    around: idSchema.optional(),
    limit: z.coerce.number().int().min(1).max(limits.page.messagesAtMost).default(limits.page.messages),
  })
  .refine(({ before, around }) => before === undefined || around === undefined, "Ask for `before` or `around`.");

type ViewQuery = z.output<typeof viewQuerySchema>;

/**
 * A person's conversation with a page of the branch that is shown: its end, what stands before a message, or all from a
 * little before a message to the end. A message on another branch brings that branch, and changes nothing. The text of a
 * streaming answer is what was stored so far.
 */
export async function viewConversation(
  store: Store,
  viewer: Viewer,
  id: string,
  query: ViewQuery,
): Promise<ConversationView> {
  const { db } = store;
  const row = await findConversation(db, viewer.ownerId, id);
  if (row === undefined) throw notFound();
  const within = { ownerId: viewer.ownerId, conversationId: id };
  const { rows, hasNewer } = await pageOf(db, within, row.leaf_message_id, query);
  const [messages, queued, activeRunId] = await Promise.all([
    messageViews(db, within, rows),
    listQueued(db, viewer.ownerId, id),
    activeRunOf(db, id),
  ]);
  // The run may have ended between two reads: whoever follows it is told its end at once.
  const unsettled = messages.find(({ state, role }) => role === "assistant" && isUnsettled(state));
  return {
    conversation: summaryOf(row, viewer.origin),
    messages,
    hasOlder: (messages[0]?.parentId ?? null) !== null,
    ...(hasNewer ? { hasNewer: true } : {}),
    queue: await queuedViews(db, viewer.ownerId, queued),
    activeRunId: activeRunId ?? unsettled?.runId ?? null,
    queuePaused: row.queue_paused === 1 && queued.length > 0,
  };
}

/** Messages for the browser, oldest first, from rows that come newest first. */
async function messageViews(db: Store["db"], within: Within, rows: MessageRow[]): Promise<MessageView[]> {
  const [siblings, attachments] = await Promise.all([
    siblingsOf(db, within, rows),
    attachmentsOfMessages(
      db,
      rows.map(({ id }) => id),
    ),
  ]);
  const byMessage = Map.groupBy(attachments, ({ message_id }) => message_id);
  return rows.toReversed().map((row) => viewOf(row, byMessage.get(row.id) ?? [], siblings(row)));
}

/** Queued messages with what is attached to them, for the browser. */
export async function queuedViews(db: Store["db"], ownerId: string, rows: QueuedRow[]): Promise<QueuedMessageView[]> {
  const ids = rows.flatMap((row) => attachmentIdsOf(row.attachment_ids));
  const found = await attachmentsByIds(db, ownerId, ids);
  return rows.map((row) => {
    const attached = attachmentIdsOf(row.attachment_ids).flatMap((id) => found.get(id) ?? []);
    return queuedView(row, attached.map(attachmentView));
  });
}

interface Page {
  /** Newest first. */
  rows: MessageRow[];
  hasNewer: boolean;
}

async function pageOf(db: Store["db"], within: Within, leafId: string | null, query: ViewQuery): Promise<Page> {
  const { before, around, limit } = query;
  if (around !== undefined) return pageAround(db, within, leafId, around, limit);
  const fromId = before === undefined ? leafId : await parentOf(db, within, before);
  return { rows: fromId === null ? [] : await readBranch(db, within, fromId, limit), hasNewer: false };
}

async function parentOf(db: Store["db"], within: Within, id: string): Promise<string | null> {
  const message = await findMessage(db, within, id);
  if (message === undefined) throw notFound();
  return message.parent_id;
}

async function pageAround(
  db: Store["db"],
  within: Within,
  leafId: string | null,
  messageId: string,
  limit: number,
): Promise<Page> {
  const path = await pathTo(db, within, leafId, messageId);
  if (path === null) throw notFound();
  const most = limits.page.messagesAroundHit;
  const kept = path.slice(-most);
  const fromId = kept[0] ?? messageId;
  // Half a page above the message, so that it does not stand at the edge.
  const rows = await readBranch(db, within, fromId, kept.length + Math.floor(limit / 2));
  return { rows, hasNewer: path.length > most };
}

function isUnsettled(state: MessageView["state"]): boolean {
  return state === "queued" || state === "streaming";
}

function notFound(): AppError {
  return new AppError("not_found", "There is no such conversation or message.");
}
