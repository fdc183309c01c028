import "server-only";
import type { LiveRun } from "#lib/server/chat/live-run.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { log } from "#lib/server/log.ts";
import { run as execute, type Flow } from "#lib/server/store/flow.ts";
import { runStatements } from "#lib/server/store/runs.ts";
import type { Store } from "#lib/server/store/store.ts";

// One commit a tick: each reaches the disk, and 300 rows take about a millisecond.
const sliceRuns = 512;
/** Text that one run may hold in memory while the store is away. */
const maxUnstoredChars = 1_000_000;
const maxUnstoredMs = 30_000;

/**
 * Stores the new text of all runs as chunk rows, together, every 250 ms: what a browser has seen is durable within a
 * second. Text that could not be stored stays in memory and is tried again.
 */
export class TextStore {
  readonly #store: Store;
  readonly #dirty = new Set<LiveRun>();
  readonly #onFenced: (run: LiveRun) => void;
  readonly #onLost: (run: LiveRun) => void;
  #timer: NodeJS.Timeout | undefined;
  #flushing = false;

  /** `onFenced`: the run belongs to nobody here any more. `onLost`: its text could not be stored for 30 s. */
  constructor(store: Store, on: { fenced(run: LiveRun): void; lost(run: LiveRun): void }) {
    this.#store = store;
    this.#onFenced = on.fenced;
    this.#onLost = on.lost;
  }

  add(run: LiveRun): void {
    this.#dirty.add(run);
    this.#timer ??= setTimeout(() => void this.#flush(), limits.stream.flushMs);
  }

  remove(run: LiveRun): void {
    this.#dirty.delete(run);
  }

  async #flush(): Promise<void> {
    this.#timer = undefined;
    if (this.#flushing) return;
    this.#flushing = true;
    const runs = [...this.#dirty];
    this.#dirty.clear();
    for (let start = 0; start < runs.length; start += sliceRuns) {
      if (start > 0) await new Promise(setImmediate);
      await this.#storeSlice(runs.slice(start, start + sliceRuns).filter((run) => !run.ending && run.unstored !== ""));
    }
    this.#flushing = false;
    this.#store.wake.notify(runs.map((run) => run.id));
    if (this.#dirty.size > 0) this.#timer ??= setTimeout(() => void this.#flush(), limits.stream.flushMs);
  }

  async #storeSlice(runs: LiveRun[]): Promise<void> {
    if (runs.length === 0) return;
    const taken = runs.map((run) => ({ run, text: run.unstored, since: run.unstoredSince, seq: run.chunkSeq }));
    for (const { run } of taken) {
      run.unstored = "";
      run.unstoredSince = null;
      run.chunkSeq += 1;
    }
    try {
      const fenced = await this.#store.flow(() => storeChunks(runStatements(this.#store), taken), {
        patient: true,
      });
      for (const run of fenced) if (!run.ending) this.#onFenced(run);
    } catch (error) {
      log().warn({ message: "The new text of running answers could not be stored; it is tried again.", error });
      for (const { run, text, since } of taken) {
        run.unstored = text + run.unstored;
        run.unstoredSince = since;
        const age = since === null ? 0 : performance.now() - since;
        if (run.unstored.length > maxUnstoredChars || age > maxUnstoredMs) this.#onLost(run);
        else this.#dirty.add(run);
      }
    }
  }
}

function* storeChunks(
  statements: ReturnType<typeof runStatements>,
  taken: { run: LiveRun; text: string; seq: number }[],
): Flow<LiveRun[]> {
  const fenced: LiveRun[] = [];
  for (const { run, text, seq } of taken) {
    const stored = yield* execute(statements.appendChunk, {
      messageId: run.turn.assistantMessage.id,
      seq,
      text,
      runId: run.id,
      epoch: run.turn.run.epoch,
    });
    if (stored === 0) fenced.push(run);
  }
  return fenced;
}
