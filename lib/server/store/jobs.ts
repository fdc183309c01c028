import "server-only";
import type { Insertable, Kysely, Selectable, Transaction, Updateable } from "kysely";
import { sql } from "kysely";
import { clock } from "#lib/server/store/instances.ts";
import type { JobsTable, Schema } from "#lib/server/store/schema.ts";
import type { Store } from "#lib/server/store/store.ts";
import type { JobKindName, JobState } from "#lib/shared/jobs.ts";

export type JobRow = Selectable<JobsTable>;

type Timed = "lease_until" | "next_poll_at" | "deadline_at" | "created_at" | "checked_at" | "ended_at";

/** A new job, held by the process that makes it until `leaseMs` have passed. Times are the database's. */
export async function insertJob(
  tx: Transaction<Schema>,
  store: Store,
  row: Omit<Insertable<JobsTable>, Timed | "lease">,
  times: { leaseMs: number; deadlineMs: number | null },
): Promise<JobRow> {
  const now = clock(store);
  return tx
    .insertInto("jobs")
    .values({
      ...row,
      lease: 1,
      lease_until: after(store, times.leaseMs),
      next_poll_at: now,
      deadline_at: times.deadlineMs === null ? null : after(store, times.deadlineMs),
      created_at: now,
      checked_at: null,
      ended_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Whether anything may be due, asked before the writer is bothered. */
export async function anyJobDue(store: Store, places: string[]): Promise<boolean> {
  const now = clock(store);
  const found = await store.db
    .selectFrom("jobs")
    .select("id")
    .where("active", "=", sql.lit(1))
    .where("next_poll_at", "<=", now)
    .where("place", "in", places)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

/**
 * Claims due jobs for this process, at most `limit`, by turns of their owners: each gets one before anybody gets two. A
 * claim holds until it is given back, expires, or its process is gone. No job comes twice within `shortestMs`.
 */
export function claimDueJobs(
  store: Store,
  claim: { epoch: number; places: string[]; limit: number; leaseMs: number; shortestMs: number },
): Promise<JobRow[]> {
  return store.write((tx) => {
    const now = clock(store);
    const free = sql<boolean>`(lease_until <= ${now} or epoch not in (select epoch from instances))`;
    // Nothing is asked on behalf of somebody who was disabled; it goes on where they are enabled again.
    const enabled = sql<boolean>`owner_id not in (select id from users where disabled_at is not null)`;
    const due = tx
      .selectFrom("jobs")
      .select((e) => [
        "id",
        "next_poll_at",
        e.fn
          .agg<number>("row_number")
          .over((over) => over.partitionBy("owner_id").orderBy("next_poll_at"))
          .as("turn"),
      ])
      .where("active", "=", sql.lit(1))
      .where("next_poll_at", "<=", now)
      .where("place", "in", claim.places)
      .where(enabled)
      .where(free);
    return (
      tx
        .updateTable("jobs")
        .set({
          epoch: claim.epoch,
          lease: sql<number>`lease + 1`,
          lease_until: after(store, claim.leaseMs),
          next_poll_at: after(store, claim.shortestMs),
        })
        .where("id", "in", (e) =>
          e.selectFrom(due.as("due")).select("id").orderBy("turn").orderBy("next_poll_at").limit(sql.lit(claim.limit)),
        )
        // Again: on PostgreSQL another process may have claimed them since they were found.
        .where("active", "=", sql.lit(1))
        .where("next_poll_at", "<=", now)
        .where(free)
        .returningAll()
        .execute()
    );
  });
}

/** What a check or a submit found out. Times are milliseconds from now. */
export interface JobChange extends Omit<Updateable<JobsTable>, Timed | "lease" | "active"> {
  /** When it is asked again; null never. */
  nextPollMs: number | null;
  checked: boolean;
  ended: boolean;
  /** Keeps the claim for this long; given back without it. */
  keepMs?: number;
}

/** Writes in the claim's name; undefined when somebody else has the job by now, or it has ended. */
export function saveJob(
  tx: Transaction<Schema>,
  store: Store,
  { id, lease }: Pick<JobRow, "id" | "lease">,
  { nextPollMs, checked, ended, keepMs, ...change }: JobChange,
): Promise<JobRow | undefined> {
  return tx
    .updateTable("jobs")
    .set({
      ...change,
      ...(checked ? { checked_at: clock(store) } : {}),
      ...(ended ? { active: 0, ended_at: clock(store), secret: null } : {}),
      next_poll_at: nextPollMs === null || ended ? null : after(store, nextPollMs),
      lease_until: keepMs === undefined ? 0 : after(store, keepMs),
    })
    .where("id", "=", id)
    .where("lease", "=", lease)
    .where("active", "=", 1)
    .returningAll()
    .executeTakeFirst();
}

/**
 * Takes a person's job away from whoever asks about it and puts it into another state, if it is in one of `from`. Whatever
 * the former holder still writes is refused.
 */
export function moveJob(
  tx: Transaction<Schema>,
  store: Store,
  { id, ownerId, from }: { id: string; ownerId: string; from: readonly JobState[] },
  to: { state: JobState; ended: boolean; epoch?: number; leaseMs?: number; problem?: string | null },
): Promise<JobRow | undefined> {
  return tx
    .updateTable("jobs")
    .set({
      state: to.state,
      lease: sql<number>`lease + 1`,
      lease_until: to.leaseMs === undefined ? 0 : after(store, to.leaseMs),
      next_poll_at: to.ended ? null : clock(store),
      ...(to.epoch === undefined ? {} : { epoch: to.epoch }),
      ...(to.problem === undefined ? {} : { problem: to.problem }),
      ...(to.ended ? { active: 0, ended_at: clock(store), secret: null } : {}),
    })
    .where("id", "=", id)
    .where("owner_id", "=", ownerId)
    .where("active", "=", 1)
    .where("state", "in", from)
    .returningAll()
    .executeTakeFirst();
}

/** A person's job. */
export function findJob(db: Kysely<Schema>, ownerId: string, id: string): Promise<JobRow | undefined> {
  return db.selectFrom("jobs").selectAll().where("id", "=", id).where("owner_id", "=", ownerId).executeTakeFirst();
}

export function findJobByRequest(db: Kysely<Schema>, ownerId: string, requestId: string): Promise<JobRow | undefined> {
  return db
    .selectFrom("jobs")
    .selectAll()
    .where("request_id", "=", requestId)
    .where("owner_id", "=", ownerId)
    .executeTakeFirst();
}

export function findJobToJoin(db: Kysely<Schema>, joinKey: string): Promise<JobRow | undefined> {
  return db
    .selectFrom("jobs")
    .selectAll()
    .where("join_key", "=", joinKey)
    .where("active", "=", sql.lit(1))
    .executeTakeFirst();
}

/** Nobody joins this job any more; it goes on by itself. */
export function releaseJoinKey(tx: Kysely<Schema>, joinKey: string): Promise<unknown> {
  return tx.updateTable("jobs").set({ join_key: null }).where("join_key", "=", joinKey).execute();
}

export async function countActiveJobs(db: Kysely<Schema>, ownerId: string): Promise<number> {
  const { count } = await db
    .selectFrom("jobs")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("owner_id", "=", ownerId)
    .where("active", "=", sql.lit(1))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** A person's jobs at an upstream are asked about at once: what kept them from being answered may be over. */
export function hurryJobs(tx: Kysely<Schema>, store: Store, ownerId: string, place: string): Promise<unknown> {
  return tx
    .updateTable("jobs")
    .set({ next_poll_at: clock(store), failures: 0 })
    .where("owner_id", "=", ownerId)
    .where("place", "=", place)
    .where("active", "=", 1)
    .where("next_poll_at", "is not", null)
    .execute();
}

export interface JobsQuery {
  ownerId: string;
  kind?: JobKindName | undefined;
  states?: readonly JobState[] | undefined;
  before?: { at: number; id: string } | undefined;
  limit: number;
}

/** A person's jobs, newest first. */
export function listJobs(db: Kysely<Schema>, { ownerId, kind, states, before, limit }: JobsQuery): Promise<JobRow[]> {
  let query = db.selectFrom("jobs").selectAll().where("owner_id", "=", ownerId);
  if (kind !== undefined) query = query.where("kind", "=", kind);
  if (states !== undefined) query = query.where("state", "in", states);
  if (before !== undefined) {
    query = query.where((e) =>
      e.or([e("created_at", "<", before.at), e.and([e("created_at", "=", before.at), e("id", "<", before.id)])]),
    );
  }
  return query.orderBy("created_at", "desc").orderBy("id", "desc").limit(limit).execute();
}

export async function setJobWatched(
  tx: Kysely<Schema>,
  { id, ownerId, watched }: { id: string; ownerId: string; watched: boolean },
): Promise<JobRow | undefined> {
  return tx
    .updateTable("jobs")
    .set({ watched: watched ? 1 : 0 })
    .where("id", "=", id)
    .where("owner_id", "=", ownerId)
    .returningAll()
    .executeTakeFirst();
}

function after(store: Store, ms: number) {
  return sql<number>`${clock(store)} + ${sql.lit(Math.max(0, Math.round(ms)))}`;
}
