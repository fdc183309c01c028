import "server-only";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { JobEngine } from "#lib/server/jobs/engine.ts";
import { defineKind, type JobAtWork, type JobKind, type JobStep } from "#lib/server/jobs/kind.ts";
import { uuidv7 } from "#lib/server/store/ids.ts";
import { registerInstance } from "#lib/server/store/instances.ts";
import { findJob, type JobRow } from "#lib/server/store/jobs.ts";
import type { Store } from "#lib/server/store/store.ts";

const scriptedInput = z.object({ wish: z.string() });

/** Seconds in the house, milliseconds in a test. */
export const pace = { firstMs: 10, longestMs: 50 };

type AtWork = JobAtWork<z.output<typeof scriptedInput>>;

/** A kind whose upstream is spoken by a test. */
export function scriptedKind(
  speak: { submit?(job: AtWork): Promise<JobStep>; poll?(job: AtWork): Promise<JobStep> },
  more: Partial<Pick<JobKind, "repeatable" | "cancellable" | "deadlineMs" | "pace">> = {},
): JobKind {
  return defineKind<z.output<typeof scriptedInput>>({
    kind: "openmarlin_video",
    input: scriptedInput,
    pace,
    deadlineMs: null,
    repeatable: false,
    cancellable: [],
    submit: speak.submit ?? (async () => ({ state: "queued", upstreamId: "task_1" })),
    poll: speak.poll ?? (async () => ({ state: "succeeded" })),
    ...more,
  });
}

/** A job engine as one server process has it, with an epoch of its own; it looks only when told to. */
export async function testEngine(store: Store, kinds: JobKind[], places = ["real"]): Promise<JobEngine> {
  const epoch = await registerInstance(store);
  const engine = new JobEngine({ store, kinds, epoch: () => epoch, places: () => places, pace });
  onTestFinished(() => engine.stop(100));
  return engine;
}

export function wish(owner: { id: string; name: string }, text = "a wish") {
  return {
    owner,
    kind: "openmarlin_video" as const,
    requestId: uuidv7(),
    place: "real",
    title: text,
    input: { wish: text },
  };
}

/** Looks for due jobs, again and again, until a job fulfils something. */
export async function until(
  engine: JobEngine,
  job: Pick<JobRow, "id" | "owner_id">,
  holds: (row: JobRow) => boolean,
): Promise<JobRow> {
  for (let turn = 0; turn < 1000; turn += 1) {
    const row = await findJob(engine.store.db, job.owner_id, job.id);
    if (row !== undefined && holds(row)) return row;
    await engine.look();
    await engine.idle();
    await new Promise((wake) => setTimeout(wake, 5));
  }
  throw new Error("The job did not come to that.");
}
