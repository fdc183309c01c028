import { randomUUID } from "node:crypto";
import { limitRow, median, percentile, type Row, ratioRow } from "#scripts/bench/figures.ts";
import { type Streamed, stream, streamMany, streamTogether, type Target } from "#scripts/bench/load.ts";
import { firstMessage } from "#scripts/support/messages.ts";
import type { HttpPerson } from "#scripts/support/person.ts";
import { cpuMs, pause, until } from "#scripts/support/processes.ts";
import type { StubStats } from "#scripts/support/stub-gateway.ts";

export interface Bench {
  quick: boolean;
  upstream: Target;
  pipe: Target;
  ours: Target;
  people: HttpPerson[];
  stats(): Promise<StubStats>;
}

/** Requests take turns one by one, so that no target sits idle while another is warm. */
export async function timeToFirstToken(bench: Bench): Promise<Row[]> {
  const { upstream, pipe, ours } = bench;
  const added = {
    pipe: { p50: [] as number[], p95: [] as number[] },
    ours: { p50: [] as number[], p95: [] as number[] },
  };
  const order = "[[n=5]]";
  for (let round = -1; round < (bench.quick ? 2 : 7); round += 1) {
    const first = { upstream: [] as number[], pipe: [] as number[], ours: [] as number[] };
    for (let slot = 0; slot < (bench.quick ? 60 : 150); slot += 1) {
      first.upstream.push((await stream(upstream, order, slot)).firstTokenMs);
      first.pipe.push((await stream(pipe, order, slot)).firstTokenMs);
      first.ours.push((await stream(ours, order, slot)).firstTokenMs);
    }
    // The first round warms everything up.
    if (round < 0) continue;
    const bare = median(first.upstream);
    for (const who of ["pipe", "ours"] as const) {
      added[who].p50.push(percentile(first[who], 0.5) - bare);
      added[who].p95.push(percentile(first[who], 0.95) - bare);
    }
  }
  return [
    ratioRow("time to first token added, idle, p50", 1.6, "ms", added.ours.p50, added.pipe.p50),
    ratioRow("time to first token added, idle, p95", 1.6, "ms", added.ours.p95, added.pipe.p95),
  ];
}

export async function cpuPerRequest(bench: Bench): Promise<Row[]> {
  const total = bench.quick ? 150 : 500;
  const cost = async (target: Target) => {
    const before = cpuMs(target.pid);
    await streamMany(target, "[[n=20]]", total, 8);
    await pause(300);
    return (cpuMs(target.pid) - before) / total;
  };
  const [ours, theirs] = await takeTurns(bench, bench.quick ? 2 : 5, cost);
  return [ratioRow("CPU per request of 20 tokens", 1.8, "ms", ours, theirs)];
}

/** Streams at the pace of a fast model. Also the delay of each token. */
export async function pacedStreams(bench: Bench, count: number): Promise<Row[]> {
  const seconds = bench.quick ? 5 : 12;
  const delays = { ours: [] as number[][], theirs: [] as number[][] };
  const lost: string[] = [];
  const cost = async (target: Target) => {
    const before = cpuMs(target.pid);
    const streams = await streamTogether(target, `[[n=${seconds * 20} every=50]]`, count, 500);
    const tokens = sum(streams.map((one) => one.tokens));
    await pause(300);
    const spent = (cpuMs(target.pid) - before) / tokens;
    if (tokens !== count * seconds * 20 || sum(streams.map((one) => one.disorder)) > 0) {
      lost.push(`${target.name}: ${tokens} of ${count * seconds * 20} tokens`);
    }
    delays[target === bench.ours ? "ours" : "theirs"].push(allDelays(streams));
    return spent * 1000;
  };
  const [ours, theirs] = await takeTurns(bench, bench.quick ? 1 : 3, cost);
  const rows = [ratioRow(`CPU per token, ${count} streams x 20 tokens/s`, 1.3, "us", ours, theirs)];
  const at = (who: "ours" | "theirs", share: number) => delays[who].slice(1).map((list) => percentile(list, share));
  const beside = (share: number) => `next-pipe ${median(at("theirs", share)).toFixed(1)} ms`;
  if (count === 100) {
    rows.push(limitRow("token delay at 100 streams, p95", 10, "ms", at("ours", 0.95), beside(0.95)));
    rows.push(limitRow("token delay at 100 streams, p99", 25, "ms", at("ours", 0.99), beside(0.99)));
  }
  rows.push(limitRow(`tokens lost or reordered at ${count} streams`, 0, "runs", [lost.length], lost.join("; ")));
  return rows;
}

export async function flood(bench: Bench): Promise<Row[]> {
  const tokens = bench.quick ? 5_000 : 20_000;
  const cost = async (target: Target) => {
    const before = cpuMs(target.pid);
    const streams = await streamMany(target, `[[n=${tokens}]]`, 8, 4);
    await pause(300);
    return ((cpuMs(target.pid) - before) / sum(streams.map((one) => one.tokens))) * 1000;
  };
  const [ours, theirs] = await takeTurns(bench, bench.quick ? 2 : 5, cost);
  return [ratioRow("CPU per token, upstream at full speed", 1.5, "us", ours, theirs)];
}

/** Stop by the button, watched until the upstream sees it; then a thousand at once, half of them with the reader gone. */
export async function stops(bench: Bench): Promise<Row[]> {
  const delays: number[] = [];
  for (let slot = 0; slot < (bench.quick ? 20 : 60); slot += 1) {
    const id = `stop${slot}`;
    const asked = await startAndStop(personAt(bench, slot), id, false);
    const closedAt = await until(async () => (await bench.stats()).closedAt[id], 5000, 5);
    delays.push(closedAt === undefined ? Number.POSITIVE_INFINITY : closedAt / 1000 - asked);
  }
  const many = bench.quick ? 100 : 1000;
  let next = 0;
  const worker = async () => {
    for (let slot = next++; slot < many; slot = next++)
      await startAndStop(personAt(bench, slot), `many${slot}`, slot % 2 === 0);
  };
  await Promise.all(Array.from({ length: 40 }, worker));
  const quiet = await until(async () => ((await bench.stats()).open === 0 ? 0 : undefined), 5000);
  const left = quiet ?? (await bench.stats()).open;
  return [
    limitRow(
      "stop until the upstream is closed, p95",
      100,
      "ms",
      [percentile(delays, 0.95)],
      `p50 ${median(delays).toFixed(1)} ms`,
    ),
    limitRow(`streams left after ${many} starts, each stopped`, 0, "streams", [left]),
  ];
}

/** Returns when the stop was asked for, in milliseconds of the machine's monotonic clock. */
async function startAndStop(person: HttpPerson, id: string, leave: boolean): Promise<number> {
  const reader = new AbortController();
  let askedAt = 0;
  const request = { ...firstMessage(`[[n=2000 every=50 id=${id}]]`), requestId: randomUUID() };
  try {
    let runId = "";
    for await (const event of person.send(request, reader.signal)) {
      if (event.type === "accepted") runId = event.runId;
      if (event.type !== "delta" || askedAt > 0) continue;
      if (leave) reader.abort();
      askedAt = Number(process.hrtime.bigint() / 1000n) / 1000;
      await person.json("POST", `/api/runs/${runId}/stop`);
      if (leave) break;
    }
  } catch (error) {
    if (!reader.signal.aborted) throw error;
  }
  return askedAt;
}

/** Ours and theirs alternately, after one round of each that warms up. */
async function takeTurns(
  bench: Bench,
  rounds: number,
  measure: (target: Target) => Promise<number>,
): Promise<[number[], number[]]> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = -1; round < rounds; round += 1) {
    const their = await measure(bench.pipe);
    const our = await measure(bench.ours);
    if (round < 0) continue;
    theirs.push(their);
    ours.push(our);
  }
  return [ours, theirs];
}

function personAt(bench: Bench, slot: number): HttpPerson {
  const person = bench.people[slot % bench.people.length];
  if (person === undefined) throw new Error("There are no people to send as.");
  return person;
}

function allDelays(streams: readonly Streamed[]): number[] {
  return streams.flatMap((one) => one.delays);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
