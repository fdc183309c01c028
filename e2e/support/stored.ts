import { createHash } from "node:crypto";
import path from "node:path";
import Database from "better-sqlite3";

/** What changes while nobody does anything: heartbeats, when somebody was last seen, and the index of the search. */
const restless: Record<string, string[]> = {
  instances: ["heartbeat_at"],
  sessions: ["last_seen_at"],
  messages: ["indexed"],
};

/** Every row of a server's database as digests, by table: equal before and after means that nothing was changed. */
export function digestOfStore(dataDir: string): Record<string, string[]> {
  return withStore(dataDir, (database) => {
    const tables = database
      .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name")
      .pluck()
      .all() as string[];
    const digests: Record<string, string[]> = {};
    for (const table of tables.filter((name) => !/^message_(terms|search)/.test(name))) {
      const rows = database.prepare(`select * from "${table}"`).all() as Record<string, unknown>[];
      digests[table] = rows.map((row) => digestOfRow(table, row)).sort();
    }
    return digests;
  });
}

/** Reads the database of a running server. */
export function withStore<T>(dataDir: string, work: (database: Database.Database) => T): T {
  const database = new Database(path.join(dataDir, "breakwater.sqlite"), { readonly: true, fileMustExist: true });
  try {
    return work(database);
  } finally {
    database.close();
  }
}

function digestOfRow(table: string, row: Record<string, unknown>): string {
  for (const column of restless[table] ?? []) delete row[column];
  return createHash("sha256").update(JSON.stringify(row)).digest("hex");
}
