import "server-only";
import type { Insertable, Kysely, Selectable, Updateable } from "kysely";
import type { Schema, UsersTable } from "#lib/server/store/schema.ts";
import type { Store } from "#lib/server/store/store.ts";

export type UserRow = Selectable<UsersTable>;

/** The person's argon2id hash; null for nobody, and for people who have no password. */
export async function passwordHashOf(store: Store, userId: string): Promise<string | null> {
  const row = await store.db.selectFrom("users").select("password_hash").where("id", "=", userId).executeTakeFirst();
  return row?.password_hash ?? null;
}

/** The person with this id. `db` is `store.db` or a transaction, as everywhere in this file. */
export function findUser(db: Kysely<Schema>, id: string): Promise<UserRow | undefined> {
  return db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();
}

/** The person with this e-mail address, which must be in its stored form: trimmed, lower case. */
export function findUserByEmail(db: Kysely<Schema>, email: string): Promise<UserRow | undefined> {
  return db.selectFrom("users").selectAll().where("email", "=", email).executeTakeFirst();
}

/** Everybody, oldest first. */
export function listUsers(db: Kysely<Schema>): Promise<UserRow[]> {
  return db.selectFrom("users").selectAll().orderBy("created_at").orderBy("id").execute();
}

/** Adds a person. False, and nothing changed, when the e-mail address is taken. */
export async function insertUser(db: Kysely<Schema>, user: Insertable<UsersTable>): Promise<boolean> {
  const result = await db
    .insertInto("users")
    .values(user)
    .onConflict((conflict) => conflict.column("email").doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0) === 1;
}

/** Changes columns of one person; false when there is no such person. */
export async function updateUser(
  db: Kysely<Schema>,
  id: string,
  change: Omit<Updateable<UsersTable>, "id">,
): Promise<boolean> {
  const result = await db.updateTable("users").set(change).where("id", "=", id).executeTakeFirst();
  return Number(result.numUpdatedRows) === 1;
}

/** How many admins may sign in; demo accounts are counted apart from people. */
export async function countActiveAdmins(db: Kysely<Schema>, isDemo: number): Promise<number> {
  const row = await db
    .selectFrom("users")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("role", "=", "admin")
    .where("is_demo", "=", isDemo)
    .where("disabled_at", "is", null)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Whether a first admin was ever made. */
export async function anyAdminExists(db: Kysely<Schema>): Promise<boolean> {
  const row = await db
    .selectFrom("users")
    .select("id")
    .where("role", "=", "admin")
    .where("is_demo", "=", 0)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
