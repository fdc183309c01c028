// `npm run bench`: the budgets of the design against references that are built and run beside it, interleaved. Prints
// ratios and writes bench/results.json. `--quick` for a sanity run, `--server` or `--client` for one half, `--only=flood`
// for one part (first, request, streams100, streams300, flood, stops, peak, process).
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { clientRows } from "#scripts/bench/client-rows.ts";
import { printRow, type Row } from "#scripts/bench/figures.ts";
import { breakwaterTarget, directTarget, pipeTarget } from "#scripts/bench/load.ts";
import { buildNextPipe, startNextPipe } from "#scripts/bench/next-pipe.ts";
import { peakMemoryRow, processRows } from "#scripts/bench/process-rows.ts";
import { type Bench, cpuPerRequest, flood, pacedStreams, stops, timeToFirstToken } from "#scripts/bench/server-rows.ts";
import { startBreakwater } from "#scripts/support/breakwater.ts";
import { adminCredentials, type HttpPerson, invitePerson, setUpAdmin } from "#scripts/support/person.ts";
import { projectRoot, startNode } from "#scripts/support/processes.ts";
import type { StubStats } from "#scripts/support/stub-gateway.ts";

const quick = process.argv.includes("--quick");
const onlyServer = process.argv.includes("--server");
const onlyClient = process.argv.includes("--client");
const only = process.argv.find((arg) => arg.startsWith("--only="))?.slice("--only=".length);
const rows: Row[] = [];

await buildNextPipe();
const stub = startNode(["scripts/support/stub-gateway.ts"]);
const upstreamUrl = `http://127.0.0.1:${(await stub.printed(/listening (\d+)/))[1]}`;
const dataDir = mkdtempSync(path.join(os.tmpdir(), "breakwater-bench-"));
const environment = {
  OPENCLAW_GATEWAY_URL: upstreamUrl,
  OPENCLAW_GATEWAY_TOKEN: "bench-token",
  // The stub runs as many turns at once as it is asked for; a real gateway is spared.
  OPENCLAW_MAX_TURNS: "2000",
  // Lets every person come from an address of their own, so that limits meant for one visitor do not slow the bench.
  TRUST_PROXY: "1",
};

try {
  const server = await startBreakwater({ dataDir, environment });
  const admin = await setUpAdmin(server, adminCredentials, "10.0.0.1");
  if (!onlyClient) {
    const people = await invite(admin, quick ? 40 : 60);
    const pipe = await startNextPipe(upstreamUrl);
    const bench: Bench = {
      quick,
      upstream: directTarget(stub.pid, upstreamUrl),
      pipe: pipeTarget(pipe.pid, pipe.url),
      ours: breakwaterTarget(server.pid, server.url, people),
      people,
      stats: async () => (await (await fetch(`${upstreamUrl}/stats`)).json()) as StubStats,
    };
    const measures: Record<string, (one: Bench) => Promise<Row[]>> = {
      first: timeToFirstToken,
      request: cpuPerRequest,
      streams100: (one) => pacedStreams(one, 100),
      streams300: (one) => pacedStreams(one, 300),
      flood,
      stops,
      peak: async () => [peakMemoryRow(bench.ours, bench.pipe)],
    };
    for (const [name, measure] of Object.entries(measures)) if (wanted(name)) report(await measure(bench));
    await pipe.end("SIGKILL");
  }
  if (!onlyServer) {
    const pipe = await startNextPipe(upstreamUrl);
    report(await clientRows({ quick, emptyUrl: pipe.url, person: admin }));
    await pipe.end("SIGKILL");
  }
  await server.end();
  if (!onlyClient && wanted("process"))
    report(await processRows({ quick, dataDir, environment, upstreamUrl, person: admin }));
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}

mkdirSync(path.join(projectRoot, "bench"), { recursive: true });
const machine = { cpus: os.cpus().length, model: os.cpus()[0]?.model, node: process.version, quick };
writeFileSync(
  path.join(projectRoot, "bench", "results.json"),
  `${JSON.stringify({ at: new Date().toISOString(), machine, rows }, null, 2)}\n`,
);
console.log(
  `\n${rows.filter((row) => row.met).length} of ${rows.length} budgets met; bench/results.json has the figures.`,
);
process.exit(0);

function wanted(name: string): boolean {
  return only === undefined || only === name;
}

function report(more: Row[]): void {
  for (const row of more) printRow(row);
  rows.push(...more);
}

async function invite(admin: HttpPerson, count: number): Promise<HttpPerson[]> {
  console.log(`Inviting ${count} people.`);
  const people: HttpPerson[] = [];
  for (let number = 1; number <= count; number += 1) {
    const credentials = {
      name: `Person ${number}`,
      email: `p${number}@example.org`,
      password: `passphrase number ${number}`,
    };
    people.push(await invitePerson(admin, credentials, { address: `10.0.1.${number}` }));
  }
  return people;
}
