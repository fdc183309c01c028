import "server-only";
import { onTestFinished } from "vitest";
import { firstAdmin } from "#lib/server/auth/people.testing.ts";
import { openHouse, type TestBrowser } from "#lib/server/auth/testing.ts";
import { JobEngine } from "#lib/server/jobs/engine.ts";
import { jobsSlot } from "#lib/server/jobs/jobs.ts";
import { allJobKinds } from "#lib/server/jobs/kinds/all.ts";
import { pace } from "#lib/server/jobs/testing.ts";
import { currentPlaces } from "#lib/server/settings/connection.ts";
import { registerInstance } from "#lib/server/store/instances.ts";
import type { Store } from "#lib/server/store/store.ts";

export interface MarlinHouse {
  store: Store;
  admin: TestBrowser;
  jobs: JobEngine;
}

/** A whole process for a test, whose OpenMarlin is at `serverUrl`; the first admin is signed in, and jobs are followed. */
export async function marlinHouse(
  serverUrl: string,
  { dialect = "sqlite", environment = {} }: { dialect?: Store["dialect"]; environment?: Record<string, string> } = {},
): Promise<MarlinHouse> {
  const store = await openHouse({ dialect, environment: { OPENMARLIN_SERVER_URL: serverUrl, ...environment } });
  const admin = await firstAdmin();
  return { store, admin, jobs: await startJobs(store) };
}

/** The job engine of this process, as the start makes it, but in a hurry. */
export async function startJobs(store: Store): Promise<JobEngine> {
  const epoch = await registerInstance(store);
  const engine = new JobEngine({ store, kinds: allJobKinds, epoch: () => epoch, places: currentPlaces, pace });
  jobsSlot().current = engine;
  onTestFinished(() => engine.stop(100));
  return engine;
}

/** Looks for due jobs until something holds. */
export async function eventually<T>(engine: JobEngine, found: () => Promise<T | undefined>): Promise<T> {
  for (let turn = 0; turn < 600; turn += 1) {
    const value = await found();
    if (value !== undefined) return value;
    await engine.look();
    await engine.idle();
    await new Promise((wake) => setTimeout(wake, 10));
  }
  throw new Error("It did not come to that.");
}
