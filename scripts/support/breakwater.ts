import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { freePort, startNode, until, type Watched } from "#scripts/support/processes.ts";

export interface RunningBreakwater extends Watched {
  readonly url: string;
  readonly dataDir: string;
  /** The one-time code that opens the set-up page; empty when people exist already. */
  readonly setUpCode: string;
  /** The whole printed address with the code. */
  readonly setUpUrl: string;
  /** Stops the server if it still runs, and forgets its data folder if it was made here. */
  dispose(): Promise<void>;
}

interface Options {
  /** A folder to keep; else a fresh one that `dispose` removes. */
  dataDir?: string;
  port?: number;
  environment?: Record<string, string>;
}

/** Starts the production build on a free port and waits until it is ready. */
export async function startBreakwater(options: Options = {}): Promise<RunningBreakwater> {
  const dataDir = options.dataDir ?? mkdtempSync(path.join(os.tmpdir(), "breakwater-data-"));
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const server = startNode(["scripts/serve.mjs"], {
    NODE_ENV: "production",
    HOST: "127.0.0.1",
    PORT: String(port),
    DATA_DIR: dataDir,
    LOG_LEVEL: "warn",
    ...withoutConnections(),
    ...options.environment,
  });
  const ready = await until(async () => (server.child.exitCode === null ? await isReady(url) : false), 30_000, 20);
  if (ready !== true) {
    await server.end("SIGKILL");
    throw new Error(`Breakwater did not become ready:\n${server.output().slice(-4000)}`);
  }
  const printed = await until(() => /https?:\/\/\S+[?#&/]code=([\w-]+)/.exec(server.output()) ?? undefined, 500, 20);
  return {
    ...server,
    url,
    dataDir,
    setUpUrl: printed?.[0] ?? "",
    setUpCode: printed?.[1] ?? "",
    async dispose() {
      await server.end();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function isReady(url: string): Promise<true | undefined> {
  try {
    const response = await fetch(`${url}/api/health/ready`);
    await response.arrayBuffer();
    return response.ok ? true : undefined;
  } catch {
    return undefined;
  }
}

/** A test never talks to what the person at this machine has connected. */
function withoutConnections(): Record<string, string> {
  const names = Object.keys(process.env).filter((name) =>
    /^(OPENCLAW|OPENMARLIN|OPENAI|AUTH|DATABASE|DATA_KEY|TRUST)/.test(name),
  );
  return Object.fromEntries(names.map((name) => [name, ""]));
}
