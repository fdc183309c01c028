import "server-only";
import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { ColumnTypes } from "#lib/server/store/migrations/column-types.ts";
import type { Schema } from "#lib/server/store/schema.ts";
import { createTables } from "./0001-tables.ts";
import { createSearch } from "./0002-search.ts";
import { createJobs } from "./0003-jobs.ts";

/** In order; a step that has run anywhere never changes. */
const steps: readonly ((types: ColumnTypes) => string[])[] = [createTables, createSearch, createJobs];

/** The schema of this version. */
export const newestSchema = steps.length;

/**
 * Brings the database to the newest schema, in one transaction. Safe when several processes start at once: the others
 * wait. Throws when a newer Breakwater has written this database.
 */
export async function migrate(db: Kysely<Schema>, types: ColumnTypes): Promise<void> {
  await db.transaction().execute(async (tx) => {
    if (types.dialect === "postgres") await sql`select pg_advisory_xact_lock(${sql.lit(lockKey)})`.execute(tx);
    await sql.raw(`create table if not exists schema_version (version integer not null)`).execute(tx);
    const found = await sql<{ version: number }>`select version from schema_version`.execute(tx);
    const version = found.rows[0]?.version ?? 0;
    if (version > steps.length) {
      throw new Error(
        `The database has schema ${version}, and this Breakwater knows ${steps.length}: start the newer version, or restore a backup.`,
      );
    }
    for (const step of steps.slice(version)) {
      for (const statement of step(types)) await sql.raw(statement).execute(tx);
    }
    if (version === steps.length) return;
    await sql`delete from schema_version`.execute(tx);
    await sql`insert into schema_version (version) values (${sql.lit(steps.length)})`.execute(tx);
  });
}

/** Any constant: every Breakwater on one database must use the same. */
const lockKey = 0x62_72_6b_77;
