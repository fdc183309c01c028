import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import type { Sandbox } from "#lib/sandbox/context.ts";
import { securityHeaders } from "#lib/sandbox/openclaw/answers.ts";
import type { Wire } from "#lib/sandbox/wire.ts";

export function live(wire: Wire): void {
  send(wire, { ok: true, status: "live" });
}

/** The event loop is described roughly: nobody but people reads it. */
export function ready({ startedAt }: Sandbox, wire: Wire): void {
  const { utilization } = performance.eventLoopUtilization();
  send(wire, {
    ready: true,
    failing: [],
    uptimeMs: Date.now() - startedAt,
    eventLoop: {
      degraded: false,
      reasons: [],
      intervalMs: 1000,
      delayP99Ms: 12,
      delayMaxMs: 20,
      utilization,
      cpuCoreRatio: utilization,
      cpuBreakdown: {
        mainThreadCoreRatio: utilization,
        hostUtilization: utilization / availableParallelism(),
        hostCpuCount: availableParallelism(),
      },
    },
  });
}

/** A stand-in for the page of the real gateway: a probe must be able to meet HTML. */
export function controlUi(wire: Wire): void {
  const page =
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>OpenClaw Control</title></head><body><openclaw-app></openclaw-app></body></html>\n';
  wire.head(200, {
    ...securityHeaders,
    "X-Frame-Options": "DENY",
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-cache",
    "Content-Length": Buffer.byteLength(page),
  });
  wire.end(page);
}

function send(wire: Wire, value: unknown): void {
  const text = JSON.stringify(value);
  wire.head(200, {
    ...securityHeaders,
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Length": Buffer.byteLength(text),
  });
  wire.end(text);
}
