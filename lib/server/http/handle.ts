import "server-only";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { getSession, type Person } from "#lib/server/auth/session.ts";
import { readJson, readNothing } from "#lib/server/http/body.ts";
import { errorResponse } from "#lib/server/http/errors.ts";
import { clientAddress, requestOrigin, requireSameOrigin } from "#lib/server/http/origin.ts";
import { lifecycle } from "#lib/server/lifecycle.ts";
import { limits, type RateName } from "#lib/server/limits/limits.ts";
import { takeRate } from "#lib/server/limits/rates.ts";
import { log, personTag } from "#lib/server/log.ts";
import { AppError, type FieldProblem } from "#lib/shared/errors.ts";

type Access = "public" | "person" | "admin";
type Schema = z.ZodType | undefined;
type Parsed<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined;

interface Context<A extends Access, B extends Schema | "stream", Q extends Schema, P extends Schema> {
  request: Request;
  /** Who asks; null only where `access` is `public`. */
  person: A extends "public" ? Person | null : Person;
  body: B extends "stream" ? ReadableStream<Uint8Array> | null : Parsed<Exclude<B, "stream">>;
  query: Parsed<Q>;
  params: Parsed<P>;
  requestId: string;
  /** The origin that the person's browser addresses. */
  origin: string;
  /** For limits and the audit log. */
  address: string;
}

interface Options<A extends Access, B extends Schema | "stream", Q extends Schema, P extends Schema> {
  access: A;
  /** Schema of a JSON body; `stream` hands over the body unread (the handler limits it). */
  body?: B;
  maxBodyBytes?: number;
  query?: Q;
  params?: P;
  rate?: RateName;
  act(context: Context<A, B, Q, P>): Promise<unknown>;
}

type RouteHandler = (
  request: Request,
  route: { params: Promise<Record<string, string | string[]>> },
) => Promise<Response>;

/**
 * The only way into a route: host, session, origin, role, rate limit, parse, act, answer. What `act` returns is sent as
 * JSON, a `Response` as it is, `undefined` as 204; what it throws becomes an {@link ErrorBody}, once, here.
 */
export function handle<
  A extends Access,
  B extends Schema | "stream" = undefined,
  Q extends Schema = undefined,
  P extends Schema = undefined,
>(options: Options<A, B, Q, P>): RouteHandler {
  return async (request, route) => {
    const startedAt = performance.now();
    const requestId = randomUUID();
    let person: Person | null = null;
    let response: Response;
    try {
      const origin = requestOrigin(request.headers);
      const session = await getSession(request.headers);
      person = session?.user?.id ? session.user : null;
      const safe = request.method === "GET" || request.method === "HEAD";
      if (!safe) requireSameOrigin(request.headers, origin);
      authorise(options.access, person);
      const address = clientAddress(request.headers);
      await takeRate(options.rate ?? (person === null ? "public" : safe ? "read" : "write"), person?.id ?? address);
      if (!safe && lifecycle().state === "closed") {
        throw new AppError("draining", "This server is about to stop.", { retryAfterSeconds: 5 });
      }
      const params = options.params && parse(options.params, await route.params, "not_found");
      const query =
        options.query && parse(options.query, Object.fromEntries(new URL(request.url).searchParams), "invalid_input");
      const body = await bodyOf(request, options.body, options.maxBodyBytes ?? limits.jsonBodyBytes);
      // The conditional types of Context follow from `options`, which the checks above have applied.
      const context = { request, person, body, query, params, requestId, origin, address } as Context<A, B, Q, P>;
      response = answer(await options.act(context));
    } catch (error) {
      response = errorResponse(error, requestId);
    }
    if (!response.headers.has("cache-control")) response.headers.set("cache-control", "private, no-store");
    response.headers.set("x-request-id", requestId);
    log().info({
      requestId,
      method: request.method,
      path: pathOf(request.url),
      status: response.status,
      ms: Math.round(performance.now() - startedAt),
      ...(person === null ? {} : { person: personTag(person.id) }),
    });
    return response;
  };
}

/** The body of a route that takes none. */
const nothing = z.strictObject({});

async function bodyOf(request: Request, schema: Schema | "stream", maxBytes: number): Promise<unknown> {
  if (schema === "stream") return request.body;
  if (schema !== undefined) return parse(schema, await readJson(request, maxBytes), "invalid_input");
  if (request.method !== "GET" && request.method !== "HEAD") {
    parse(nothing, await readNothing(request), "invalid_input");
  }
  return undefined;
}

function authorise(access: Access, person: Person | null): void {
  if (access === "public") return;
  if (person === null) throw new AppError("unauthenticated", "Sign in first.");
  if (access === "admin" && person.role !== "admin") throw new AppError("forbidden", "Only admins may do this.");
}

function parse<S extends z.ZodType>(schema: S, value: unknown, code: "not_found" | "invalid_input"): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  if (code === "not_found") throw new AppError("not_found", "There is nothing at this address.");
  const fields: FieldProblem[] = parsed.error.issues.slice(0, 20).map((issue) => ({
    path: issue.path.join("."),
    message: issue.message.slice(0, 200),
  }));
  throw new AppError("invalid_input", "The request is not valid.", { fields });
}

function answer(result: unknown): Response {
  if (result === undefined) return new Response(null, { status: 204 });
  return result instanceof Response ? result : Response.json(result);
}

/**
 * The path without its query, which may hold what a person searched for. Ids stay: they find a row and open nothing; the
 * code of a one-time link opens an account and goes.
 */
function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  const end = url.indexOf("?", start);
  return url
    .slice(start, end === -1 ? undefined : end)
    .replace(/^(\/api\/invitations\/).*/, "$1-")
    .slice(0, 200);
}
