import "server-only";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";

/**
 * Moves the write-ahead log into the database file from a thread of its own, so that no request waits for the disk:
 * every second as far as readers allow, and down to an empty log when that is large and nothing was written for a while.
 */
export function startCheckpoints(file: string): { stop(): Promise<void> } {
  const worker = new Worker(source, {
    eval: true,
    workerData: { file, driver: createRequire(import.meta.url).resolve("better-sqlite3"), largePages },
  });
  // A process that only reads something and ends must not be held up.
  worker.unref();
  let failed = false;
  worker.on("error", () => {
    failed = true;
  });
  const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  return {
    async stop() {
      if (failed) return;
      worker.ref();
      worker.postMessage("stop");
      await exited;
    },
  };
}

/** 8 MB of 4 kB pages. */
const largePages = 2048;

/** Plain JavaScript: it is evaluated as it stands, in the built server too. */
const source = `
const { parentPort, workerData } = require("node:worker_threads");
const Database = require(workerData.driver);
const database = new Database(workerData.file);
database.pragma("busy_timeout = 0");
let lastPages = -1;
let quietTurns = 0;
const timer = setInterval(() => {
  try {
    const [{ log }] = database.pragma("wal_checkpoint(PASSIVE)");
    quietTurns = log === lastPages ? quietTurns + 1 : 0;
    lastPages = log;
    if (log > workerData.largePages && quietTurns >= 3) {
      database.pragma("wal_checkpoint(TRUNCATE)");
      lastPages = -1;
    }
  } catch {
    // Busy or a full disk: the next turn tries again, and writers report their own failures.
  }
}, 1000);
parentPort.once("message", () => {
  clearInterval(timer);
  database.close();
});
`;
