import "server-only";
import type Database from "better-sqlite3";
import type { Kysely } from "kysely";
import { storeFault } from "#lib/server/store/faults.ts";
import type { Flow } from "#lib/server/store/flow.ts";
import type { Schema } from "#lib/server/store/schema.ts";
import { performer } from "#lib/server/store/sqlite/performer.ts";
import type { Store } from "#lib/server/store/store.ts";

/** Flows in one transaction, at most; the event loop gets its turn between two of them. */
const maxGroup = 64;

/** Reaching the disk costs more than the work: a flow after a quiet moment goes at once, a crowd goes together. */
const windowMs = 2;

/** How long work that nobody waits for may wait for company. */
const patienceMs = 15;

/**
 * Runs flows synchronously. Those that arrive together share a transaction, and so one commit; each
 * has a savepoint, so that a failing one takes back only what it did. Kysely's lock on the writer keeps them out of
 * open transactions.
 */
export function sqliteFlows(writer: Kysely<Schema>, database: Database.Database): Store["flow"] {
  const perform = performer(database);
  const command = commands(database);
  let waiting: Waiting[] = [];
  let scheduled = false;
  let committedAt = 0;
  let patience: NodeJS.Timeout | undefined;

  function schedule(patient: boolean): void {
    if (scheduled) return;
    if (patient) {
      patience ??= setTimeout(() => schedule(false), patienceMs);
      return;
    }
    scheduled = true;
    const left = windowMs - (performance.now() - committedAt);
    if (left > 0) setTimeout(() => void drain(), left);
    else setImmediate(() => void drain());
  }

  async function drain(): Promise<void> {
    clearTimeout(patience);
    patience = undefined;
    try {
      await writer.connection().execute(async () => {
        const group = waiting.slice(0, maxGroup);
        waiting = waiting.slice(maxGroup);
        settle(group, together(group));
      });
    } catch (error) {
      const group = waiting;
      waiting = [];
      settle(
        group,
        group.map(() => ({ error: storeFault(error) })),
      );
    }
    scheduled = false;
    committedAt = performance.now();
    if (waiting.length > 0) schedule(false);
  }

  function together(group: Waiting[]): Outcome[] {
    try {
      command.begin.run();
      const outcomes = group.map(({ body }) => (group.length === 1 ? attempt(body) : inSavepoint(body)));
      const alone = outcomes.length === 1 ? outcomes[0] : undefined;
      if (alone !== undefined && "error" in alone) throw alone.error;
      command.commit.run();
      return outcomes;
    } catch (error) {
      if (database.inTransaction) command.rollback.run();
      return group.map(() => ({ error: storeFault(error) }));
    }
  }

  function inSavepoint(body: Waiting["body"]): Outcome {
    command.savepoint.run();
    const outcome = attempt(body);
    if ("error" in outcome) {
      // A full disk, among others, takes the whole transaction back: then nobody's work may be called done.
      if (!database.inTransaction) throw outcome.error;
      command.rollbackTo.run();
    }
    command.release.run();
    return outcome;
  }

  function attempt(body: Waiting["body"]): Outcome {
    try {
      const flow = body();
      let next = flow.next();
      while (next.done !== true) next = flow.next(perform(next.value));
      return { value: next.value };
    } catch (error) {
      return { error: storeFault(error) };
    }
  }

  return <T>(body: () => Flow<T>, { patient = false } = {}) =>
    new Promise<T>((resolve, reject) => {
      // The value resolved is what this very body returned.
      waiting.push({ body, resolve: resolve as (value: unknown) => void, reject });
      schedule(patient);
    });
}

interface Waiting {
  body: () => Flow<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

type Outcome = { value: unknown } | { error: unknown };

function settle(group: Waiting[], outcomes: Outcome[]): void {
  group.forEach((waiting, index) => {
    const outcome = outcomes[index];
    if (outcome !== undefined && "value" in outcome) waiting.resolve(outcome.value);
    else waiting.reject(outcome?.error);
  });
}

function commands(database: Database.Database) {
  return {
    begin: database.prepare("begin immediate"),
    commit: database.prepare("commit"),
    rollback: database.prepare("rollback"),
    savepoint: database.prepare("savepoint flow"),
    rollbackTo: database.prepare("rollback to flow"),
    release: database.prepare("release flow"),
  };
}
