import "server-only";
import { limits } from "#lib/server/limits/limits.ts";
import { openMarlinHeaders } from "#lib/server/upstream/openmarlin/call.ts";
import type { OpenMarlinConnection } from "#lib/server/upstream/openmarlin/connection.ts";
import { ExecutionReader } from "#lib/server/upstream/openmarlin/execution-reader.ts";
import { failureOfFault } from "#lib/server/upstream/openmarlin/failures.ts";
import { type ExchangeLimits, exchange } from "#lib/server/upstream/transport.ts";
import { isTransportFault } from "#lib/server/upstream/transport-fault.ts";
import type { UpstreamEvent } from "#lib/shared/chat/events.ts";
import { AppError, isAppError } from "#lib/shared/errors.ts";

export interface Execution {
  connection: OpenMarlinConnection;
  key: string;
  /** As `executionRequest` makes it. */
  body: Record<string, unknown>;
  signal: AbortSignal;
  /** Overrides of the time limits. */
  limits?: Partial<ExchangeLimits>;
}

/**
 * Sends one execution and calls `on` once for each chunk of the answer that says something. Resolves when the answer ended
 * well; rejects with an AppError that names the failure. Never repeated: the upstream has no key against a second run, and
 * no way to cancel one, so aborting only stops listening.
 */
export async function execute(execution: Execution, on: (events: UpstreamEvent[]) => void): Promise<void> {
  const { connection, key, signal } = execution;
  const body = JSON.stringify(execution.body);
  if (Buffer.byteLength(body) > limits.openmarlin.requestBytes) {
    throw new AppError("too_large", "This is more than OpenMarlin is sent.", {
      facts: { limitBytes: limits.openmarlin.requestBytes },
    });
  }
  const reader = new ExecutionReader(on);
  try {
    await exchange(
      {
        origin: connection.origin,
        method: "POST",
        path: "/v1/executions",
        headers: openMarlinHeaders(key, true),
        body,
        signal,
        limits: { ...timeLimits(execution.body["stream"] !== false), ...execution.limits },
      },
      reader,
    );
    reader.end();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (isTransportFault(error)) throw reader.failure(failureOfFault(error));
    throw isAppError(error) ? ownCode(error) : error;
  }
}

/** A whole answer says nothing before it is there. */
function timeLimits(streamed: boolean): ExchangeLimits {
  const { slowFirstByteMs, idleMs, totalMs } = limits.upstream;
  return { firstByteMs: streamed ? slowFirstByteMs : totalMs, idleMs, totalMs };
}

/** The decoder of event streams speaks of the gateway. */
function ownCode(error: AppError): AppError {
  if (error.code !== "gateway_malformed" && error.code !== "gateway_too_large") return error;
  const code = error.code === "gateway_malformed" ? "openmarlin_malformed" : "openmarlin_too_large";
  return new AppError(code, error.message, { cause: error });
}
