import "server-only";
import type { Insertable, Kysely, Selectable } from "kysely";
import type { OneTimeCodesTable, Schema } from "#lib/server/store/schema.ts";

export type CodeRow = Selectable<OneTimeCodesTable>;

export function insertCode(db: Kysely<Schema>, code: Insertable<OneTimeCodesTable>): Promise<unknown> {
  return db.insertInto("one_time_codes").values(code).execute();
}

/** The unused, unexpired code with this hash. */
export function findOpenCode(db: Kysely<Schema>, codeHash: string, now: number): Promise<CodeRow | undefined> {
  return db
    .selectFrom("one_time_codes")
    .selectAll()
    .where("code_hash", "=", codeHash)
    .where("used_at", "is", null)
    .where("expires_at", ">", now)
    .executeTakeFirst();
}

/** Uses the code up: of two who try at once, one gets the row and the other undefined. */
export function claimCode(db: Kysely<Schema>, codeHash: string, now: number): Promise<CodeRow | undefined> {
  return db
    .updateTable("one_time_codes")
    .set({ used_at: now })
    .where("code_hash", "=", codeHash)
    .where("used_at", "is", null)
    .where("expires_at", ">", now)
    .returningAll()
    .executeTakeFirst();
}

/** Invitations that somebody can still accept, newest first. */
export function listOpenInvitations(db: Kysely<Schema>, now: number): Promise<CodeRow[]> {
  return db
    .selectFrom("one_time_codes")
    .selectAll()
    .where("kind", "=", "invite")
    .where("used_at", "is", null)
    .where("expires_at", ">", now)
    .orderBy("created_at", "desc")
    .limit(500)
    .execute();
}

/** Takes an invitation back; the row when it was open. */
export function deleteOpenInvitation(db: Kysely<Schema>, id: string): Promise<CodeRow | undefined> {
  return db
    .deleteFrom("one_time_codes")
    .where("id", "=", id)
    .where("kind", "=", "invite")
    .where("used_at", "is", null)
    .returningAll()
    .executeTakeFirst();
}

/** Makes earlier reset links of a person useless. */
export async function deleteResetCodesOf(db: Kysely<Schema>, userId: string): Promise<void> {
  await db
    .deleteFrom("one_time_codes")
    .where("kind", "=", "reset")
    .where("user_id", "=", userId)
    .where("used_at", "is", null)
    .execute();
}

/** Removes codes that were over before this moment, used or not, but for those that somebody else is removing. */
export async function sweepCodes(db: Kysely<Schema>, before: number): Promise<void> {
  const over = db
    .selectFrom("one_time_codes")
    .select("id")
    .where("expires_at", "<", before)
    .limit(100)
    .forUpdate()
    .skipLocked();
  await db.deleteFrom("one_time_codes").where("id", "in", over).execute();
}
