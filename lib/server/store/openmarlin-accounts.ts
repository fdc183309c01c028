import "server-only";
import type { Kysely, Selectable } from "kysely";
import type { OpenMarlinAccountsTable, Schema } from "#lib/server/store/schema.ts";

export type OpenMarlinAccountRow = Selectable<OpenMarlinAccountsTable>;

/** The key that the upstream at `place` issued to a person, still sealed. */
export function findOpenMarlinAccount(
  db: Kysely<Schema>,
  userId: string,
  place: string,
): Promise<OpenMarlinAccountRow | undefined> {
  return db
    .selectFrom("openmarlin_accounts")
    .selectAll()
    .where("user_id", "=", userId)
    .where("place", "=", place)
    .executeTakeFirst();
}

/** Stores a key, in the place of the one before. */
export async function putOpenMarlinAccount(tx: Kysely<Schema>, row: OpenMarlinAccountRow): Promise<void> {
  const { user_id: _user, place: _place, ...changing } = row;
  await tx
    .insertInto("openmarlin_accounts")
    .values(row)
    .onConflict((conflict) => conflict.columns(["user_id", "place"]).doUpdateSet(changing))
    .execute();
}

/** Forgets a key; false when there was none. */
export async function removeOpenMarlinAccount(tx: Kysely<Schema>, userId: string, place: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("openmarlin_accounts")
    .where("user_id", "=", userId)
    .where("place", "=", place)
    .executeTakeFirst();
  return Number(numDeletedRows) === 1;
}
