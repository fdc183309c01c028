import { toAmount } from "#lib/sandbox/openmarlin/credits.ts";
import type { Wire } from "#lib/sandbox/wire.ts";

/**
 * The error codes: those the client knows, and those that are the sandbox's own because the contract names none for the
 * case. The statuses are all the sandbox's own; the contract has only 402.
 */
const statuses = {
  missing_api_key: 401,
  invalid_api_key: 401,
  api_key_inactive: 403,
  workspace_missing: 403,
  account_missing: 403,
  invalid_request: 400,
  invalid_routing_labels: 400,
  provider_label_mismatch: 409,
  provider_unavailable: 503,
  execution_provider_not_found: 404,
  execution_provider_ambiguous: 409,
  execution_kind_not_available: 400,
  task_executor_not_found: 400,
  idempotency_conflict: 409,
  // Unknown in the contract from here on.
  not_found: 404,
  method_not_allowed: 405,
  payload_too_large: 413,
  execution_timeout: 504,
  internal_error: 500,
  registration_session_not_found: 404,
  registration_session_pending: 409,
  registration_session_expired: 410,
  api_key_already_issued: 409,
  task_not_found: 404,
  topup_session_not_found: 404,
};

export type ErrorCode = keyof typeof statuses;

/** A refusal with the exact body. Thrown by handlers, answered once. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    super(JSON.stringify(body));
    this.status = status;
    this.body = body;
  }
}

/** The first of the two shapes: a code under `error`, and nothing beside it. */
export function refuse(code: ErrorCode): Refusal {
  return new Refusal(statuses[code], { error: code });
}

/** The other shape, for the balance alone. */
export function insufficientBalance(workspaceId: string, current: number, required: number): Refusal {
  return new Refusal(402, {
    error_code: "insufficient_balance",
    message: "The workspace balance is not sufficient for this request.",
    workspace_id: workspaceId,
    current_balance: toAmount(current),
    required_balance: toAmount(required),
  });
}

/** Names in lower case, like all of this upstream: its client reads an event stream only then. */
export function sendJson(wire: Wire, status: number, value: unknown): void {
  const text = JSON.stringify(value);
  wire.head(status, {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "content-length": Buffer.byteLength(text),
  });
  wire.end(text);
}
