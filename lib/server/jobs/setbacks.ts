import "server-only";
import type { JobStep } from "#lib/server/jobs/kind.ts";
import { limits } from "#lib/server/limits/limits.ts";
import type { JobRow } from "#lib/server/store/jobs.ts";
import type { MessageProblem } from "#lib/shared/chat/types.ts";
import { type AppError, type ErrorCode, isAppError } from "#lib/shared/errors.ts";
import { creditsOf } from "#lib/shared/money.ts";

/** Failures after which the upstream may have done what it was asked: the answer was lost, not the request. */
const lostAnswers: ReadonlySet<ErrorCode> = new Set([
  "openmarlin_timeout",
  "openmarlin_idle_timeout",
  "openmarlin_total_timeout",
  "openmarlin_cut",
  "openmarlin_malformed",
  "openmarlin_too_large",
  "openmarlin_failed",
  "process_restarted",
  "internal",
]);

/** Submits that are made again after a lost answer, where that is safe. */
const submitsAtMost = 8;

/**
 * What becomes of a job whose submit failed: refused for good, waiting for credit, to be made again (only where the
 * upstream knows a repetition), or unknown.
 */
export function stepOfFailedSubmit(
  thrown: unknown,
  { isUnknown, repeatable = false, failures = 0 }: { isUnknown?: boolean; repeatable?: boolean; failures?: number },
): JobStep {
  const error = isAppError(thrown) ? thrown : null;
  const problem = problemOf(error);
  if (problem.code === "insufficient_balance") {
    return { state: "waiting_for_credit", problem, required: requiredOf(error) };
  }
  const lost = isUnknown ?? lostAnswers.has(problem.code);
  if (repeatable && failures + 1 < submitsAtMost && (lost || passing.has(problem.code))) {
    return { state: "submitting", problem };
  }
  return { state: lost ? "create_unknown" : "failed", problem };
}

/** Refusals that pass by themselves. */
const passing: ReadonlySet<ErrorCode> = new Set(["openmarlin_unreachable", "openmarlin_rate_limited"]);

/** What becomes of a job after a check that told nothing: it stands as before, until the deadline. */
export function stepOfFailedPoll(thrown: unknown, row: JobRow, now: number): JobStep {
  const error = isAppError(thrown) ? thrown : null;
  const problem = problemOf(error);
  if (problem.code === "openmarlin_not_found" && row.failures + 1 >= limits.jobs.notFoundInARow) {
    return { state: "not_found_upstream", problem };
  }
  if (row.deadline_at !== null && row.deadline_at <= now)
    return { state: "expired", problem: { code: "job_deadline" } };
  return { state: row.state, problem };
}

function problemOf(error: AppError | null): MessageProblem {
  if (error === null) return { code: "internal" };
  const facts = {
    ...error.facts,
    ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
  };
  return { code: error.code, ...(Object.keys(facts).length === 0 ? {} : { facts }) };
}

function requiredOf(error: AppError | null): string | null {
  const required = error?.facts?.["required"];
  return required === undefined ? null : creditsOf(Number(required));
}
