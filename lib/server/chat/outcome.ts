import "server-only";
import type { MessageProblem, MessageState } from "#lib/shared/chat/types.ts";
import { type AppError, type ErrorCode, isAppError } from "#lib/shared/errors.ts";

/** How a run ended. */
export interface Outcome {
  state: Exclude<MessageState, "queued" | "streaming">;
  problem: MessageProblem | null;
}

/** Faults after which the answer may have gone on without us: what came is kept, and the person may continue. */
const interruptions: ReadonlySet<ErrorCode> = new Set([
  "gateway_cut",
  "gateway_idle_timeout",
  "gateway_total_timeout",
  "gateway_too_large",
  "openmarlin_cut",
  "openmarlin_idle_timeout",
  "openmarlin_total_timeout",
  "openmarlin_too_large",
  "store_write_failed",
  "process_restarted",
]);

/** The one honest state for what an adapter threw. */
export function outcomeOf(thrown: unknown, runId: string): Outcome {
  const error = isAppError(thrown) ? thrown : null;
  const code = error?.code ?? "internal";
  return {
    state: stateAfter(code),
    problem: { code, requestId: runId, ...factsOf(error) },
  };
}

/** Out of credit is a step: nothing was done, and the same message can run once there is some. */
function stateAfter(code: ErrorCode): Outcome["state"] {
  if (code === "insufficient_balance") return "waiting_for_credit";
  return interruptions.has(code) ? "interrupted" : "failed";
}

function factsOf(error: AppError | null): { facts?: Record<string, string | number> } {
  const facts = {
    ...error?.facts,
    ...(error?.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
  };
  return Object.keys(facts).length === 0 ? {} : { facts };
}
