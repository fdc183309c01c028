import "server-only";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Beside the database: where the process that has the folder says its address. */
export const runningFileName = "running.json";

export interface DataDirLock {
  /** Writes down where this process answers, for whoever comes second. */
  publish(address: string): void;
  release(): void;
}

/** Another process has the data folder. `address` is null while it has not published one. */
export class DataDirLockedError extends Error {
  readonly address: string | null;
  readonly pid: number | null;

  constructor(running: Running | null) {
    super(
      running?.address == null
        ? "Breakwater is already running on this data folder."
        : `Breakwater is already running at ${running.address}.`,
    );
    this.name = "DataDirLockedError";
    this.address = running?.address ?? null;
    this.pid = running?.pid ?? null;
  }
}

/**
 * Takes a data folder for this process alone. The lock is the operating system's, on a file that SQLite holds in an
 * exclusive transaction: it ends with the process, however that ends. Throws {@link DataDirLockedError}.
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  const { default: Sqlite } = await import("better-sqlite3");
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const runningFile = path.join(/*turbopackIgnore: true*/ dataDir, runningFileName);
  const database = new Sqlite(path.join(/*turbopackIgnore: true*/ dataDir, "lock.sqlite"), { timeout: 0 });
  try {
    database.exec("begin exclusive");
  } catch (error) {
    database.close();
    if (!String((error as { code?: unknown }).code).startsWith("SQLITE_BUSY")) throw error;
    throw new DataDirLockedError(readRunning(runningFile));
  }
  const write = (address: string | null) => {
    const draft = `${runningFile}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify({ pid: process.pid, address } satisfies Running)}\n`, { mode: 0o600 });
    renameSync(draft, runningFile);
  };
  // What an earlier process left says nothing about this one.
  write(null);
  return {
    publish: write,
    release() {
      if (!database.open) return;
      rmSync(runningFile, { force: true });
      database.close();
    },
  };
}

interface Running {
  pid: number;
  address: string | null;
}

function readRunning(file: string): Running | null {
  try {
    const { pid, address } = JSON.parse(readFileSync(file, "utf8")) as Partial<Record<string, unknown>>;
    if (typeof pid !== "number") return null;
    return { pid, address: typeof address === "string" ? address : null };
  } catch {
    // It starts at this moment, or the file was removed by hand; the lock itself is what counts.
    return null;
  }
}
