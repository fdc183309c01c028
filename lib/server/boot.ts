import "server-only";
import { setUpCode } from "#lib/server/auth/set-up-code.ts";
import { loadImage } from "#lib/server/chat/attachments.ts";
import { Chat, chatSlot } from "#lib/server/chat/chat.ts";
import { ChatEngine } from "#lib/server/chat/engine.ts";
import { startHousekeeping } from "#lib/server/chat/housekeeping.ts";
import { openclawBackend } from "#lib/server/chat/openclaw-backend.ts";
import { openmarlinBackend } from "#lib/server/chat/openmarlin-backend.ts";
import { recover, watch } from "#lib/server/chat/watch.ts";
import { appOrigin, env } from "#lib/server/env.ts";
import { JobEngine } from "#lib/server/jobs/engine.ts";
import { jobsSlot } from "#lib/server/jobs/jobs.ts";
import { allJobKinds } from "#lib/server/jobs/kinds/all.ts";
import { lifecycle } from "#lib/server/lifecycle.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { log } from "#lib/server/log.ts";
import { perProcess } from "#lib/server/per-process.ts";
import { currentPlaces, openclawConnection } from "#lib/server/settings/connection.ts";
import { stopOnSignals } from "#lib/server/stop.ts";
import { registerInstance } from "#lib/server/store/instances.ts";
import { authSecret, dataKeys } from "#lib/server/store/keys.ts";
import { lockDataDir } from "#lib/server/store/lock.ts";
import { closeStore, openStoreOnce } from "#lib/server/store/open.ts";
import { resealCredentials } from "#lib/server/store/reseal.ts";
import { resealSettings } from "#lib/server/store/settings.ts";

/**
 * Starts what this process runs beside answering requests, once. Settings that make no sense end the process with one
 * sentence; a database that is away is waited for, and the process is not ready until it answers.
 */
export async function boot(): Promise<void> {
  await perProcess("boot", async () => {
    try {
      await prepare();
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    }
    const started = start();
    // SQLite opens in milliseconds. PostgreSQL may be away: then requests are answered with the reason meanwhile.
    if (env().databaseUrl === undefined) await started;
  });
}

/** What can be refused at once: the settings, the keys, the data folder. */
async function prepare(): Promise<void> {
  const { databaseUrl, dataDir } = env();
  if (databaseUrl === undefined) {
    const lock = await lockDataDir(dataDir);
    lock.publish(appOrigin());
    process.once("exit", () => lock.release());
  }
  authSecret();
  dataKeys();
}

async function start(): Promise<void> {
  const { databaseUrl, dataDir } = env();
  for (let waitMs = 500; ; waitMs = Math.min(5000, waitMs * 2)) {
    try {
      await openStoreOnce({ databaseUrl, dataDir });
      await openHouse();
      return;
    } catch (error) {
      lifecycle().reason = "store_unavailable";
      log().error({ message: "The server cannot start yet and tries again.", error });
      await closeStore().catch(() => undefined);
      await new Promise((wake) => setTimeout(wake, waitMs));
    }
  }
}

async function openHouse(): Promise<void> {
  const { databaseUrl, dataDir, openclaw, production } = env();
  const store = await openStoreOnce({ databaseUrl, dataDir });
  const reseal = Promise.all([resealSettings(store, dataKeys()), resealCredentials(store, dataKeys())]);
  await reseal.catch((error: unknown) =>
    log().error({ message: "Stored credentials still carry an older DATA_KEY, which must stay in the list.", error }),
  );
  const connection = await openclawConnection().catch((error: unknown) => {
    log().error({ message: "The connection to the gateway is not known yet.", error });
    return null;
  });
  const epoch = await registerInstance(store);
  const engine = new ChatEngine({
    store,
    backends: { openclaw: openclawBackend, openmarlin: openmarlinBackend },
    places: { openclaw: openclaw.maxTurns, openmarlin: limits.openmarlin.places },
    epoch,
    loadImage,
  });
  const chat = new Chat(store, engine);
  await recover(chat);
  const stopWatching = watch(chat);
  const jobs = new JobEngine({
    store,
    kinds: allJobKinds,
    epoch: () => engine.epoch,
    places: currentPlaces,
  });
  const stopHousekeeping = startHousekeeping(store);
  chatSlot().current = chat;
  jobsSlot().current = jobs;
  // Only now: what a job finds out may start a message.
  jobs.start();
  const code = await setUpCode(store);
  if (production) stopOnSignals(chat, async () => Promise.all([stopWatching(), stopHousekeeping(), jobs.stop()]));
  Object.assign(lifecycle(), { state: "ready", reason: null });
  announce(code, connection);
}

function announce(code: string | null, connection: { fingerprint: string; url: string } | null): void {
  const upstream =
    connection === null
      ? "OpenClaw: not connected"
      : connection.fingerprint === "real"
        ? `OpenClaw: ${connection.url}`
        : "OpenClaw: the built-in sandbox (set OPENCLAW_GATEWAY_URL to connect a real gateway)";
  const path = code === null ? "/" : `/setup?code=${code}`;
  const once = code === null ? "" : "   (the code works once)";
  process.stdout.write(`\n  Breakwater   ${appOrigin()}${path}${once}\n  ${upstream}\n\n`);
}
