import "server-only";
import { EventEmitter } from "node:events";
import { type Dispatcher, Pool } from "undici";
import { perProcess } from "#lib/server/per-process.ts";
import { lookupPrivate } from "#lib/server/upstream/origin.ts";
import { connectFault, readFault, TransportFault } from "#lib/server/upstream/transport-fault.ts";

/** One request to an upstream. Only what stands here is sent: nothing of a client's request travels on. */
export interface Exchange {
  origin: string;
  method: "GET" | "POST";
  /** With prefix and query. */
  path: string;
  headers: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
  limits: ExchangeLimits;
}

export interface ExchangeLimits {
  /** From the start to the first sign of life. */
  firstByteMs: number;
  /** Between two signs of life. */
  idleMs: number;
  totalMs: number;
}

/** Response headers, names in lower case. */
export type ResponseHeaders = Record<string, string | string[] | undefined>;

/** Whoever reads an answer. What it throws ends the exchange with that error, the connection discarded. */
export interface Receiver {
  head(status: number, headers: ResponseHeaders): void;
  /**
   * Bytes as they come. `alive` restarts the idle limit, `quiet` does not (keep-alive comments prove nothing), `done`
   * ends the exchange here and leaves what follows unread.
   */
  data(chunk: Buffer): "alive" | "quiet" | "done";
}

/**
 * Sends one request and feeds the answer to `receiver`; resolves at its end. Rejects with {@link TransportFault}, or
 * with what the receiver threw. Redirects are never followed, bodies never decompressed, and a connection whose answer
 * was not read to its end is never used again.
 */
export function exchange(request: Exchange, receiver: Receiver): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const { signal, limits } = request;
    if (signal?.aborted === true) {
      reject(new TransportFault("aborted"));
      return;
    }
    const stop = new EventEmitter();
    const startedAt = performance.now();
    let heardAt = startedAt;
    let alive = false;
    let settled = false;
    let unread = 0;
    let timer = setTimeout(checkTime, Math.min(limits.firstByteMs, limits.totalMs));

    function settle(error?: unknown): void {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      if (error === undefined) {
        resolve();
        return;
      }
      reject(error);
      // Destroys the socket, or keeps a request that has not left from leaving.
      stop.emit("abort");
    }
    function onAbort(): void {
      settle(new TransportFault("aborted"));
    }
    // One timer that looks at the clock when it fires: nothing is re-armed for each chunk.
    function checkTime(): void {
      const now = performance.now();
      const left = (alive ? limits.idleMs : limits.firstByteMs) - (now - heardAt);
      const leftInAll = limits.totalMs - (now - startedAt);
      if (leftInAll <= 0) settle(new TransportFault("total"));
      else if (left <= 0) settle(new TransportFault(alive ? "idle" : "first_byte"));
      else timer = setTimeout(checkTime, Math.ceil(Math.min(left, leftInAll)));
    }
    function onHead(error: Error | null, answer: Dispatcher.ResponseData): void {
      if (error !== null) {
        settle(connectFault(error));
        return;
      }
      const { body } = answer;
      body.on("error", (cause) => settle(readFault(cause)));
      if (settled) return;
      try {
        refuseEncoding(answer.headers);
        receiver.head(answer.statusCode, answer.headers);
      } catch (thrown) {
        settle(thrown);
        return;
      }
      body.on("data", (chunk: Buffer) => onChunk(body, chunk));
      body.once("end", () => settle());
      body.once("close", () => {
        if (!settled) settle(new TransportFault("cut"));
      });
    }
    function onChunk(body: Dispatcher.ResponseData["body"], chunk: Buffer): void {
      if (settled) {
        // What follows the last event: a little is read so that the connection can serve again.
        unread += chunk.length;
        if (unread > restBytes) stop.emit("abort");
        return;
      }
      try {
        const verdict = receiver.data(chunk);
        if (verdict === "quiet") return;
        heardAt = performance.now();
        if (!alive) {
          alive = true;
          clearTimeout(timer);
          checkTime();
        }
        if (verdict === "alive") return;
        settle();
        const patience = setTimeout(() => stop.emit("abort"), restMs).unref();
        body.once("close", () => clearTimeout(patience));
      } catch (thrown) {
        settle(thrown);
      }
    }

    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      poolOf(request.origin).request(
        {
          path: request.path,
          method: request.method,
          headers: { "accept-encoding": "identity", "user-agent": "breakwater", ...request.headers },
          body: request.body ?? null,
          signal: stop,
        },
        onHead,
      );
    } catch (thrown) {
      settle(connectFault(thrown));
    }
  });
}

/** An answer read whole. */
export interface WholeAnswer {
  status: number;
  headers: ResponseHeaders;
  body: Buffer;
}

/** Sends one request and reads the answer up to `maxBytes`; beyond it rejects with a `too_large` fault. */
export async function exchangeWhole(request: Exchange, maxBytes: number): Promise<WholeAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  let status = 0;
  let headers: ResponseHeaders = {};
  await exchange(request, {
    head(code, received) {
      status = code;
      headers = received;
    },
    data(chunk) {
      size += chunk.length;
      if (size > maxBytes) throw new TransportFault("too_large");
      chunks.push(chunk);
      return "alive";
    },
  });
  return { status, headers, body: chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks) };
}

/** One header as text; the first where a server sent several. */
export function headerText(headers: ResponseHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Closes idle and open connections of every upstream, at the end of a process or a test. */
export async function closePools(): Promise<void> {
  const pools = allPools();
  const open = [...pools.values()];
  pools.clear();
  await Promise.all(open.map((pool) => pool.destroy()));
}

const restBytes = 64 * 1024;
const restMs = 1000;
const connectMs = 10_000;
/** Every restart of the sandbox has another port, and so another pool. */
const maxPools = 16;

function allPools(): Map<string, Pool> {
  return perProcess("upstream.pools", () => new Map<string, Pool>());
}

/** The connections to one origin. */
export function poolOf(origin: string): Pool {
  const pools = allPools();
  const existing = pools.get(origin);
  if (existing !== undefined) return existing;
  const pool = new Pool(origin, {
    // Every stream holds a connection; their number is bounded by the admission of runs.
    connections: null,
    pipelining: 1,
    allowH2: false,
    // Our own timer races every read, to the millisecond.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      timeout: connectMs,
      ...(origin.startsWith("http:") ? { lookup: lookupPrivate } : {}),
    },
  });
  const oldest = pools.entries().next().value;
  if (oldest !== undefined && pools.size >= maxPools) {
    pools.delete(oldest[0]);
    // Waits for what still runs on it.
    oldest[1].close().catch(() => undefined);
  }
  pools.set(origin, pool);
  return pool;
}

function refuseEncoding(headers: ResponseHeaders): void {
  const encoding = headerText(headers, "content-encoding");
  if (encoding === undefined || encoding === "" || encoding.toLowerCase() === "identity") return;
  throw new TransportFault("malformed", new Error("The answer has a Content-Encoding that was not asked for."));
}
