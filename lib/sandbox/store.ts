import { randomBytes } from "node:crypto";
import Database from "better-sqlite3";

/** The sandbox's own SQLite file. What it holds survives restarts of either side. */
export interface SandboxStore {
  db: Database.Database;
  /** Random name of this file. Data made in the app while the sandbox is on carry it as their fingerprint. */
  id: string;
  close(): void;
}

/**
 * Opens or creates the file (":memory:" for none) with the given tables.
 * Throws when another process holds it: two sandboxes on one file would answer for each other.
 */
export function openStore(file: string, tables: string[]): SandboxStore {
  const db = new Database(file, { timeout: 5000 });
  db.pragma("locking_mode = EXCLUSIVE");
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = NORMAL");
  db.exec("CREATE TABLE IF NOT EXISTS sandbox (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID");
  for (const table of tables) db.exec(table);
  db.prepare("INSERT OR IGNORE INTO sandbox (name, value) VALUES ('id', ?)").run(randomBytes(8).toString("hex"));
  const id = db.prepare<[], string>("SELECT value FROM sandbox WHERE name = 'id'").pluck().get();
  if (id === undefined) throw new Error("The sandbox file has no id.");
  return { db, id, close: () => db.close() };
}
