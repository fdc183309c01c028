import http from "node:http";
import { firstMessage } from "#scripts/support/messages.ts";
import type { HttpPerson } from "#scripts/support/person.ts";
import { pause } from "#scripts/support/processes.ts";
import { TokenReader } from "#scripts/support/stamps.ts";

/** Something that can be asked for a stream: Breakwater, next-pipe, or the upstream itself. */
export interface Target {
  readonly name: string;
  readonly pid: number;
  readonly origin: string;
  /** Path, headers and body of the request for a stream of this order. `slot` spreads requests over people. */
  ask(order: string, slot: number): { path: string; headers: Record<string, string>; body: string };
}

export interface Streamed {
  firstTokenMs: number;
  tokens: number;
  disorder: number;
  /** Milliseconds from the upstream's write to this process's read, for each token. */
  delays: number[];
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 2000 });

/** Asks for one stream and reads it to its end. Rejects when it is refused. */
export function stream(target: Target, order: string, slot: number): Promise<Streamed> {
  const { path, headers, body } = target.ask(order, slot);
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const request = http.request(`${target.origin}${path}`, { method: "POST", agent, headers }, (response) => {
      const reader = new TokenReader();
      const streamed: Streamed = { firstTokenMs: Number.NaN, tokens: 0, disorder: 0, delays: [] };
      let refusal = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        if (response.statusCode !== 200) refusal += text;
        reader.push(text, (token) => {
          if (streamed.tokens === 0) streamed.firstTokenMs = performance.now() - startedAt;
          streamed.tokens += 1;
          streamed.delays.push(token.delayMs);
        });
      });
      response.once("error", reject);
      response.once("end", () => {
        streamed.disorder = reader.disorder;
        if (response.statusCode === 200) resolve(streamed);
        else reject(new Error(`${target.name} answered ${response.statusCode}: ${refusal.slice(0, 300)}`));
      });
    });
    request.once("error", reject);
    request.end(body);
  });
}

/** Runs `total` streams, at most `atOnce` of them at a time. */
export async function streamMany(target: Target, order: string, total: number, atOnce: number): Promise<Streamed[]> {
  const done: Streamed[] = [];
  let next = 0;
  const worker = async () => {
    for (let slot = next++; slot < total; slot = next++) done.push(await stream(target, order, slot));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return done;
}

/** Opens `count` streams over `spreadMs` and waits for all. */
export function streamTogether(target: Target, order: string, count: number, spreadMs: number): Promise<Streamed[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, slot) => {
      await pause((slot / count) * spreadMs);
      return await stream(target, order, slot);
    }),
  );
}

export function pipeTarget(pid: number, origin: string): Target {
  return {
    name: "next-pipe",
    pid,
    origin,
    ask: (order) => ({
      path: "/api/pipe",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "openclaw/main", stream: true, messages: [{ role: "user", content: order }] }),
    }),
  };
}

export function directTarget(pid: number, origin: string): Target {
  return {
    ...pipeTarget(pid, origin),
    name: "upstream",
    ask: (...args) => ({ ...pipeTarget(pid, origin).ask(...args), path: "/v1/chat/completions" }),
  };
}

export function breakwaterTarget(pid: number, origin: string, people: readonly HttpPerson[]): Target {
  return {
    name: "breakwater",
    pid,
    origin,
    ask(order, slot) {
      const person = people[slot % people.length];
      if (person === undefined) throw new Error("There are no people to send as.");
      return {
        path: "/api/chat",
        headers: person.headers("application/json"),
        body: JSON.stringify(firstMessage(order)),
      };
    },
  };
}
