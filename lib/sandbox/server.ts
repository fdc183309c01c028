import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { makeClock } from "#lib/sandbox/clock.ts";
import type { Sandbox } from "#lib/sandbox/context.ts";
import { answerControl, controlPath } from "#lib/sandbox/control.ts";
import { BodyTooLarge, type Exchange, makeExchange } from "#lib/sandbox/exchange.ts";
import { type FaultPlan, makeFaultDesk, type UpstreamName } from "#lib/sandbox/faults.ts";
import { faultyWire } from "#lib/sandbox/faulty-wire.ts";
import { gatewayTables, makeGateway } from "#lib/sandbox/openclaw/gateway.ts";
import { makeOpenMarlin, openMarlinTables } from "#lib/sandbox/openmarlin/openmarlin.ts";
import { makeRequestLog } from "#lib/sandbox/request-log.ts";
import { makeSettings, type SettingsChange } from "#lib/sandbox/settings.ts";
import { openStore } from "#lib/sandbox/store.ts";
import { type HeaderNames, plainWire } from "#lib/sandbox/wire.ts";

export interface SandboxOptions {
  /** SQLite file; ":memory:" (the default) forgets everything at the end. */
  file?: string;
  /** 0 (the default) takes a free one. */
  port?: number;
  /** Port of the OpenMarlin part; 0 (the default) takes a free one. */
  openmarlinPort?: number;
  /** Random when absent. */
  token?: string;
  controlToken?: string;
  settings?: SettingsChange;
}

export interface RunningSandbox {
  port: number;
  /** `http://127.0.0.1:<port>`: the gateway, and the control endpoint for everything. */
  url: string;
  /** An origin of its own: both upstreams have a `/v1/models`, and the address of this one may have no path. */
  openmarlin: { port: number; url: string };
  token: string;
  controlToken: string;
  id: string;
  /** Cancels what runs, closes all connections and the file. */
  close(): Promise<void>;
}

/** Starts the built-in upstreams on 127.0.0.1. Rejects when a port or the file is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  const settings = makeSettings(options.settings);
  const store = openStore(options.file ?? ":memory:", [...gatewayTables, ...openMarlinTables]);
  const sandbox: Sandbox = {
    store,
    settings,
    clock: makeClock(settings),
    faults: makeFaultDesk(),
    log: makeRequestLog(),
    openmarlinOrigin: "",
    token: options.token ?? randomBytes(24).toString("hex"),
    controlToken: options.controlToken ?? randomBytes(24).toString("hex"),
    startedAt: Date.now(),
  };
  const gateway = makeGateway(sandbox);
  const openmarlin = makeOpenMarlin(sandbox);
  const upstreams: Upstream[] = [
    {
      name: "openclaw",
      headerNames: "as_given",
      answer: gateway.answer,
      control: (exchange) => answerControl(sandbox, { gateway, openmarlin }, exchange),
    },
    { name: "openmarlin", headerNames: "lower_case", answer: openmarlin.answer, control: null },
  ];
  const servers = upstreams.map((upstream) => serverOf((...pair) => serve(sandbox, upstream, ...pair)));
  const close = async () => {
    const closed = Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    for (const server of servers) server.closeAllConnections();
    await closed;
    await Promise.all([gateway.settled(), openmarlin.settled()]);
    store.close();
  };
  try {
    const wanted = [options.port ?? 0, options.openmarlinPort ?? 0];
    const ports = await Promise.all(servers.map((server, index) => listen(server, wanted[index] ?? 0)));
    const [port = 0, openmarlinPort = 0] = ports;
    sandbox.openmarlinOrigin = originOf(openmarlinPort);
    return {
      port,
      url: originOf(port),
      openmarlin: { port: openmarlinPort, url: sandbox.openmarlinOrigin },
      token: sandbox.token,
      controlToken: sandbox.controlToken,
      id: store.id,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function serverOf(answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Server {
  return createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.destroyed) console.error("sandbox:", error);
      response.destroy();
    });
  });
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function originOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** Large enough for every part; each part has its own, smaller limit. */
const anyBodyBytes = 64_000_000;

interface Upstream {
  name: UpstreamName;
  headerNames: HeaderNames;
  answer(exchange: Exchange): Promise<void>;
  /** What answers under the control path, where there is one. */
  control: ((exchange: Exchange) => Promise<void>) | null;
}

async function serve(
  sandbox: Sandbox,
  upstream: Upstream,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const wire = plainWire(request, response, upstream.headerNames);
  const exchange = makeExchange(request, wire);
  const forControl = exchange.path === controlPath || exchange.path.startsWith(`${controlPath}/`);
  if (upstream.control !== null && forControl) return upstream.control(exchange);
  record(sandbox, upstream.name, exchange, response);
  exchange.plan = await planOf(sandbox, upstream.name, exchange);
  if (Object.keys(exchange.plan).length > 0) {
    exchange.wire = faultyWire(wire, exchange.plan, response);
    if (await answeredByFault(exchange)) return;
  }
  await upstream.answer(exchange);
}

async function planOf({ faults }: Sandbox, upstream: UpstreamName, exchange: Exchange): Promise<FaultPlan> {
  const { method, path } = exchange;
  if (!faults.wantsBody(upstream, method, path)) return faults.take(upstream, method, path, "");
  try {
    return faults.take(upstream, method, path, (await exchange.body(anyBodyBytes)).toString());
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

function record(
  { log }: Sandbox,
  upstream: UpstreamName,
  { method, path, headers }: Exchange,
  response: ServerResponse,
): void {
  const began = performance.now();
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    shown[name] = name === "authorization" ? "(hidden)" : String(value);
  }
  log.add({ kind: "request", upstream, method, path, headers: shown });
  response.on("close", () => {
    const ms = Math.round(performance.now() - began);
    const status = response.headersSent ? response.statusCode : 0;
    log.add({ kind: "answer", upstream, method, path, status, ms, complete: response.writableFinished });
  });
}
