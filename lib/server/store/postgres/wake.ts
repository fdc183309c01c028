import "server-only";
import { randomBytes } from "node:crypto";
import type { Client, Pool } from "pg";
import { connectionConfig, query } from "#lib/server/store/postgres/pool.ts";
import type { Wake } from "#lib/server/store/store.ts";

const channel = "breakwater";
/** PostgreSQL refuses 8000. */
const maxPayloadBytes = 7900;
/** Notifications of one process are at least this far apart; the first goes at once. */
const gapMs = 50;
/** While the database is away nothing is kept beyond this: followers read the store anyway. */
const maxTopics = 20_000;

/** Wakes other processes over LISTEN and NOTIFY. Nothing depends on it: a lost notification costs a follower two seconds. */
export function postgresWake(pool: Pool, databaseUrl: string): Wake & { close(): Promise<void> } {
  const me = randomBytes(6).toString("hex");
  const sender = notifier(pool, me);
  const listeners = new Set<(topics: string[]) => void>();
  let listening: Listening | undefined;
  return {
    notify: sender.notify,
    listen(onTopics) {
      listeners.add(onTopics);
      listening ??= listenForEver(databaseUrl, (payload) => {
        const [from, ...topics] = payload.split("\n");
        if (from === me || topics.length === 0) return;
        for (const listener of [...listeners]) listener(topics);
      });
      return () => listeners.delete(onTopics);
    },
    async close() {
      sender.close();
      await listening?.close();
    },
  };
}

function notifier(pool: Pool, me: string) {
  let topics = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let sentAt = Number.NEGATIVE_INFINITY;
  let isClosed = false;

  async function send(): Promise<void> {
    timer = undefined;
    sentAt = performance.now();
    const now = topics;
    topics = new Set();
    for (const payload of payloads(me, now)) await query(pool, "select pg_notify($1, $2)", [channel, payload]);
  }

  return {
    notify(names: string[]): void {
      if (isClosed) return;
      for (const name of names) if (topics.size < maxTopics) topics.add(name);
      if (topics.size === 0 || timer !== undefined) return;
      const waitMs = Math.max(0, sentAt + gapMs - performance.now());
      timer = setTimeout(() => void send().catch(() => undefined), waitMs);
    },
    close(): void {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

function payloads(me: string, topics: Iterable<string>): string[] {
  const done: string[] = [];
  let current = me;
  for (const topic of topics) {
    if (current !== me && Buffer.byteLength(current) + 1 + Buffer.byteLength(topic) > maxPayloadBytes) {
      done.push(current);
      current = me;
    }
    current += `\n${topic}`;
  }
  return [...done, current];
}

interface Listening {
  close(): Promise<void>;
}

/** Holds one connection that listens, and makes a new one, ever less eagerly, whenever it is lost. */
function listenForEver(databaseUrl: string, onPayload: (payload: string) => void): Listening {
  let client: Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let isClosed = false;

  async function connect(): Promise<void> {
    const { default: pg } = await import("pg");
    if (isClosed) return;
    const mine = new pg.Client(connectionConfig(databaseUrl));
    client = mine;
    const again = () => {
      if (client !== mine) return;
      client = undefined;
      mine.end().catch(() => undefined);
      if (isClosed) return;
      failures += 1;
      timer = setTimeout(() => void connect(), backOffMs(failures));
    };
    mine.on("error", again);
    mine.on("end", again);
    mine.on("notification", ({ payload }) => {
      if (payload !== undefined) onPayload(payload);
    });
    try {
      await mine.connect();
      await mine.query(`listen ${channel}`);
      // Whatever was said while nobody listened is lost.
      if (failures > 0) onPayload("\n*");
      failures = 0;
    } catch {
      again();
    }
  }

  void connect();
  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}

function backOffMs(failures: number): number {
  return Math.min(5000, 200 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random() / 2);
}
