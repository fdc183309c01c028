import "server-only";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, onTestFinished } from "vitest";
import { openPostgresStore } from "#lib/server/store/postgres/store.ts";
import { freshDatabase } from "#lib/server/store/postgres.testing.ts";
import { openSqliteStore } from "#lib/server/store/sqlite/store.ts";
import type { Store } from "#lib/server/store/store.ts";

/**
 * A fresh, migrated SQLite store in a folder of its own. Inside a test or `beforeEach` it is closed and removed when the
 * test ends; in `beforeAll` the caller closes it, and the folder goes with the process.
 */
export async function testStore(): Promise<Store> {
  const store = await openSqliteStore({ dataDir: temporaryFolder() });
  afterwards(() => store.close());
  return store;
}

/** The same on a real PostgreSQL: a new database a store. */
export async function testPostgresStore(): Promise<Store> {
  const store = await openPostgresStore({ databaseUrl: await freshDatabase() });
  afterwards(() => store.close());
  return store;
}

/** Runs the same tests on both dialects; `make` opens a fresh store. */
export function eachDialect(tests: (name: Store["dialect"], make: () => Promise<Store>) => void): void {
  describe("on SQLite", () => tests("sqlite", testStore));
  describe("on PostgreSQL", () => tests("postgres", testPostgresStore));
}

/** A folder that is removed when the test ends, or with the process. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "breakwater-test-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  if (!afterwards(remove)) process.once("exit", remove);
  return folder;
}

function afterwards(work: () => unknown): boolean {
  try {
    onTestFinished(async () => {
      await work();
    });
    return true;
  } catch {
    return false;
  }
}
