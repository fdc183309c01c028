import "server-only";
import type { Kysely } from "kysely";
import type { Schema } from "#lib/server/store/schema.ts";

/**
 * Makes transactions that count what one person has wait for each other, so that two at once cannot both find room. On
 * SQLite they do so anyway.
 */
export async function lockPerson(tx: Kysely<Schema>, ownerId: string): Promise<void> {
  await tx.selectFrom("users").select("id").where("id", "=", ownerId).forUpdate().execute();
}
