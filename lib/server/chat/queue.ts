import "server-only";
import { z } from "zod";
import { attachmentIdsOf } from "#lib/server/chat/attachment-view.ts";
import { queuedViews } from "#lib/server/chat/view.ts";
import { textSchema } from "#lib/server/http/schemas.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { deleteQueued, findQueued, type QueuedRow, replaceQueuedText } from "#lib/server/store/queue.ts";
import type { Store } from "#lib/server/store/store.ts";
import type { QueuedMessageView } from "#lib/shared/chat/types.ts";
import { AppError } from "#lib/shared/errors.ts";

const versionSchema = z.number().int().min(1).max(2_000_000_000);

export const queuedChangeSchema = z.strictObject({
  text: textSchema(limits.message.textChars),
  version: versionSchema,
});

export const queuedDeleteSchema = z.strictObject({ version: z.coerce.number().pipe(versionSchema).optional() });

/**
 * Changes the text of a message that waits. Throws `version_conflict` with the kept `text` and `version` as facts when it
 * was changed elsewhere, and `not_found` once it has started.
 */
export async function changeQueued(
  store: Store,
  ownerId: string,
  id: string,
  change: z.output<typeof queuedChangeSchema>,
): Promise<QueuedMessageView> {
  return store.write(async (tx) => {
    const row = await ownQueued(tx, ownerId, id);
    if (change.text.trim() === "" && attachmentIdsOf(row.attachment_ids).length === 0) {
      const fields = [{ path: "text", message: "A message needs words or an image." }];
      throw new AppError("invalid_input", "A message needs words or an image.", { fields });
    }
    const changed = await replaceQueuedText(tx, { ownerId, id, ...change });
    const [view] = changed === undefined ? [] : await queuedViews(tx, ownerId, [changed]);
    if (view === undefined) throw changedElsewhere(await ownQueued(tx, ownerId, id));
    return view;
  });
}

/** Takes a waiting message back; with a version only where it has that one. Its images may be used again. */
export async function removeQueued(
  store: Store,
  ownerId: string,
  id: string,
  version: number | undefined,
): Promise<void> {
  await store.write(async (tx) => {
    await ownQueued(tx, ownerId, id);
    // Read again: whoever was faster has written meanwhile.
    if (!(await deleteQueued(tx, { ownerId, id, version }))) throw changedElsewhere(await ownQueued(tx, ownerId, id));
  });
}

async function ownQueued(db: Store["db"], ownerId: string, id: string): Promise<QueuedRow> {
  const row = await findQueued(db, ownerId, id);
  if (row === undefined) throw new AppError("not_found", "This message does not wait any more.");
  return row;
}

function changedElsewhere({ text, version }: QueuedRow): AppError {
  return new AppError("version_conflict", "The message was changed in another tab.", { facts: { text, version } });
}
