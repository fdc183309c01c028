import "server-only";
import type { Insertable, Kysely, Selectable } from "kysely";
import type { DraftsTable, Schema } from "#lib/server/store/schema.ts";

/** A person's draft for a scope: a conversation's id, or `new`. `db` is `store.db` or a transaction, as everywhere here. */
export function findDraft(
  db: Kysely<Schema>,
  ownerId: string,
  scope: string,
): Promise<Selectable<DraftsTable> | undefined> {
  return db
    .selectFrom("drafts")
    .selectAll()
    .where("owner_id", "=", ownerId)
    .where("scope", "=", scope)
    .executeTakeFirst();
}

/** Adds the first draft of a scope. False, and nothing changed, when there is one already. */
export async function insertDraft(db: Kysely<Schema>, draft: Insertable<DraftsTable>): Promise<boolean> {
  const result = await db
    .insertInto("drafts")
    .values(draft)
    .onConflict((conflict) => conflict.columns(["owner_id", "scope"]).doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0) === 1;
}

/** Replaces a draft that still has the version before this one; false when it does not. */
export async function replaceDraft(db: Kysely<Schema>, draft: Insertable<DraftsTable>): Promise<boolean> {
  const result = await db
    .updateTable("drafts")
    .set({
      text: draft.text,
      attachment_ids: draft.attachment_ids,
      version: draft.version,
      updated_at: draft.updated_at,
    })
    .where("owner_id", "=", draft.owner_id)
    .where("scope", "=", draft.scope)
    .where("version", "=", draft.version - 1)
    .executeTakeFirst();
  return Number(result.numUpdatedRows) === 1;
}
