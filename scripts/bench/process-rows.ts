import { type Row, ratioRow } from "#scripts/bench/figures.ts";
import { breakwaterTarget, pipeTarget, stream, type Target } from "#scripts/bench/load.ts";
import { launchNextPipe, startNextPipe } from "#scripts/bench/next-pipe.ts";
import { startBreakwater } from "#scripts/support/breakwater.ts";
import type { HttpPerson } from "#scripts/support/person.ts";
import { freePort, memoryMB, pause, startNode, until } from "#scripts/support/processes.ts";

interface Options {
  quick: boolean;
  /** A data folder where the people exist; no server runs on it. */
  dataDir: string;
  environment: Record<string, string>;
  upstreamUrl: string;
  /** Somebody who is signed in, whatever the port. */
  person: HttpPerson;
}

/** Memory some seconds after the start, before anybody came; and from the start of the process to the first token. */
export async function processRows(options: Options): Promise<Row[]> {
  const rounds = options.quick ? 1 : 5;
  const idle = { ours: [] as number[], theirs: [] as number[] };
  const start = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const pipe = await startNextPipe(options.upstreamUrl);
    const ours = await startBreakwater({ dataDir: options.dataDir, environment: options.environment });
    await pause(options.quick ? 2000 : 8000);
    idle.theirs.push(memoryMB(pipe.pid));
    idle.ours.push(memoryMB(ours.pid));
    await pipe.end("SIGKILL");
    await ours.end();
  }
  for (let round = 0; round < rounds * 2; round += 1) {
    start.theirs.push(await startPipe(options));
    start.ours.push(await startOurs(options));
  }
  return [
    ratioRow("idle memory, store open", 1.3, "MB", idle.ours, idle.theirs, "an empty Next.js"),
    ratioRow("start to first streamed token", 1.5, "ms", start.ours, start.theirs, "an empty Next.js"),
  ];
}

async function startPipe(options: Options): Promise<number> {
  const startedAt = performance.now();
  const server = await launchNextPipe(options.upstreamUrl);
  await firstToken(pipeTarget(server.pid, server.url));
  const took = performance.now() - startedAt;
  await server.end("SIGKILL");
  return took;
}

async function startOurs(options: Options): Promise<number> {
  const port = await freePort();
  const startedAt = performance.now();
  const server = startNode(["scripts/serve.mjs"], {
    NODE_ENV: "production",
    PORT: String(port),
    DATA_DIR: options.dataDir,
    LOG_LEVEL: "warn",
    ...options.environment,
  });
  const person = options.person.at(`http://127.0.0.1:${port}`);
  await firstToken(breakwaterTarget(server.pid, person.origin, [person]));
  const took = performance.now() - startedAt;
  await server.end();
  return took;
}

/** Asks until the server listens and is ready. */
async function firstToken(target: Target): Promise<void> {
  const streamed = await until(() => stream(target, "[[n=1]]", 0).catch(() => undefined), 20_000, 3);
  if (streamed === undefined) throw new Error(`${target.name} streamed nothing within 20 s of its start.`);
}

/** The most memory that each process ever had. */
export function peakMemoryRow(ours: Target, pipe: Target): Row {
  return ratioRow(
    "peak memory under the load above",
    1.3,
    "MB",
    [memoryMB(ours.pid, "VmHWM")],
    [memoryMB(pipe.pid, "VmHWM")],
  );
}
