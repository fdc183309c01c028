import "server-only";
import { type AttachmentRow, findAttachments } from "#lib/server/store/attachments.ts";
import type { Store } from "#lib/server/store/store.ts";
import type { AttachmentView } from "#lib/shared/chat/types.ts";

/** Shapes an attachment for the browser. */
export function attachmentView(row: AttachmentRow): AttachmentView {
  return { id: row.id, name: row.name, mediaType: row.media_type, sizeBytes: row.size_bytes };
}

/** The attachments that drafts and queued messages name, by id; those that are gone are left out. */
export async function attachmentsByIds(
  db: Store["db"],
  ownerId: string,
  ids: string[],
): Promise<Map<string, AttachmentRow>> {
  const rows = await findAttachments(db, ownerId, ids);
  return new Map(rows.map((row) => [row.id, row]));
}

/** The ids in a column of ours. */
export function attachmentIdsOf(column: string): string[] {
  // Written by this server as a JSON array of ids.
  return JSON.parse(column) as string[];
}
