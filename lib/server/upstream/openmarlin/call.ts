import "server-only";
import type { z } from "zod";
import { limits } from "#lib/server/limits/limits.ts";
import type { OpenMarlinConnection } from "#lib/server/upstream/openmarlin/connection.ts";
import { failureOfAnswer, failureOfFault } from "#lib/server/upstream/openmarlin/failures.ts";
import { exchangeWhole, type WholeAnswer } from "#lib/server/upstream/transport.ts";
import { isTransportFault } from "#lib/server/upstream/transport-fault.ts";
import { AppError } from "#lib/shared/errors.ts";

export interface OpenMarlinCall {
  connection: OpenMarlinConnection;
  /** A workspace key; null for the registration calls, which carry no credential at all. */
  key: string | null;
  path: string;
  /** Sent as JSON by POST; without one the call is a GET. */
  body?: unknown;
  maxBytes?: number;
}

/**
 * One call that answers with JSON, read through `schema`. Throws an AppError that names the failure: `openmarlin_*` or
 * `insufficient_balance`. Repeats nothing.
 */
export async function callOpenMarlin<S extends z.ZodType>(call: OpenMarlinCall, schema: S): Promise<z.output<S>> {
  const answer = await send(call);
  if (answer.status < 200 || answer.status > 299) {
    // Without a key it is about a registration, whose very ids are secrets: nothing of the answer goes into a log.
    throw failureOfAnswer(answer.status, answer.headers, answer.body, { quote: call.key !== null });
  }
  const parsed = schema.safeParse(parseJson(answer.body));
  if (parsed.success) return parsed.data;
  const noun = call.path.split("/").slice(0, 4).join("/");
  throw new AppError("openmarlin_malformed", `The answer of ${noun} is not as agreed.`, { cause: parsed.error });
}

/** Headers of every call: JSON both ways, also where a stream is asked for. */
export function openMarlinHeaders(key: string | null, hasBody: boolean): Record<string, string> {
  return {
    accept: "application/json",
    ...(hasBody ? { "content-type": "application/json" } : {}),
    ...(key === null ? {} : { authorization: `Bearer ${key}` }),
  };
}

async function send({ connection, key, path, body, maxBytes }: OpenMarlinCall): Promise<WholeAnswer> {
  try {
    return await exchangeWhole(
      {
        origin: connection.origin,
        method: body === undefined ? "GET" : "POST",
        path,
        headers: openMarlinHeaders(key, body !== undefined),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        limits: limits.openmarlin.call,
      },
      maxBytes ?? limits.openmarlin.answerBytes,
    );
  } catch (error) {
    throw isTransportFault(error) ? failureOfFault(error) : error;
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}
