import "server-only";
import { appOrigin, env } from "#lib/server/env.ts";
import { log } from "#lib/server/log.ts";
import { perProcess } from "#lib/server/per-process.ts";
import { runningSandbox, type Sandbox, sandbox } from "#lib/server/sandbox.ts";
import { type EffectiveOpenClaw, effectiveOpenClaw, isConfigured } from "#lib/server/settings/effective.ts";
import {
  type EffectiveOpenMarlin,
  effectiveOpenMarlin,
  isOpenMarlinConfigured,
} from "#lib/server/settings/effective-openmarlin.ts";
import { onStoredChange, readStored, readStoredOpenMarlin } from "#lib/server/settings/stored.ts";
import { makeConnection, type OpenClawConnection } from "#lib/server/upstream/openclaw/connection.ts";
import type { OpenMarlinConnection } from "#lib/server/upstream/openmarlin/connection.ts";
import { parseBase } from "#lib/server/upstream/origin.ts";
import { AppError } from "#lib/shared/errors.ts";

/**
 * The connection to the gateway that counts now: the sandbox's, or environment over page. It is kept in memory and read
 * again in the background every few seconds and when another process says that it changed, so asking costs nothing.
 */
export async function openclawConnection(): Promise<OpenClawConnection> {
  const held = state();
  if (held.effective === null) await reload(held);
  else refreshWhenOld(held);
  return connectionOf(held, isSandbox() ? await sandbox() : null);
}

/** The same without waiting; null while it is not known yet. Throws `gateway_unconfigured` when there is none. */
export function loadedConnection(): OpenClawConnection | null {
  const held = state();
  if (held.effective === null) return null;
  refreshWhenOld(held);
  const running = runningSandbox();
  if (held.sandbox && running === null) return null;
  return connectionOf(held, running);
}

/** The same for places that cannot wait: throws `gateway_unreachable` while it is not known yet. */
export function currentConnection(): OpenClawConnection {
  const loaded = loadedConnection();
  if (loaded !== null) return loaded;
  openclawConnection().catch((error: unknown) => log().warn({ error }, "the connection to the gateway is not known"));
  throw new AppError("gateway_unreachable", "The connection to the gateway is not known yet.");
}

/** Whether the built-in upstream stands in for the real ones. Before the first load only the environment is known. */
export function isSandbox(): boolean {
  const held = state();
  if (held.effective !== null) return held.sandbox;
  const { sandbox: forced, openclaw, openmarlin } = env();
  return forced ?? !(isConfigured(openclaw, {}) || isOpenMarlinConfigured(openmarlin, {}));
}

/** `sandbox:<id>` or `real`, for marking data; `sandbox:starting` only while the sandbox is not up. */
export function currentFingerprint(): string {
  if (!isSandbox()) return "real";
  const running = runningSandbox();
  return running === null ? "sandbox:starting" : `sandbox:${running.id}`;
}

/** The connection to OpenMarlin that counts now. Throws `openmarlin_unconfigured` when it is not set up. */
export async function openMarlinConnection(): Promise<OpenMarlinConnection> {
  const held = state();
  if (held.effective === null) await reload(held);
  else refreshWhenOld(held);
  if (isSandbox()) return sandboxOpenMarlin(await sandbox());
  const { connection = null, problem = null } = held.openmarlin ?? {};
  if (connection !== null) return connection;
  throw new AppError("openmarlin_unconfigured", "OpenMarlin is not set up, or its address is not usable.", {
    facts: { reason: problem ?? "not_enabled" },
  });
}

/** The upstreams whose jobs are followed now, as JobsTable names them. */
export function currentPlaces(): string[] {
  if (isSandbox()) return [currentFingerprint()];
  const { connection = null } = state().openmarlin ?? {};
  return connection === null ? [] : [connection.place];
}

/** How much of a shared key one person may use in 24 hours. */
export function openMarlinDailyLimits(): EffectiveOpenMarlin["limits"] {
  return state().openmarlin?.limits ?? { dailyExecutions: null, dailyVideos: null };
}

/** What is configured and where it comes from, freshly read. */
export async function readEffective(): Promise<{
  effective: EffectiveOpenClaw;
  openmarlin: EffectiveOpenMarlin;
  sandbox: boolean;
}> {
  const held = state();
  // A read that began before a change must not be taken for one after it.
  await held.reading?.catch(() => undefined);
  await reload(held);
  const { effective, openmarlin, sandbox: stands } = held;
  if (effective === null || openmarlin === null) throw new AppError("internal", "The settings were not read.");
  return { effective, openmarlin, sandbox: stands };
}

const freshMs = 4000;

interface State {
  effective: EffectiveOpenClaw | null;
  openmarlin: EffectiveOpenMarlin | null;
  sandbox: boolean;
  readAt: number;
  reading: Promise<void> | null;
  /** Made once for each start of the sandbox. */
  sandboxConnection: { of: Sandbox; connection: OpenClawConnection } | null;
}

function state(): State {
  return perProcess("settings.connection", () => {
    const held: State = {
      effective: null,
      openmarlin: null,
      sandbox: false,
      readAt: 0,
      reading: null,
      sandboxConnection: null,
    };
    return held;
  });
}

function reload(held: State): Promise<void> {
  held.reading ??= read(held).finally(() => {
    held.reading = null;
  });
  return held.reading;
}

async function read(held: State): Promise<void> {
  onStoredChange(() => {
    held.readAt = 0;
  });
  const [stored, storedMarlin] = await Promise.all([readStored(), readStoredOpenMarlin()]);
  const { openclaw, openmarlin, sandbox: forced } = env();
  held.effective = effectiveOpenClaw(openclaw, stored);
  held.openmarlin = effectiveOpenMarlin(openmarlin, storedMarlin);
  held.sandbox = forced ?? !(isConfigured(openclaw, stored) || isOpenMarlinConfigured(openmarlin, storedMarlin));
  held.readAt = performance.now();
}

function refreshWhenOld(held: State): void {
  if (held.readAt !== 0 && performance.now() - held.readAt < freshMs) return;
  // What is known stays good while the database is away.
  reload(held).catch((error: unknown) => {
    held.readAt = performance.now();
    log().warn({ error }, "the settings could not be read again");
  });
}

function connectionOf(held: State, running: Sandbox | null): OpenClawConnection {
  if (held.sandbox && running !== null) {
    if (held.sandboxConnection?.of !== running) {
      held.sandboxConnection = { of: running, connection: sandboxConnection(running) };
    }
    return held.sandboxConnection.connection;
  }
  const { connection = null, problem = null } = held.effective ?? {};
  if (connection !== null) return connection;
  throw new AppError("gateway_unconfigured", "No usable address of a gateway is configured.", {
    facts: { reason: problem ?? "no_address" },
  });
}

function sandboxConnection(running: Sandbox): OpenClawConnection {
  const base = parseBase(running.origin);
  if ("problem" in base) throw new AppError("internal", "The sandbox has no usable address.");
  return makeConnection({ base, auth: "token", credential: running.token, fingerprint: `sandbox:${running.id}` });
}

/** The pages for approval and checkout are this app's own; results lie at the sandbox. */
function sandboxOpenMarlin({ openmarlinOrigin, id }: Sandbox): OpenMarlinConnection {
  return {
    origin: openmarlinOrigin,
    place: `sandbox:${id}`,
    authFlow: env().openmarlin.authFlow ?? "device",
    handoffOrigins: [appOrigin(), openmarlinOrigin],
    artifactOrigins: [openmarlinOrigin],
    sharedKey: null,
  };
}
