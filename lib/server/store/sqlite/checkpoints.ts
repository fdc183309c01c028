import "server-only";
import { Worker } from "node:worker_threads";

/**
 * Moves the write-ahead log into the database file from a thread of its own, so that no request waits for the disk:
 * every second as far as readers allow, and down to an empty log when that is large and nothing was written for a while.
 */
export function startCheckpoints(file: string, onFailed: (error: unknown) => void): { stop(): Promise<void> } {
  const worker = new Worker(source, {
    eval: true,
    workerData: { file, largePages },
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
  });
  // A process that only reads something and ends must not be held up.
  worker.unref();
  let isOver = false;
  const over = (error: unknown) => {
    if (isOver) return;
    isOver = true;
    onFailed(error);
  };
  worker.on("error", over);
  const exited = new Promise<void>((resolve) =>
    worker.once("exit", (code) => {
      over(new Error(`The worker ended with ${code}.`));
      resolve();
    }),
  );
  return {
    async stop() {
      if (isOver) return;
      isOver = true;
      worker.ref();
      worker.postMessage("stop");
      await exited;
    },
  };
}

/** 8 MB of 4 kB pages. */
const largePages = 2048;

/** Plain JavaScript, evaluated as it stands, in the built server too: what it requires is found from the working folder. */
const source = `
const { parentPort, workerData } = require("node:worker_threads");
const Database = require("better-sqlite3");
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
