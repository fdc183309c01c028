import "server-only";
import type { SealingKeys } from "#lib/server/store/seal.ts";
import type { Store } from "#lib/server/store/store.ts";

/** One stored setting, opened and parsed from JSON. What it holds is checked by whoever reads it. */
export interface StoredSetting {
  key: string;
  value: unknown;
  sealed: boolean;
  updatedAt: number;
  updatedBy: string | null;
}

type Opener = Pick<SealingKeys, "seal" | "unseal">;

/** The setting of this name, or undefined. Throws when it is sealed and does not open. */
export async function getSetting(store: Store, keys: Opener, key: string): Promise<StoredSetting | undefined> {
  const row = await store.db.selectFrom("settings").selectAll().where("key", "=", key).executeTakeFirst();
  return row && opened(keys, row);
}

/** All settings whose names begin with `prefix`, by name. */
export async function listSettings(store: Store, keys: Opener, prefix = ""): Promise<StoredSetting[]> {
  const rows = await store.db
    .selectFrom("settings")
    .selectAll()
    .where((e) => e(e.fn<string>("substr", ["key", e.lit(1), e.lit(prefix.length)]), "=", prefix))
    .orderBy("key")
    .execute();
  return rows.map((row) => opened(keys, row));
}

export interface SettingChange {
  key: string;
  /** Anything JSON can carry. */
  value: unknown;
  /** True for every credential. */
  sealed: boolean;
  updatedBy: string | null;
}

type Writer = Parameters<Parameters<Store["write"]>[0]>[0];

/** Writes settings inside the caller's transaction, all or none. */
export async function putSettings(tx: Writer, keys: Opener, at: number, changes: SettingChange[]): Promise<void> {
  for (const { key, value, sealed, updatedBy } of changes) {
    const json = JSON.stringify(value);
    const row = {
      value: sealed ? keys.seal(json, purposeOf(key)) : json,
      sealed: sealed ? 1 : 0,
      updated_at: at,
      updated_by: updatedBy,
    };
    await tx
      .insertInto("settings")
      .values({ key, ...row })
      .onConflict((conflict) => conflict.column("key").doUpdateSet(row))
      .execute();
  }
}

/** Removes settings inside the caller's transaction. */
export async function removeSettings(tx: Writer, keys: string[]): Promise<void> {
  if (keys.length > 0) await tx.deleteFrom("settings").where("key", "in", keys).execute();
}

/** Seals again, with the newest key, what an older one sealed; afterwards the older one is needed by the audit chain only. */
export async function resealSettings(store: Store, keys: SealingKeys): Promise<number> {
  return store.write(async (tx) => {
    const rows = await tx.selectFrom("settings").select(["key", "value"]).where("sealed", "=", 1).forUpdate().execute();
    const old = rows.filter(({ value }) => keys.isOld(value));
    for (const { key, value } of old) {
      const again = keys.seal(keys.unseal(value, purposeOf(key)), purposeOf(key));
      await tx.updateTable("settings").set({ value: again }).where("key", "=", key).execute();
    }
    return old.length;
  });
}

interface Row {
  key: string;
  value: string;
  sealed: number;
  updated_at: number;
  updated_by: string | null;
}

function opened(keys: Opener, row: Row): StoredSetting {
  const json = row.sealed === 1 ? keys.unseal(row.value, purposeOf(row.key)) : row.value;
  return {
    key: row.key,
    value: JSON.parse(json),
    sealed: row.sealed === 1,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  };
}

function purposeOf(key: string): string {
  return `setting:${key}`;
}
