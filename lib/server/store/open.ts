import "server-only";
import { perProcess } from "#lib/server/per-process.ts";
import { openSqliteStore } from "#lib/server/store/sqlite/store.ts";
import type { Store } from "#lib/server/store/store.ts";
import { AppError } from "#lib/shared/errors.ts";

export interface StoreOptions {
  /** PostgreSQL when given, else SQLite in `dataDir`. */
  databaseUrl?: string | undefined;
  dataDir: string;
}

/** Opens and migrates a store. Throws `store_unavailable` when the database does not answer. */
export async function openStore({ databaseUrl, dataDir }: StoreOptions): Promise<Store> {
  if (databaseUrl === undefined) return openSqliteStore({ dataDir });
  const { openPostgresStore } = await import("#lib/server/store/postgres/store.ts");
  return openPostgresStore({ databaseUrl });
}

/** The store of this process. Throws `store_unavailable` before {@link openStoreOnce} has opened it. */
export function getStore(): Store {
  const { store } = slot();
  if (store === undefined)
    throw new AppError("store_unavailable", "The store is not open yet.", { retryAfterSeconds: 2 });
  return store;
}

/** Opens the store of this process; later calls get the same one. A failed try may be repeated. */
export async function openStoreOnce(options: StoreOptions): Promise<Store> {
  const here = slot();
  here.opening ??= openStore(options).then(
    (store) => {
      here.store = store;
      return store;
    },
    (error: unknown) => {
      here.opening = undefined;
      throw error;
    },
  );
  return here.opening;
}

/** Closes the store of this process, if it is open. */
export async function closeStore(): Promise<void> {
  const here = slot();
  const { store } = here;
  here.store = undefined;
  here.opening = undefined;
  await store?.close();
}

interface Slot {
  store: Store | undefined;
  opening: Promise<Store> | undefined;
}

function slot(): Slot {
  return perProcess<Slot>("store", () => ({ store: undefined, opening: undefined }));
}
