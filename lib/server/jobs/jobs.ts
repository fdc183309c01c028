import "server-only";
import { z } from "zod";
import { decodeCursor, encodeCursor } from "#lib/server/chat/cursor.ts";
import { idSchema } from "#lib/server/http/schemas.ts";
import type { JobEngine } from "#lib/server/jobs/engine.ts";
import { jobView } from "#lib/server/jobs/view.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { perProcess } from "#lib/server/per-process.ts";
import { findJob, type JobRow, listJobs, moveJob, setJobWatched } from "#lib/server/store/jobs.ts";
import { AppError } from "#lib/shared/errors.ts";
import { activeJobStates, endedJobStates, type JobPage, type JobView, jobKinds } from "#lib/shared/jobs.ts";

/** The job engine of this process, once it has started. Throws `store_unavailable` before that. */
export function jobs(): JobEngine {
  const { current } = jobsSlot();
  if (current === null) {
    throw new AppError("store_unavailable", "This server is still starting.", { retryAfterSeconds: 2 });
  }
  return current;
}

/** Where the process keeps its job engine; the start fills it. */
export function jobsSlot(): { current: JobEngine | null } {
  return perProcess<{ current: JobEngine | null }>("jobs", () => ({ current: null }));
}

export const jobsQuerySchema = z.strictObject({
  kind: z.enum(jobKinds).optional(),
  /** `active`, `ended`, or one state. */
  state: z.enum(["active", "ended", ...activeJobStates, ...endedJobStates]).optional(),
  cursor: z.string().max(300).optional(),
});

export const jobChangeSchema = z.strictObject({ watched: z.boolean() });

const positionSchema = z.strictObject({ at: z.int(), id: idSchema });

/** A page of a person's jobs, newest first. */
export async function pageOfJobs(
  engine: JobEngine,
  ownerId: string,
  { kind, state, cursor }: z.output<typeof jobsQuerySchema>,
): Promise<JobPage> {
  const found = await listJobs(engine.store.db, {
    ownerId,
    kind,
    states: state === undefined ? undefined : statesOf(state),
    before: cursor === undefined ? undefined : decodeCursor(positionSchema, cursor),
    limit: limits.page.jobs + 1,
  });
  const rows = found.slice(0, limits.page.jobs);
  const last = rows.at(-1);
  const more = found.length > rows.length && last !== undefined;
  return {
    items: rows.map((row) => jobView(engine, row)),
    nextCursor: more ? encodeCursor({ at: last.created_at, id: last.id }) : null,
    now: await engine.store.now(),
  };
}

export async function viewJob(engine: JobEngine, ownerId: string, id: string): Promise<JobView> {
  return jobView(engine, await ownJob(engine, ownerId, id));
}

/** Whether a notice is wanted when it ends. */
export async function changeJob(
  engine: JobEngine,
  ownerId: string,
  id: string,
  { watched }: z.output<typeof jobChangeSchema>,
): Promise<JobView> {
  const row = await engine.store.write((tx) => setJobWatched(tx, { id, ownerId, watched }));
  if (row === undefined) throw notFound();
  return jobView(engine, row);
}

/** Calls a job off, where its kind and state allow it; `conflict` otherwise. Calling off twice changes nothing. */
export async function cancelJob(engine: JobEngine, ownerId: string, id: string): Promise<JobView> {
  const row = await ownJob(engine, ownerId, id);
  if (row.state === "cancelled") return jobView(engine, row);
  const from = engine.kinds.get(row.kind)?.cancellable ?? [];
  const moved =
    from.length === 0
      ? undefined
      : await engine.store.write((tx) =>
          moveJob(tx, engine.store, { id, ownerId, from }, { state: "cancelled", ended: true }),
        );
  if (moved === undefined) throw new AppError("conflict", "This job cannot be cancelled any more.");
  return jobView(engine, moved);
}

/** Starts a job that waits for credit, by a click. Throws `conflict` when it waits no more. */
export async function resumeJob(engine: JobEngine, ownerId: string, id: string): Promise<JobView> {
  const row = await ownJob(engine, ownerId, id);
  if (!engine.places().includes(row.place)) throw new AppError("sandbox_data", "Its upstream is not connected now.");
  const resumed = await engine.resume(ownerId, id);
  if (resumed === null) throw new AppError("conflict", "This job does not wait for credit any more.");
  return jobView(engine, resumed);
}

/** A person's job; a foreign one is as missing as none. */
export async function ownJob(engine: JobEngine, ownerId: string, id: string): Promise<JobRow> {
  const row = await findJob(engine.store.db, ownerId, id);
  if (row === undefined) throw notFound();
  return row;
}

function statesOf(state: NonNullable<z.output<typeof jobsQuerySchema>["state"]>) {
  if (state === "active") return activeJobStates;
  if (state === "ended") return endedJobStates;
  return [state];
}

function notFound(): AppError {
  return new AppError("not_found", "This job does not exist.");
}
