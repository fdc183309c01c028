/**
 * Every failure that a person can meet. The wording stands in `messages/<language>/errors.ts` under the same code;
 * a code without wording, or wording without a code, does not compile.
 */
export const errorStatus = {
  bad_request: 400,
  invalid_input: 422,
  unauthenticated: 401,
  invalid_credentials: 401,
  forbidden: 403,
  foreign_origin: 403,
  host_refused: 421,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  request_id_reused: 409,
  version_conflict: 409,
  gone: 410,
  too_large: 413,
  unsupported_media_type: 415,
  confirmation_required: 428,
  rate_limited: 429,
  too_many_runs: 429,
  queue_full: 429,
  storage_full: 507,
  draining: 503,
  store_unavailable: 503,
  internal: 500,
  last_admin: 409,
  code_invalid: 410,
  set_up_done: 410,
  password_weak: 422,
  email_taken: 409,
  identity_not_linked: 403,
  identity_taken: 409,
  sign_in_failed: 502,
  demo_disabled: 403,
  sandbox_data: 409,
  agent_unavailable: 422,
  gateway_unconfigured: 503,
  gateway_unreachable: 503,
  gateway_unauthorized: 503,
  gateway_locked_out: 503,
  gateway_refused_proxy: 503,
  gateway_endpoint_disabled: 503,
  gateway_agent_unknown: 503,
  gateway_bad_request: 502,
  gateway_failed: 502,
  gateway_overloaded: 503,
  gateway_first_byte_timeout: 504,
  gateway_idle_timeout: 504,
  gateway_total_timeout: 504,
  gateway_cut: 502,
  gateway_malformed: 502,
  gateway_too_large: 502,
  gateway_empty: 502,
  provider_unauthorized: 502,
  provider_out_of_credit: 502,
  provider_rate_limited: 502,
  provider_cooling_down: 502,
  provider_refused: 502,
  provider_failed: 502,
  answer_not_appendable: 502,
  process_restarted: 503,
  store_write_failed: 503,
  too_many_jobs: 429,
  job_deadline: 504,
  insufficient_balance: 402,
  daily_limit_reached: 429,
  openmarlin_unconfigured: 503,
  openmarlin_not_connected: 409,
  openmarlin_shared_key: 409,
  openmarlin_ask_admin: 403,
  openmarlin_unreachable: 503,
  openmarlin_timeout: 504,
  openmarlin_idle_timeout: 504,
  openmarlin_total_timeout: 504,
  openmarlin_cut: 502,
  openmarlin_malformed: 502,
  openmarlin_too_large: 502,
  openmarlin_empty: 502,
  openmarlin_failed: 502,
  openmarlin_refused: 502,
  openmarlin_rate_limited: 503,
  openmarlin_not_found: 502,
  openmarlin_key_invalid: 503,
  openmarlin_key_inactive: 503,
  openmarlin_workspace_missing: 503,
  openmarlin_account_missing: 503,
  openmarlin_labels_invalid: 422,
  openmarlin_provider_unavailable: 503,
  openmarlin_labels_mismatch: 422,
  openmarlin_provider_unknown: 422,
  openmarlin_provider_ambiguous: 422,
  openmarlin_kind_unavailable: 503,
  openmarlin_no_task_executor: 503,
  openmarlin_idempotency_conflict: 409,
  openmarlin_request_invalid: 422,
  openmarlin_handoff_refused: 502,
  openmarlin_artifact_refused: 502,
  openmarlin_no_artifact: 404,
  top_up_pending: 409,
  openmarlin_task_failed: 502,
  top_up_payment_failed: 402,
  openmarlin_no_images: 422,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof errorStatus;

/** One problem with one field of a request; `path` is dotted, as in `items.0.name`. */
export interface FieldProblem {
  path: string;
  message: string;
}

/** The one wire shape of a failed request. */
export interface ErrorBody {
  error: {
    code: ErrorCode;
    /** English, for logs and scripts; a page shows its own wording for `code`. */
    message: string;
    requestId: string;
    fields?: FieldProblem[];
    /** Whole seconds, 1-300. */
    retryAfterSeconds?: number;
    /** Facts for the wording, such as `{ limitBytes: 1048576 }`. Never upstream text. */
    facts?: Record<string, string | number>;
  };
}

export interface AppErrorOptions {
  cause?: unknown;
  fields?: FieldProblem[];
  retryAfterSeconds?: number;
  facts?: Record<string, string | number>;
}

/** A failure with a code. Modules are duplicated inside Next, so recognise it with {@link isAppError}, never `instanceof`. */
export class AppError extends Error {
  readonly isAppError = true;
  readonly code: ErrorCode;
  readonly fields: FieldProblem[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly facts: Record<string, string | number> | undefined;

  constructor(code: ErrorCode, message?: string, options: AppErrorOptions = {}) {
    super(message ?? code, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.fields = options.fields;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.facts = options.facts;
  }

  get status(): number {
    return errorStatus[this.code];
  }
}

export function isAppError(error: unknown): error is AppError {
  return error instanceof Error && (error as { isAppError?: unknown }).isAppError === true;
}
