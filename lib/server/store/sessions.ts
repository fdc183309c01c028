import "server-only";
import type { Insertable, Kysely, Selectable } from "kysely";
import type { Statement } from "#lib/server/store/flow.ts";
import type { Schema, SessionsTable, UsersTable } from "#lib/server/store/schema.ts";
import type { Store } from "#lib/server/store/store.ts";

/** A session with its person, as every request reads it. */
export type SessionWithUser = Pick<SessionsTable, "sid_hash" | "expires_at" | "last_seen_at"> &
  Pick<
    UsersTable,
    "id" | "email" | "name" | "role" | "is_demo" | "disabled_at" | "locale" | "theme" | "send_key" | "announce"
  >;

/** The session and its person in one prepared read; undefined when the session was ended. */
export async function readSession(store: Store, sidHash: string): Promise<SessionWithUser | undefined> {
  const rows = await store.read(lookup(store), { sidHash });
  return rows[0];
}

export function insertSession(db: Kysely<Schema>, session: Insertable<SessionsTable>): Promise<unknown> {
  return db.insertInto("sessions").values(session).execute();
}

export async function touchSession(store: Store, sidHash: string, at: number): Promise<void> {
  await store.write((tx) =>
    tx.updateTable("sessions").set({ last_seen_at: at }).where("sid_hash", "=", sidHash).execute(),
  );
}

/** A person's sessions that still open something, newest use first. */
export function listSessions(db: Kysely<Schema>, userId: string, now: number): Promise<Selectable<SessionsTable>[]> {
  return db
    .selectFrom("sessions")
    .selectAll()
    .where("user_id", "=", userId)
    .where("expires_at", ">", now)
    .orderBy("last_seen_at", "desc")
    .limit(200)
    .execute();
}

/** Ends one session of this person; false when it is not theirs, or over. */
export async function deleteSession(db: Kysely<Schema>, userId: string, sidHash: string): Promise<boolean> {
  const result = await db
    .deleteFrom("sessions")
    .where("sid_hash", "=", sidHash)
    .where("user_id", "=", userId)
    .executeTakeFirst();
  return Number(result.numDeletedRows) === 1;
}

/** Ends every session of a person, or all but one. Returns the hashes of what ended. */
export async function deleteSessionsOf(db: Kysely<Schema>, userId: string, keepSidHash?: string): Promise<string[]> {
  let query = db.deleteFrom("sessions").where("user_id", "=", userId).returning("sid_hash");
  if (keepSidHash !== undefined) query = query.where("sid_hash", "<>", keepSidHash);
  const rows = await query.execute();
  return rows.map((row) => row.sid_hash);
}

/** Removes sessions that expired before this moment, but for those that somebody else is removing. */
export async function sweepSessions(db: Kysely<Schema>, before: number): Promise<void> {
  const over = db
    .selectFrom("sessions")
    .select("sid_hash")
    .where("expires_at", "<", before)
    .limit(100)
    .forUpdate()
    .skipLocked();
  await db.deleteFrom("sessions").where("sid_hash", "in", over).execute();
}

/** Which of these sessions still open something, disabled people left out. */
export async function liveSessions(db: Kysely<Schema>, sidHashes: string[], now: number): Promise<Set<string>> {
  const live = new Set<string>();
  for (let from = 0; from < sidHashes.length; from += 500) {
    const rows = await db
      .selectFrom("sessions")
      .innerJoin("users", "users.id", "sessions.user_id")
      .select("sessions.sid_hash")
      .where("sessions.sid_hash", "in", sidHashes.slice(from, from + 500))
      .where("sessions.expires_at", ">", now)
      .where("users.disabled_at", "is", null)
      .execute();
    for (const row of rows) live.add(row.sid_hash);
  }
  return live;
}

type Lookup = Statement<SessionWithUser, { sidHash: string }>;
const lookups = new WeakMap<Store, Lookup>();

function lookup(store: Store): Lookup {
  let statement = lookups.get(store);
  if (statement === undefined) {
    statement = store.statement<SessionWithUser, { sidHash: string }>("session_with_user", (db, arg) =>
      db
        .selectFrom("sessions")
        .innerJoin("users", "users.id", "sessions.user_id")
        .select(["sessions.sid_hash", "sessions.expires_at", "sessions.last_seen_at"])
        .select(["users.id", "users.email", "users.name", "users.role", "users.is_demo", "users.disabled_at"])
        .select(["users.locale", "users.theme", "users.send_key", "users.announce"])
        .where("sessions.sid_hash", "=", arg("sidHash")),
    );
    lookups.set(store, statement);
  }
  return statement;
}
