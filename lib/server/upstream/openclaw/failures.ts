import "server-only";
import { headerText, type ResponseHeaders } from "#lib/server/upstream/transport.ts";
import type { TransportFault } from "#lib/server/upstream/transport-fault.ts";
import { AppError, type ErrorCode } from "#lib/shared/errors.ts";

/**
 * The gateway's failures as codes of ours. Facts from gateway release 2026.9.6: the same status means two things, told
 * apart by `error.type`: `unauthorized` and `rate_limited` refuse *us*, `authentication_error`, `insufficient_quota` and
 * `rate_limit_error` come from the agent's model provider. Upstream text is kept as `cause` for the log, never shown.
 */

/** What a refusal says, in either of the gateway's two vocabularies or in plain text. */
export interface Refusal {
  type: string;
  message: string;
  json: boolean;
  missingScope: string | undefined;
}

/** Reads the body of a refusal. Never throws. */
export function readRefusal(body: Buffer): Refusal {
  const text = body.toString("utf8");
  try {
    return refusalOf((JSON.parse(text) as { error?: unknown } | null)?.error, true);
  } catch {
    return { type: "", message: text.slice(0, 200), json: false, missingScope: undefined };
  }
}

function refusalOf(error: unknown, json: boolean): Refusal {
  if (typeof error === "string") return { type: "", message: error, json, missingScope: undefined };
  if (typeof error !== "object" || error === null) return { type: "", message: "", json, missingScope: undefined };
  const { type, message, details } = error as { type?: unknown; message?: unknown; details?: unknown };
  const scope = (details as { missingScope?: unknown } | null | undefined)?.missingScope;
  return {
    type: typeof type === "string" ? type : "",
    message: typeof message === "string" ? message : "",
    json,
    missingScope: typeof scope === "string" && /^[a-z.]{1,40}$/.test(scope) ? scope : undefined,
  };
}

/** The failure behind an answer other than 200. */
export function failureOfStatus(status: number, headers: ResponseHeaders, body: Buffer): AppError {
  const refusal = readRefusal(body);
  const retryAfterSeconds = parseRetryAfter(headerText(headers, "retry-after"), Date.now());
  const make = (code: ErrorCode, facts: Record<string, string | number> = {}) =>
    new AppError(code, `The gateway answered ${status}.`, {
      cause: new Error(`${refusal.type}: ${refusal.message}`.slice(0, 300)),
      facts: { status, ...facts },
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
  const byType = providerCode(refusal);
  if (status >= 200 && status < 400) return make("gateway_malformed");
  if (status === 401) return make(byType ?? "gateway_unauthorized");
  if (status === 402) return make("provider_out_of_credit");
  if (status === 403) {
    if (refusal.type === "proxy_attribution_required") return make("gateway_refused_proxy");
    return make("gateway_unauthorized", refusal.missingScope === undefined ? {} : { scope: refusal.missingScope });
  }
  if (status === 404 || status === 405) {
    return make(isAgentProblem(refusal) ? "gateway_agent_unknown" : "gateway_endpoint_disabled");
  }
  if (status === 413) return make("too_large");
  if (status === 429) {
    if (refusal.type === "rate_limited") return lockedOut(retryAfterSeconds ?? 60);
    return byType === undefined ? make("gateway_overloaded") : withWait(make(byType), refusal);
  }
  if (status < 500) {
    if (isAgentProblem(refusal)) return make("gateway_agent_unknown");
    return make(/^4\d\d /.test(refusal.message) ? "provider_refused" : "gateway_bad_request");
  }
  if (!refusal.json && status !== 500 && retryAfterSeconds === undefined) return make("gateway_unreachable");
  if (status === 503) return make("gateway_overloaded");
  return make(refusal.message.includes("provider") ? "provider_failed" : "gateway_failed");
}

/** The failure that an `error` member inside a 200 answer reports. */
export function failureOfEvent(error: unknown): AppError {
  const refusal = refusalOf(error, true);
  const make = (code: ErrorCode) =>
    new AppError(code, "The gateway reported a failure inside its answer.", {
      cause: new Error(`${refusal.type}: ${refusal.message}`.slice(0, 300)),
    });
  const byType = providerCode(refusal);
  if (byType !== undefined) return withWait(make(byType), refusal);
  if (refusal.type === "unauthorized") return make("gateway_unauthorized");
  if (refusal.type === "rate_limited") return lockedOut(60);
  if (refusal.type === "proxy_attribution_required") return make("gateway_refused_proxy");
  if (isAgentProblem(refusal)) return make("gateway_agent_unknown");
  if (refusal.message.includes("append-only")) return make("answer_not_appendable");
  if (/temporarily disabled|cool(ing)?[- ]?down/i.test(refusal.message)) {
    return withWait(make("provider_cooling_down"), refusal);
  }
  if (refusal.type === "invalid_request_error") return make("provider_refused");
  if (/provider/i.test(refusal.message)) return make("provider_failed");
  return make("gateway_failed");
}

/** The failure behind a broken exchange. */
export function failureOfFault(
  fault: TransportFault,
  limits: { firstByteMs: number; idleMs: number; totalMs: number },
) {
  const because = { cause: fault.cause ?? fault };
  switch (fault.kind) {
    case "refused":
    case "unreachable":
      return new AppError("gateway_unreachable", undefined, { ...because, facts: { reason: fault.reason ?? "other" } });
    case "insecure":
      return new AppError("gateway_unconfigured", "Plain http to a public address.", {
        ...because,
        facts: { reason: "plain_http_public" },
      });
    case "first_byte":
      return new AppError("gateway_first_byte_timeout", undefined, {
        facts: { seconds: inSeconds(limits.firstByteMs) },
      });
    case "idle":
      return new AppError("gateway_idle_timeout", undefined, { facts: { seconds: inSeconds(limits.idleMs) } });
    case "total":
      return new AppError("gateway_total_timeout", undefined, { facts: { seconds: inSeconds(limits.totalMs) } });
    case "malformed":
      return new AppError("gateway_malformed", undefined, because);
    case "too_large":
      return new AppError("gateway_too_large", undefined, because);
    case "cut":
    case "aborted":
      return new AppError("gateway_cut", undefined, because);
  }
}

/** Too many wrong credentials came from this server; nothing is answered before the wait is over. */
export function lockedOut(retryAfterSeconds: number): AppError {
  return new AppError("gateway_locked_out", "The gateway has locked this server out.", { retryAfterSeconds });
}

/** `Retry-After` in whole seconds between 1 and 300; undefined when it is absent or says nothing. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined || value.trim() === "") return undefined;
  const seconds = /^\s*[+-]?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : (Date.parse(value) - nowMs) / 1000;
  return Number.isFinite(seconds) ? clampWait(seconds) : undefined;
}

function clampWait(seconds: number): number {
  return Math.min(300, Math.max(1, Math.ceil(seconds)));
}

function inSeconds(ms: number): number {
  return Math.round(ms / 1000);
}

function providerCode(refusal: Refusal): ErrorCode | undefined {
  switch (refusal.type) {
    case "authentication_error":
      return "provider_unauthorized";
    case "insufficient_quota":
      return "provider_out_of_credit";
    case "rate_limit_error":
      return "provider_rate_limited";
    default:
      return undefined;
  }
}

/** No such agent, none chosen among several, or a model name that this release does not take. */
function isAgentProblem(refusal: Refusal): boolean {
  return /^(Unknown agent|Multiple agents are configured|Invalid `model`)/.test(refusal.message);
}

/** Waits are told in the message only: "Retry-After: 7 seconds", "Retry after about 10 minutes". */
function withWait(error: AppError, refusal: Refusal): AppError {
  const found = /retry[- ]after:?\s*(?:about\s*)?(\d+)\s*(second|minute|hour)/i.exec(refusal.message);
  if (found === null) return error;
  const unit = { second: 1, minute: 60, hour: 3600 }[found[2]?.toLowerCase() as "second" | "minute" | "hour"];
  return new AppError(error.code, error.message, {
    cause: error.cause,
    retryAfterSeconds: clampWait(Number(found[1]) * unit),
    ...(error.facts === undefined ? {} : { facts: error.facts }),
  });
}
