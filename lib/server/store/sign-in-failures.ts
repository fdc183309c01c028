import "server-only";
import { type Kysely, sql } from "kysely";
import type { Schema } from "#lib/server/store/schema.ts";

/** Counts one more failure under `key` and returns the count of the current window, and when that window ends. */
export async function addSignInFailure(
  db: Kysely<Schema>,
  key: string,
  now: number,
  windowMs: number,
): Promise<{ failures: number; windowEndsAt: number }> {
  const row = await db
    .insertInto("sign_in_failures")
    .values({ key, failures: 1, window_ends_at: now + windowMs })
    .onConflict((conflict) =>
      conflict.column("key").doUpdateSet({
        failures: sql<number>`case when sign_in_failures.window_ends_at <= ${now} then 1 else sign_in_failures.failures + 1 end`,
        window_ends_at: sql<number>`case when sign_in_failures.window_ends_at <= ${now} then ${now + windowMs} else sign_in_failures.window_ends_at end`,
      }),
    )
    .returning(["failures", "window_ends_at"])
    .executeTakeFirstOrThrow();
  return { failures: Number(row.failures), windowEndsAt: Number(row.window_ends_at) };
}

/** Takes back one failure: the attempt counted in advance was right. */
export async function removeSignInFailure(db: Kysely<Schema>, key: string): Promise<void> {
  await db
    .updateTable("sign_in_failures")
    .set({ failures: sql<number>`failures - 1` })
    .where("key", "=", key)
    .where("failures", ">", 0)
    .execute();
}

/** Forgets the failures under `key`. */
export async function clearSignInFailures(db: Kysely<Schema>, key: string): Promise<void> {
  await db.deleteFrom("sign_in_failures").where("key", "=", key).execute();
}

/** Removes windows that are over, but for those that somebody uses at this moment. */
export async function sweepSignInFailures(db: Kysely<Schema>, now: number): Promise<void> {
  const over = db
    .selectFrom("sign_in_failures")
    .select("key")
    .where("window_ends_at", "<", now)
    .limit(100)
    .forUpdate()
    .skipLocked();
  await db.deleteFrom("sign_in_failures").where("key", "in", over).execute();
}
