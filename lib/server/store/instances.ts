import "server-only";
import { sql } from "kysely";
import type { Store } from "#lib/server/store/store.ts";

/** Adds a row for this process and returns its epoch: higher than any before it, never used again. */
export async function registerInstance(store: Store): Promise<number> {
  const { epoch } = await store.write((tx) =>
    tx
      .insertInto("instances")
      .values({ started_at: clock(store), heartbeat_at: clock(store) })
      .returning("epoch")
      .executeTakeFirstOrThrow(),
  );
  return epoch;
}

/** Says that this process lives. False when its row is gone: another process took it for dead and ended its runs. */
export async function heartbeat(store: Store, epoch: number): Promise<boolean> {
  const { numUpdatedRows } = await store.write((tx) =>
    tx
      .updateTable("instances")
      .set({ heartbeat_at: clock(store) })
      .where("epoch", "=", epoch)
      .executeTakeFirst(),
  );
  return numUpdatedRows > 0n;
}

/** Epochs of the processes that have been silent for longer than the lease, by the database's clock; all, when it is negative. */
export async function expiredInstances(store: Store, leaseMs: number): Promise<number[]> {
  const rows = await store.db
    .selectFrom("instances")
    .select("epoch")
    .$if(leaseMs >= 0, (query) => query.where("heartbeat_at", "<", sql<number>`${clock(store)} - ${sql.lit(leaseMs)}`))
    .orderBy("epoch")
    .execute();
  return rows.map(({ epoch }) => epoch);
}

/** Removes the row of a process that ended or was given up. */
export async function removeInstance(store: Store, epoch: number): Promise<void> {
  await store.write((tx) => tx.deleteFrom("instances").where("epoch", "=", epoch).execute());
}

/** The database's clock in milliseconds, for use inside a query. */
export function clock({ dialect }: Pick<Store, "dialect">) {
  return dialect === "sqlite"
    ? sql<number>`cast(unixepoch('subsec') * 1000 as integer)`
    : sql<number>`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`;
}
