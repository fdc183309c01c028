import "server-only";
import type { Pool, PoolClient } from "pg";
import type { Flow, Step, StepResult } from "#lib/server/store/flow.ts";
import { borrow, query } from "#lib/server/store/postgres/pool.ts";
import { bind } from "#lib/server/store/statement.ts";
import type { Store } from "#lib/server/store/store.ts";

/** Runs each flow in a transaction on a connection of its own, over statements prepared by name. */
export function postgresFlows(pool: Pool): Store["flow"] {
  return async <T>(body: () => Flow<T>): Promise<T> => {
    const client = await borrow(pool);
    let isBroken = false;
    try {
      await query(client, "begin", []);
      const value = await drive(client, body());
      const { command } = await query(client, "commit", []);
      if (command !== "COMMIT") throw new Error("The transaction was rolled back at its end.");
      return value;
    } catch (error) {
      await query(client, "rollback", []).catch(() => {
        isBroken = true;
      });
      throw error;
    } finally {
      client.release(isBroken);
    }
  };
}

/** A failing step ends the flow: after it PostgreSQL refuses everything but the rollback. */
async function drive<T>(client: PoolClient, flow: Flow<T>): Promise<T> {
  let next = flow.next();
  while (next.done !== true) next = flow.next(await perform(client, next.value));
  return next.value;
}

/** Performs one step, in or outside a transaction. */
export async function perform(client: PoolClient | Pool, { statement, args }: Step): Promise<StepResult> {
  const { rows, rowCount } = await query(client, statement.sql, bind(statement, args), statement.name);
  return { rows, changes: rowCount ?? 0 };
}
