import "server-only";
import { onTestFinished } from "vitest";
import { firstAdmin } from "#lib/server/auth/people.testing.ts";
import { openHouse, type TestBrowser } from "#lib/server/auth/testing.ts";
import { loadImage } from "#lib/server/chat/attachments.ts";
import { Chat, chatSlot } from "#lib/server/chat/chat.ts";
import { ChatEngine } from "#lib/server/chat/engine.ts";
import { openclawBackend } from "#lib/server/chat/openclaw-backend.ts";
import { openmarlinBackend } from "#lib/server/chat/openmarlin-backend.ts";
import { JobEngine } from "#lib/server/jobs/engine.ts";
import { jobsSlot } from "#lib/server/jobs/jobs.ts";
import { allJobKinds } from "#lib/server/jobs/kinds/all.ts";
import { pace } from "#lib/server/jobs/testing.ts";
import { currentPlaces } from "#lib/server/settings/connection.ts";
import { registerInstance } from "#lib/server/store/instances.ts";
import { dataKeys } from "#lib/server/store/keys.ts";
import { putOpenMarlinAccount } from "#lib/server/store/openmarlin-accounts.ts";
import { accountPurpose } from "#lib/server/store/reseal.ts";
import type { Store } from "#lib/server/store/store.ts";
import { type ControlledSandbox, sandboxWorkspace } from "#lib/server/upstream/openmarlin/testing.ts";

export interface MarlinHouse {
  store: Store;
  admin: TestBrowser;
  chat: Chat;
  jobs: JobEngine;
}

/** A whole process for a test, whose OpenMarlin is at `serverUrl`; the first admin is signed in, and jobs are followed. */
export async function marlinHouse(
  serverUrl: string,
  { dialect = "sqlite", environment = {} }: { dialect?: Store["dialect"]; environment?: Record<string, string> } = {},
): Promise<MarlinHouse> {
  const store = await openHouse({ dialect, environment: { OPENMARLIN_SERVER_URL: serverUrl, ...environment } });
  const admin = await firstAdmin();
  const { chat, jobs } = await startWork(store);
  return { store, admin, chat, jobs };
}

/** What a process runs beside answering requests, as the start makes it, but in a hurry. Replaces what ran before. */
export async function startWork(store: Store): Promise<{ chat: Chat; jobs: JobEngine }> {
  const epoch = await registerInstance(store);
  const backends = { openclaw: openclawBackend, openmarlin: openmarlinBackend };
  const engine = new ChatEngine({ store, backends, places: { openclaw: 16, openmarlin: 16 }, epoch, loadImage });
  const chat = new Chat(store, engine);
  chatSlot().current = chat;
  onTestFinished(() => engine.drain(0));
  return { chat, jobs: await startJobs(store) };
}

/** The job engine alone. */
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

/** Gives a person of the house a workspace of the sandbox with so many credits, as if they had registered. */
export async function giveAccount(
  store: Store,
  sandbox: ControlledSandbox,
  userId: string,
  credits: number,
): Promise<{ workspaceId: string; key: string }> {
  const { workspaceId, keyId, key } = await sandboxWorkspace(sandbox, credits);
  const [place = ""] = currentPlaces();
  await store.write((tx) =>
    putOpenMarlinAccount(tx, {
      user_id: userId,
      place,
      sealed_key: dataKeys().seal(key, accountPurpose(userId, place)),
      key_id: keyId,
      account_id: null,
      workspace_id: workspaceId,
      workspace_name: null,
      created_at: Date.now(),
    }),
  );
  return { workspaceId, key };
}
