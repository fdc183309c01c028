import "server-only";
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from "kysely";
import { PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from "kysely";
import type { Pool, PoolClient } from "pg";
import { borrow, query } from "#lib/server/store/postgres/pool.ts";

/** Kysely over a pool. Transactions are READ COMMITTED; lock a row with `forUpdate()` where that is not enough. */
export function postgresDialect(pool: Pool): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new PostgresDriver(pool),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

class PostgresDriver implements Driver {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PostgresConnection> {
    return new PostgresConnection(await borrow(this.#pool));
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await ours(connection).command("begin");
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await ours(connection).command("commit");
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await ours(connection).command("rollback");
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    ours(connection).release();
  }

  async destroy(): Promise<void> {}
}

function ours(connection: DatabaseConnection): PostgresConnection {
  // Kysely hands back what acquireConnection made.
  return connection as PostgresConnection;
}

class PostgresConnection implements DatabaseConnection {
  readonly #client: PoolClient;
  #isBroken = false;

  constructor(client: PoolClient) {
    this.#client = client;
  }

  /** A connection on which one of these fails is thrown away: who knows what it is in the middle of. */
  async command(text: "begin" | "commit" | "rollback"): Promise<void> {
    try {
      const { command } = await query(this.#client, text, []);
      if (text === "commit" && command !== "COMMIT") throw new Error("The transaction was rolled back at its end.");
    } catch (error) {
      this.#isBroken = true;
      throw error;
    }
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { command, rowCount, rows } = await query(this.#client, sql, parameters);
    const isWrite = command === "INSERT" || command === "UPDATE" || command === "DELETE" || command === "MERGE";
    // Kysely names the row type; the builder's own types stand for it.
    return isWrite ? { rows: rows as R[], numAffectedRows: BigInt(rowCount ?? 0) } : { rows: rows as R[] };
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("Read in pages instead: the two dialects share no cursor.");
  }

  release(): void {
    this.#client.release(this.#isBroken);
  }
}
