import "server-only";
import type Database from "better-sqlite3";
import type { Step, StepResult } from "#lib/server/store/flow.ts";
import { bind } from "#lib/server/store/statement.ts";

/** Performs steps on one connection, each statement prepared once. */
export function performer(database: Database.Database): (step: Step) => StepResult {
  const prepared = new Map<string, Database.Statement>();
  return ({ statement, args }) => {
    let ready = prepared.get(statement.sql);
    if (ready === undefined) {
      ready = database.prepare(statement.sql);
      prepared.set(statement.sql, ready);
    }
    const values = bind(statement, args);
    if (!ready.reader) return { rows: [], changes: ready.run(values).changes };
    const rows = ready.all(values);
    return { rows, changes: rows.length };
  };
}
