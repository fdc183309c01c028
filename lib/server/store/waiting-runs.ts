import "server-only";
import { type Kysely, sql } from "kysely";
import type { JobRow } from "#lib/server/store/jobs.ts";
import type { Schema } from "#lib/server/store/schema.ts";

export interface WaitingRun {
  id: string;
  ownerId: string;
  ownerEmail: string;
  createdAt: number;
  /** JSON `MessageProblem`, with the amounts. */
  problem: string | null;
}

/**
 * Runs that wait for credit and may start by themselves: younger than `since`, in a conversation of this upstream that
 * shows them last. Oldest first. Without an owner those of everybody, for the deployment's key.
 */
export function listWaitingRuns(
  db: Kysely<Schema>,
  { ownerId, since, origin }: { ownerId: string | null; since: number; origin: string },
): Promise<WaitingRun[]> {
  return db
    .selectFrom("runs as r")
    .innerJoin("conversations as c", "c.id", "r.conversation_id")
    .innerJoin("messages as m", "m.id", "r.assistant_message_id")
    .innerJoin("users as u", "u.id", "r.owner_id")
    .select(["r.id", "r.owner_id as ownerId", "u.email as ownerEmail", "r.created_at as createdAt", "m.problem"])
    .where("r.state", "=", sql.lit("waiting_for_credit"))
    .where("r.backend", "=", "openmarlin")
    .where("r.created_at", ">=", since)
    .$if(ownerId !== null, (query) => query.where("r.owner_id", "=", ownerId ?? ""))
    .where("u.disabled_at", "is", null)
    .where("c.deleted_at", "is", null)
    .where("c.origin", "=", origin)
    .whereRef("c.leaf_message_id", "=", "r.assistant_message_id")
    .orderBy("r.created_at")
    .orderBy("r.id")
    .execute();
}

/** Jobs that wait for credit and may start by themselves, in the same way. */
export function listWaitingJobs(
  db: Kysely<Schema>,
  { ownerId, since, place }: { ownerId: string | null; since: number; place: string },
): Promise<JobRow[]> {
  return db
    .selectFrom("jobs")
    .selectAll()
    .where("state", "=", "waiting_for_credit")
    .where("active", "=", sql.lit(1))
    .where("place", "=", place)
    .where("created_at", ">=", since)
    .$if(ownerId !== null, (query) => query.where("owner_id", "=", ownerId ?? ""))
    .where("owner_id", "not in", (e) => e.selectFrom("users").select("id").where("disabled_at", "is not", null))
    .orderBy("created_at")
    .orderBy("id")
    .execute();
}
