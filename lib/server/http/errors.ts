import "server-only";
import { log } from "#lib/server/log.ts";
import { AppError, type ErrorBody, isAppError } from "#lib/shared/errors.ts";

/** Any thrown value as a response in the one wire shape. What is not an AppError is logged whole and told as `internal`. */
export function errorResponse(thrown: unknown, requestId: string): Response {
  const error = toAppError(thrown);
  if (error.status >= 500) log().error({ requestId, code: error.code, error: thrown });
  const retryAfterSeconds = error.retryAfterSeconds === undefined ? undefined : clampSeconds(error.retryAfterSeconds);
  const body: ErrorBody = {
    error: {
      code: error.code,
      message: error.message,
      requestId,
      ...(error.fields === undefined ? {} : { fields: error.fields }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      ...(error.facts === undefined ? {} : { facts: error.facts }),
    },
  };
  return Response.json(body, {
    status: error.status,
    headers: retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) },
  });
}

export function toAppError(thrown: unknown): AppError {
  if (isAppError(thrown)) return thrown;
  return new AppError("internal", "Something went wrong on this server.", { cause: thrown });
}

/** Retry-After as we pass it on: whole seconds, 1 to 300. */
export function clampSeconds(seconds: number): number {
  return Math.min(300, Math.max(1, Math.ceil(Number.isFinite(seconds) ? seconds : 1)));
}
