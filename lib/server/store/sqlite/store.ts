import "server-only";
import { chmodSync, mkdirSync } from "node:fs";
import path from "node:path";
import type Database from "better-sqlite3";
import { Kysely } from "kysely";
import { log } from "#lib/server/log.ts";
import { storeFault } from "#lib/server/store/faults.ts";
import type { Statement } from "#lib/server/store/flow.ts";
import { sqliteTypes } from "#lib/server/store/migrations/column-types.ts";
import { migrate } from "#lib/server/store/migrations/migrate.ts";
import type { Schema } from "#lib/server/store/schema.ts";
import { startCheckpoints } from "#lib/server/store/sqlite/checkpoints.ts";
import { sqliteDialect } from "#lib/server/store/sqlite/dialect.ts";
import { sqliteFlows } from "#lib/server/store/sqlite/flows.ts";
import { performer } from "#lib/server/store/sqlite/performer.ts";
import { sqliteSearch } from "#lib/server/store/sqlite/search.ts";
import { statementCompiler } from "#lib/server/store/statement.ts";
import type { Store } from "#lib/server/store/store.ts";

/** The database file inside a data folder. */
export const databaseFileName = "breakwater.sqlite";

export interface SqliteOptions {
  dataDir: string;
  /** For tests of a full disk: the most pages that the file may have. */
  maxPages?: number;
}

/** Opens, and where needed makes and migrates, the database of a data folder. */
export async function openSqliteStore({ dataDir, maxPages }: SqliteOptions): Promise<Store> {
  const { default: Sqlite } = await import("better-sqlite3");
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = path.join(/*turbopackIgnore: true*/ dataDir, databaseFileName);
  const opened: Database.Database[] = [];
  try {
    const writing = new Sqlite(file);
    opened.push(writing);
    // The log beside it takes over the permissions.
    chmodSync(file, 0o600);
    await prepareWriter(writing);
    const writer = new Kysely<Schema>({ dialect: sqliteDialect(writing) });
    await migrate(writer, sqliteTypes);
    if (maxPages !== undefined) writing.pragma(`max_page_count = ${maxPages}`);
    const reading = new Sqlite(file, { readonly: true });
    opened.push(reading);
    reading.pragma("busy_timeout = 5000");
    return assemble(writer, writing, reading, file);
  } catch (error) {
    for (const database of opened) database.close();
    throw storeFault(error);
  }
}

function assemble(writer: Kysely<Schema>, writing: Database.Database, reading: Database.Database, file: string): Store {
  const db = new Kysely<Schema>({ dialect: sqliteDialect(reading) });
  const runFlow = sqliteFlows(writer, writing);
  let checkpoints: ReturnType<typeof startCheckpoints> | undefined;
  // Begun with the first chat traffic: a server that waits for somebody need not carry another thread.
  const startWorker = () => {
    writing.pragma("wal_autocheckpoint = 0");
    return startCheckpoints(file, (error) => {
      log().warn({ message: "The worker that empties SQLite's log has failed; writes do its work now.", error });
      if (writing.open) writing.pragma(`wal_autocheckpoint = ${autocheckpointPages}`);
    });
  };
  const statement = statementCompiler(sqliteDialect(writing), "sqlite");
  const perform = performer(reading);
  return {
    dialect: "sqlite",
    db,
    write: (body) => writer.transaction().execute(body),
    flow: (body) => {
      if (writing.open) checkpoints ??= startWorker();
      return runFlow(body);
    },
    statement,
    read: async <Row, Args extends Record<string, unknown>>(statement: Statement<Row, Args>, args: Args) => {
      try {
        // The statement's own type names its rows; its builder is checked by Kysely.
        return perform({ statement: statement as Statement<unknown, never>, args }).rows as Row[];
      } catch (error) {
        throw storeFault(error);
      }
    },
    now: async () => Date.now(),
    ping: async () => {
      try {
        reading.prepare("select 1").get();
      } catch (error) {
        throw storeFault(error);
      }
    },
    search: sqliteSearch(db, statement),
    wake: { notify: () => undefined, listen: () => () => undefined },
    close: async () => {
      await checkpoints?.stop();
      await db.destroy();
      // Kysely closes only what it has used; closing twice does no harm.
      reading.close();
      await writer.destroy();
    },
  };
}

async function prepareWriter(database: Database.Database): Promise<void> {
  database.pragma("busy_timeout = 5000");
  await switchToWal(database);
  database.pragma("synchronous = FULL");
  database.pragma("foreign_keys = ON");
  // Until the worker of checkpoints.ts does it, so that no request waits for the disk.
  database.pragma(`wal_autocheckpoint = ${autocheckpointPages}`);
  database.pragma("journal_size_limit = 16777216");
}

/** SQLite's own default. */
const autocheckpointPages = 1000;

/** SQLite does not wait for another process that switches at the same moment; we do. */
async function switchToWal(database: Database.Database): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      database.pragma("journal_mode = WAL");
      return;
    } catch (error) {
      if (attempt >= 50 || (error as { code?: unknown }).code !== "SQLITE_BUSY") throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
