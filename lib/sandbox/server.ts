import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { makeClock } from "#lib/sandbox/clock.ts";
import type { Sandbox } from "#lib/sandbox/context.ts";
import { answerControl, controlPath } from "#lib/sandbox/control.ts";
import { BodyTooLarge, type Exchange, makeExchange } from "#lib/sandbox/exchange.ts";
import { type FaultPlan, makeFaultDesk } from "#lib/sandbox/faults.ts";
import { faultyWire } from "#lib/sandbox/faulty-wire.ts";
import { type Gateway, gatewayTables, makeGateway } from "#lib/sandbox/openclaw/gateway.ts";
import { makeRequestLog } from "#lib/sandbox/request-log.ts";
import { makeSettings, type SettingsChange } from "#lib/sandbox/settings.ts";
import { openStore } from "#lib/sandbox/store.ts";
import { plainWire } from "#lib/sandbox/wire.ts";

export interface SandboxOptions {
  /** SQLite file; ":memory:" (the default) forgets everything at the end. */
  file?: string;
  /** 0 (the default) takes a free one. */
  port?: number;
  /** Random when absent. */
  token?: string;
  controlToken?: string;
  settings?: SettingsChange;
}

export interface RunningSandbox {
  port: number;
  /** `http://127.0.0.1:<port>` */
  url: string;
  token: string;
  controlToken: string;
  id: string;
  /** Cancels what runs, closes all connections and the file. */
  close(): Promise<void>;
}

/** Starts the built-in upstream on 127.0.0.1. Rejects when the port or the file is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  const settings = makeSettings(options.settings);
  const store = openStore(options.file ?? ":memory:", gatewayTables);
  const sandbox: Sandbox = {
    store,
    settings,
    clock: makeClock(settings),
    faults: makeFaultDesk(),
    log: makeRequestLog(),
    token: options.token ?? randomBytes(24).toString("hex"),
    controlToken: options.controlToken ?? randomBytes(24).toString("hex"),
    startedAt: Date.now(),
  };
  const gateway = makeGateway(sandbox);
  const server = createServer((request, response) => {
    serve(sandbox, gateway, request, response).catch((error: unknown) => {
      if (!response.destroyed) console.error("sandbox:", error);
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  }).catch((error: unknown) => {
    store.close();
    throw error;
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    token: sandbox.token,
    controlToken: sandbox.controlToken,
    id: store.id,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await gateway.settled();
      store.close();
    },
  };
}

/** Large enough for every part; each part has its own, smaller limit. */
const anyBodyBytes = 64_000_000;

async function serve(
  sandbox: Sandbox,
  gateway: Gateway,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const wire = plainWire(request, response);
  const exchange = makeExchange(request, wire);
  if (exchange.path === controlPath || exchange.path.startsWith(`${controlPath}/`))
    return answerControl(sandbox, gateway, exchange);
  record(sandbox, exchange, response);
  exchange.plan = await planOf(sandbox, exchange);
  if (Object.keys(exchange.plan).length > 0) {
    exchange.wire = faultyWire(wire, exchange.plan, response);
    if (await answeredByFault(exchange)) return;
  }
  await gateway.answer(exchange);
}

async function planOf(sandbox: Sandbox, exchange: Exchange): Promise<FaultPlan> {
  const { method, path } = exchange;
  if (!sandbox.faults.wantsBody(method, path)) return sandbox.faults.take(method, path, "");
  try {
    return sandbox.faults.take(method, path, (await exchange.body(anyBodyBytes)).toString());
  } catch (error) {
    if (error instanceof BodyTooLarge) return {};
    throw error;
  }
}

/** True: the fault was the whole answer. */
async function answeredByFault({ plan, wire }: Exchange): Promise<boolean> {
  if (plan.delay !== undefined) await delay(plan.delay.ms, undefined, { signal: wire.gone }).catch(() => {});
  if (wire.gone.aborted) return true;
  if (plan.html !== undefined) {
    wire.head(plan.html.status, { "Content-Type": "text/html; charset=utf-8" });
    wire.end(
      "<!doctype html>\n<html><head><title>Bad gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n",
    );
    return true;
  }
  if (plan.status === undefined) return false;
  const { status, headers, body, contentType } = plan.status;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type =
    contentType ?? (typeof body === "string" ? "text/plain; charset=utf-8" : "application/json; charset=utf-8");
  wire.head(status, { "Content-Type": type, ...headers });
  wire.end(text);
  return true;
}

function record(sandbox: Sandbox, { method, path, headers }: Exchange, response: ServerResponse): void {
  const began = performance.now();
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    shown[name] = name === "authorization" ? "(hidden)" : String(value);
  }
  sandbox.log.add({ kind: "request", method, path, headers: shown });
  response.on("close", () => {
    const ms = Math.round(performance.now() - began);
    const status = response.headersSent ? response.statusCode : 0;
    sandbox.log.add({ kind: "answer", method, path, status, ms, complete: response.writableFinished });
  });
}
