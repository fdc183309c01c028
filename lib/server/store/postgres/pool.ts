import "server-only";
import type { ClientConfig, Pool, PoolClient, QueryResult } from "pg";
import { storeFault } from "#lib/server/store/faults.ts";

export interface PoolOptions {
  databaseUrl: string;
  maxConnections: number;
}

/** How every connection is made: lost ones are noticed, and nothing runs or waits for ever. */
export function connectionConfig(databaseUrl: string): ClientConfig {
  return {
    connectionString: databaseUrl,
    application_name: "breakwater",
    connectionTimeoutMillis: 5000,
    // The server ends the statement first; the client's own limit is for a server that has vanished.
    statement_timeout: 15_000,
    query_timeout: 20_000,
    lock_timeout: 10_000,
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}

/** A pool whose 64-bit numbers and sums arrive as numbers. It connects when it is first used. */
export async function makePool({ databaseUrl, maxConnections }: PoolOptions): Promise<Pool> {
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({
    ...connectionConfig(databaseUrl),
    max: maxConnections,
    idleTimeoutMillis: 30_000,
    types: {
      getTypeParser(oid, format) {
        const isWhole = oid === pg.types.builtins.INT8 || oid === pg.types.builtins.NUMERIC;
        // The overloads of pg distinguish text and binary; this one serves both.
        return isWhole ? Number : (pg.types.getTypeParser(oid, format as "text") as (value: string) => unknown);
      },
    },
  });
  // Without a listener a connection that breaks while nobody uses it would end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => void client.on("error", () => undefined));
  return pool;
}

/** Borrows a connection. Rejects with `store_unavailable` when there is none. */
export async function borrow(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw storeFault(error);
  }
}

/** Runs one statement; `name` prepares it once a connection. */
export async function query(
  client: PoolClient | Pool,
  text: string,
  values: readonly unknown[],
  name?: string,
): Promise<QueryResult> {
  try {
    const config = { text, values: values.map(storable) };
    return await client.query(name === undefined ? config : { ...config, name });
  } catch (error) {
    throw storeFault(error);
  }
}

/** PostgreSQL's text cannot hold U+0000, which SQLite's can. */
function storable(value: unknown): unknown {
  return typeof value === "string" && value.includes("\0") ? value.replaceAll("\0", "\uFFFD") : value;
}
