import "server-only";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { appOrigin, env } from "#lib/server/env.ts";
import { log } from "#lib/server/log.ts";
import { perProcess } from "#lib/server/per-process.ts";
import { AppError } from "#lib/shared/errors.ts";

/** The built-in upstream while it runs. */
export interface Sandbox {
  /** Loopback, a port of the system's choice. */
  origin: string;
  /** Where its OpenMarlin part listens. */
  openmarlinOrigin: string;
  /** Bearer of its gateway part. */
  token: string;
  /** Bearer of its control endpoint, through which it is told to misbehave. */
  controlToken: string;
  /** Lives in its file: the same across restarts, another after the file is removed. */
  id: string;
  pid: number;
}

interface Keeper {
  token: string;
  controlToken: string;
  running: Sandbox | null;
  child: ChildProcess | null;
  starting: Promise<Sandbox> | null;
  failures: number;
  stopped: boolean;
}

/** The sandbox, started as a child process on first use. Rejects with `gateway_unreachable` when it does not come up. */
export function sandbox(): Promise<Sandbox> {
  const held = keeper();
  if (held.running !== null) return Promise.resolve(held.running);
  held.starting ??= start(held).finally(() => {
    held.starting = null;
  });
  return held.starting;
}

/** The sandbox if it runs at this moment. */
export function runningSandbox(): Sandbox | null {
  return keeper().running;
}

/** Ends the child process and does not start it again. */
export function stopSandbox(): void {
  const held = keeper();
  held.stopped = true;
  held.child?.kill();
}

const readyWithinMs = 20_000;

function keeper(): Keeper {
  return perProcess("sandbox", () => {
    const held: Keeper = {
      token: randomBytes(24).toString("hex"),
      controlToken: randomBytes(24).toString("hex"),
      running: null,
      child: null,
      starting: null,
      failures: 0,
      stopped: false,
    };
    process.once("exit", () => held.child?.kill());
    return held;
  });
}

async function start(held: Keeper): Promise<Sandbox> {
  held.stopped = false;
  const { root, dataDir } = env();
  mkdirSync(dataDir, { recursive: true });
  const child = spawn(
    process.execPath,
    ["--conditions=react-server", "--no-warnings", path.join(/*turbopackIgnore: true*/ root, "lib/sandbox/main.ts")],
    {
      cwd: root,
      // It gets nothing of our environment but what it needs: no secret of a real upstream can leak into it.
      env: {
        PATH: process.env["PATH"],
        NODE_ENV: process.env.NODE_ENV,
        SANDBOX_FILE: path.join(/*turbopackIgnore: true*/ dataDir, "sandbox.sqlite"),
        SANDBOX_TOKEN: held.token,
        SANDBOX_CONTROL_TOKEN: held.controlToken,
        // The pages that a person opens are this app's own.
        SANDBOX_SETTINGS: JSON.stringify({ openmarlin: { pagesOrigin: appOrigin() } }),
      },
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    },
  );
  held.child = child;
  child.unref();
  child.channel?.unref();
  child.once("exit", (code, signal) => onExit(held, child, code, signal));
  const ready = await readyLine(child);
  held.failures = 0;
  held.running = {
    origin: `http://127.0.0.1:${ready.port}`,
    openmarlinOrigin: `http://127.0.0.1:${ready.openmarlinPort}`,
    token: held.token,
    controlToken: held.controlToken,
    id: ready.id,
    pid: child.pid ?? 0,
  };
  // For tests and for whoever wants to see it misbehave: only the account that runs the server can read it.
  const { origin, controlToken } = held.running;
  writeFileSync(
    path.join(/*turbopackIgnore: true*/ dataDir, "sandbox.json"),
    JSON.stringify({ origin, controlToken }),
    {
      mode: 0o600,
    },
  );
  return held.running;
}

/** The child says where it listens in one line of JSON on its output. */
function readyLine(child: ChildProcess): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer);
      reject(
        new AppError("gateway_unreachable", `The sandbox did not start: ${why}.`, { facts: { reason: "sandbox" } }),
      );
    };
    const timer = setTimeout(() => {
      child.kill();
      fail("it said nothing in time");
    }, readyWithinMs);
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code) => fail(`it ended with ${code ?? "a signal"}`));
    const { stdout } = child;
    if (stdout === null) return fail("it has no output");
    createInterface(stdout).on("line", (line) => {
      const found = parseReady(line);
      if (found === null) return;
      clearTimeout(timer);
      resolve(found);
    });
    (stdout as unknown as { unref?(): void }).unref?.();
  });
}

interface Ready {
  port: number;
  openmarlinPort: number;
  id: string;
}

function parseReady(line: string): Ready | null {
  try {
    const { port, openmarlinPort, id } = JSON.parse(line) as { [Name in keyof Ready]?: unknown };
    const ready = typeof port === "number" && typeof openmarlinPort === "number" && typeof id === "string";
    return ready ? { port, openmarlinPort, id } : null;
  } catch {
    return null;
  }
}

function onExit(held: Keeper, child: ChildProcess, code: number | null, signal: string | null): void {
  if (held.child !== child) return;
  held.running = null;
  held.child = null;
  if (held.stopped) return;
  held.failures += 1;
  const delayMs = Math.min(30_000, 250 * 2 ** held.failures);
  log().warn({ code, signal, delayMs }, "the sandbox ended and is started again");
  setTimeout(() => {
    if (held.stopped || held.child !== null) return;
    sandbox().catch((error: unknown) => log().error({ error }, "the sandbox does not start"));
  }, delayMs).unref();
}
