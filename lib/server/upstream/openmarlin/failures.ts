import "server-only";
import { z } from "zod";
import { parseRetryAfter } from "#lib/server/upstream/openclaw/failures.ts";
import { amountSchema } from "#lib/server/upstream/openmarlin/amounts.ts";
import { headerText, type ResponseHeaders } from "#lib/server/upstream/transport.ts";
import type { TransportFault } from "#lib/server/upstream/transport-fault.ts";
import { AppError, type ErrorCode } from "#lib/shared/errors.ts";
import { shortfallOf, topUpFor } from "#lib/shared/money.ts";

/**
 * OpenMarlin's failures as codes of ours. It has two shapes: `{"error":"<code>"}` for routing, keys and validation, and
 * `{"error_code":"insufficient_balance", ...}` for the balance. Statuses other than 402 are not documented, so the code
 * counts first. Upstream text is kept as `cause` for the log, never shown.
 */
export function failureOfAnswer(
  status: number,
  headers: ResponseHeaders,
  body: Buffer,
  { quote }: { quote: boolean } = { quote: true },
): AppError {
  const { code, json } = readRefusal(body);
  if (code === "insufficient_balance" || (status === 402 && json)) return insufficient(body);
  const retryAfterSeconds = parseRetryAfter(headerText(headers, "retry-after"), Date.now());
  return new AppError(codes.get(code) ?? byStatus(status), `OpenMarlin answered ${status}.`, {
    cause: new Error(quote ? body.toString("utf8", 0, 300) : code),
    facts: { status, ...(code === "" ? {} : { reason: code }) },
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/** The failure that `execution.error` reports inside a stream. `hasText`: something of the answer was there already. */
export function failureOfEvent(data: string, hasText: boolean): AppError {
  const body = Buffer.from(data);
  const { code } = readRefusal(body);
  // With a part of the answer there, the message must not run again by itself once there is credit.
  if (code === "insufficient_balance" && !hasText) return insufficient(body);
  return new AppError(codes.get(code) ?? "openmarlin_failed", "OpenMarlin reported a failure inside its answer.", {
    cause: new Error(data.slice(0, 300)),
    ...(code === "" ? {} : { facts: { reason: code } }),
  });
}

/** The failure behind a broken exchange. */
export function failureOfFault(fault: TransportFault): AppError {
  const because = { cause: fault.cause ?? fault };
  switch (fault.kind) {
    case "refused":
    case "unreachable":
      return new AppError("openmarlin_unreachable", undefined, {
        ...because,
        facts: { detail: fault.reason ?? "other" },
      });
    case "insecure":
      return new AppError("openmarlin_unconfigured", "Plain http to a public address.", {
        ...because,
        facts: { reason: "plain_http_public" },
      });
    case "first_byte":
      return new AppError("openmarlin_timeout", undefined, because);
    case "idle":
      return new AppError("openmarlin_idle_timeout", undefined, because);
    case "total":
      return new AppError("openmarlin_total_timeout", undefined, because);
    case "malformed":
      return new AppError("openmarlin_malformed", undefined, because);
    case "too_large":
      return new AppError("openmarlin_too_large", undefined, because);
    case "cut":
    case "aborted":
      return new AppError("openmarlin_cut", undefined, because);
  }
}

/** Codes that the published client knows, and those of its earlier release. */
const codes: ReadonlyMap<string, ErrorCode> = new Map([
  ["missing_api_key", "openmarlin_key_invalid"],
  ["invalid_api_key", "openmarlin_key_invalid"],
  ["api_key_inactive", "openmarlin_key_inactive"],
  ["workspace_missing", "openmarlin_workspace_missing"],
  ["account_missing", "openmarlin_account_missing"],
  ["invalid_routing_labels", "openmarlin_labels_invalid"],
  ["provider_unavailable", "openmarlin_provider_unavailable"],
  ["provider_label_mismatch", "openmarlin_labels_mismatch"],
  ["execution_provider_not_found", "openmarlin_provider_unknown"],
  ["provider_route_not_found", "openmarlin_provider_unknown"],
  ["execution_provider_ambiguous", "openmarlin_provider_ambiguous"],
  ["execution_kind_not_available", "openmarlin_kind_unavailable"],
  ["skill_not_available", "openmarlin_kind_unavailable"],
  ["skill_not_available_on_provider", "openmarlin_kind_unavailable"],
  ["task_executor_not_found", "openmarlin_no_task_executor"],
  ["idempotency_conflict", "openmarlin_idempotency_conflict"],
  ["invalid_request", "openmarlin_request_invalid"],
]);

function byStatus(status: number): ErrorCode {
  if (status < 400) return "openmarlin_malformed";
  if (status === 401 || status === 403) return "openmarlin_key_invalid";
  if (status === 402) return "insufficient_balance";
  if (status === 404 || status === 410) return "openmarlin_not_found";
  if (status === 429) return "openmarlin_rate_limited";
  return status < 500 ? "openmarlin_refused" : "openmarlin_failed";
}

function readRefusal(body: Buffer): { code: string; json: boolean } {
  try {
    const parsed: unknown = JSON.parse(body.toString("utf8"));
    if (typeof parsed !== "object" || parsed === null) return { code: "", json: false };
    const { error, error_code, code } = parsed as { error?: unknown; error_code?: unknown; code?: unknown };
    const nested = (error as { code?: unknown } | null | undefined)?.code;
    const named = [error_code, error, nested, code].find((value) => typeof value === "string");
    return { code: typeof named === "string" && /^[a-z][a-z0-9_]{0,59}$/.test(named) ? named : "", json: true };
  } catch {
    return { code: "", json: false };
  }
}

const balanceSchema = z.object({ current_balance: amountSchema, required_balance: amountSchema });

/** The amounts go along where the body has them; a 402 without is one all the same. */
function insufficient(body: Buffer): AppError {
  const parsed = balanceSchema.safeParse(parseJson(body));
  if (!parsed.success || parsed.data.current_balance.unit !== parsed.data.required_balance.unit) {
    return new AppError("insufficient_balance", "The balance is not sufficient.");
  }
  const current = parsed.data.current_balance.amount;
  const required = parsed.data.required_balance.amount;
  return new AppError("insufficient_balance", "The balance is not sufficient.", {
    facts: {
      current,
      required,
      shortfall: shortfallOf(current, required),
      topUp: topUpFor(current, required),
      unit: parsed.data.current_balance.unit,
    },
  });
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}
