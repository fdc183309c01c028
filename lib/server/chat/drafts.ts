import "server-only";
import { z } from "zod";
import { attachmentIdsOf, attachmentsByIds, attachmentView } from "#lib/server/chat/attachment-view.ts";
import { idSchema, textSchema } from "#lib/server/http/schemas.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { findConversation } from "#lib/server/store/conversations.ts";
import { findDraft, insertDraft, replaceDraft } from "#lib/server/store/drafts.ts";
import type { Store } from "#lib/server/store/store.ts";
import type { DraftRequest, DraftView } from "#lib/shared/chat/types.ts";
import { AppError } from "#lib/shared/errors.ts";

/** A conversation's id, or `new` for the composer of a new one. */
export const scopeParams = z.strictObject({ scope: z.union([z.literal("new"), idSchema]) });

export const draftSchema: z.ZodType<DraftRequest> = z.strictObject({
  text: textSchema(limits.draftChars),
  attachmentIds: z.array(idSchema).max(limits.message.images),
  version: z.number().int().min(0).max(2_000_000_000),
});

/** What a person's composer holds; empty with version 0 where nothing was kept. */
export async function readDraft(store: Store, ownerId: string, scope: string): Promise<DraftView> {
  await requireScope(store.db, ownerId, scope);
  return loadDraft(store.db, ownerId, scope);
}

/**
 * Keeps a composer in place of the version that it was made from. When another tab or device was faster it throws
 * `version_conflict` with what is kept there as facts: `text`, `version`, and `attachmentIds` joined by spaces.
 */
export async function saveDraft(store: Store, ownerId: string, scope: string, draft: DraftRequest): Promise<DraftView> {
  return store.write(async (tx) => {
    await requireScope(tx, ownerId, scope);
    const own = await attachmentsByIds(tx, ownerId, draft.attachmentIds);
    if (draft.attachmentIds.some((id) => !own.has(id))) {
      throw new AppError("not_found", "An attachment does not exist or is not whole.");
    }
    const row = {
      owner_id: ownerId,
      scope,
      text: draft.text,
      attachment_ids: JSON.stringify([...new Set(draft.attachmentIds)]),
      version: draft.version + 1,
      updated_at: Date.now(),
    };
    const saved = draft.version === 0 ? await insertDraft(tx, row) : await replaceDraft(tx, row);
    const kept = await loadDraft(tx, ownerId, scope);
    if (saved) return kept;
    const attachmentIds = kept.attachments.map(({ id }) => id).join(" ");
    throw new AppError("version_conflict", "The draft was changed in another tab.", {
      facts: { text: kept.text, version: kept.version, attachmentIds },
    });
  });
}

async function requireScope(db: Store["db"], ownerId: string, scope: string): Promise<void> {
  if (scope === "new") return;
  if ((await findConversation(db, ownerId, scope)) === undefined) {
    throw new AppError("not_found", "This conversation does not exist.");
  }
}

async function loadDraft(db: Store["db"], ownerId: string, scope: string): Promise<DraftView> {
  const row = await findDraft(db, ownerId, scope);
  if (row === undefined) return { text: "", attachments: [], version: 0 };
  const ids = attachmentIdsOf(row.attachment_ids);
  const found = await attachmentsByIds(db, ownerId, ids);
  // What was sent meanwhile belongs to its message.
  const free = ids.flatMap((id) => found.get(id) ?? []).filter(({ message_id }) => message_id === null);
  return { text: row.text, attachments: free.map(attachmentView), version: row.version };
}
