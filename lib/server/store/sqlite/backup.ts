import "server-only";
import { chmodSync, copyFileSync, existsSync, linkSync, mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import type Database from "better-sqlite3";
import { lockDataDir } from "#lib/server/store/lock.ts";
import { newestSchema } from "#lib/server/store/migrations/migrate.ts";
import { databaseFileName } from "#lib/server/store/sqlite/store.ts";

/**
 * Writes a consistent copy of a data folder's database to `file`, while the server may be writing. Throws one sentence
 * when there is no database, or `file` exists.
 */
export async function backUp(dataDir: string, file: string): Promise<void> {
  const source = path.join(/*turbopackIgnore: true*/ dataDir, databaseFileName);
  if (!existsSync(source)) throw new Error(`There is no database in ${dataDir}.`);
  if (existsSync(file)) throw new Error(`${file} exists already: name a file that does not.`);
  const { default: Sqlite } = await import("better-sqlite3");
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.partial`;
  rmSync(draft, { force: true });
  const database = new Sqlite(source, { readonly: true });
  try {
    // All pages in one step: a copy in several begins again whenever the server writes.
    await database.backup(draft, { progress: () => 2 ** 31 - 1 });
  } finally {
    database.close();
  }
  chmodSync(draft, 0o600);
  const copy = new Sqlite(draft);
  try {
    // One file, with no log beside it.
    copy.pragma("journal_mode = DELETE");
    check(copy, file);
  } finally {
    copy.close();
  }
  renameSync(draft, file);
}

/**
 * Puts a backup in the place of a data folder's database. The one before stays beside it: its path is returned, or null
 * when there was none. Throws `DataDirLockedError` while a server runs on the folder, and one sentence when `file` is not
 * a whole backup that this version can read; then nothing was changed.
 */
export async function restore(dataDir: string, file: string, now = new Date()): Promise<string | null> {
  const { default: Sqlite } = await import("better-sqlite3");
  const lock = await lockDataDir(dataDir);
  const target = path.join(/*turbopackIgnore: true*/ dataDir, databaseFileName);
  const draft = `${target}.restoring`;
  try {
    if (!existsSync(file)) throw new Error(`There is no file ${file}.`);
    copyFileSync(file, draft);
    chmodSync(draft, 0o600);
    const copy = new Sqlite(draft);
    try {
      check(copy, file);
    } finally {
      copy.close();
    }
    const kept = existsSync(target) ? `${target}.before-${now.toISOString().replaceAll(/[:.]/g, "-")}` : null;
    if (kept !== null) {
      foldLog(new Sqlite(target));
      linkSync(target, kept);
    }
    for (const suffix of ["-wal", "-shm"]) rmSync(`${target}${suffix}`, { force: true });
    renameSync(draft, target);
    return kept;
  } finally {
    for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(`${draft}${suffix}`, { force: true });
    lock.release();
  }
}

/** Moves what is in the write-ahead log into the file, so that the file is whole by itself. */
function foldLog(database: Database.Database): void {
  try {
    database.pragma("wal_checkpoint(TRUNCATE)");
  } finally {
    database.close();
  }
}

function check(database: Database.Database, file: string): void {
  let version: unknown;
  try {
    const problems = database.pragma("integrity_check", { simple: true });
    if (problems !== "ok") throw new Error(String(problems));
    version = database.prepare("select version from schema_version").pluck().get();
  } catch (cause) {
    throw new Error(`${file} is not a whole database of Breakwater.`, { cause });
  }
  if (typeof version !== "number" || version > newestSchema) {
    throw new Error(`${file} was written by a newer Breakwater, with schema ${String(version)}.`);
  }
}
