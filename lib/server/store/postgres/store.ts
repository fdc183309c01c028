import "server-only";
import { Kysely, sql } from "kysely";
import type { Statement } from "#lib/server/store/flow.ts";
import { clock } from "#lib/server/store/instances.ts";
import { postgresTypes } from "#lib/server/store/migrations/column-types.ts";
import { migrate } from "#lib/server/store/migrations/migrate.ts";
import { postgresDialect } from "#lib/server/store/postgres/dialect.ts";
import { perform, postgresFlows } from "#lib/server/store/postgres/flows.ts";
import { makePool, query } from "#lib/server/store/postgres/pool.ts";
import { postgresSearch } from "#lib/server/store/postgres/search.ts";
import { postgresWake } from "#lib/server/store/postgres/wake.ts";
import type { Schema } from "#lib/server/store/schema.ts";
import { statementCompiler } from "#lib/server/store/statement.ts";
import type { Store } from "#lib/server/store/store.ts";

export interface PostgresOptions {
  databaseUrl: string;
  /** Connections of this process, beside the one that listens. */
  maxConnections?: number;
}

/** Connects to PostgreSQL and, where needed, migrates. The URL must lead to the server itself, not to a transaction pooler. */
export async function openPostgresStore({ databaseUrl, maxConnections = 10 }: PostgresOptions): Promise<Store> {
  const pool = await makePool({ databaseUrl, maxConnections });
  const db = new Kysely<Schema>({ dialect: postgresDialect(pool) });
  try {
    await migrate(db, postgresTypes);
  } catch (error) {
    await pool.end();
    throw error;
  }
  const statement = statementCompiler(postgresDialect(pool), "postgres");
  const { close: closeWake, ...wake } = postgresWake(pool, databaseUrl);
  return {
    dialect: "postgres",
    db,
    write: (body) => db.transaction().execute(body),
    flow: postgresFlows(pool),
    statement,
    read: async <Row, Args extends Record<string, unknown>>(statement: Statement<Row, Args>, args: Args) => {
      // The statement's own type names its rows; its builder is checked by Kysely.
      return (await perform(pool, { statement: statement as Statement<unknown, never>, args })).rows as Row[];
    },
    now: async () => {
      const { rows } = await sql<{ now: number }>`select ${clock({ dialect: "postgres" })} as now`.execute(db);
      return rows[0]?.now ?? Date.now();
    },
    ping: async () => {
      await query(pool, "select 1", []);
    },
    search: postgresSearch(db, statement),
    wake,
    close: async () => {
      if (pool.ended || pool.ending) return;
      await closeWake();
      await pool.end();
    },
  };
}
