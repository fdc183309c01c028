import "server-only";
import { env, isLoopback } from "#lib/server/env.ts";
import { AppError } from "#lib/shared/errors.ts";

/**
 * The origin that this request was sent to, from its Host header. Throws `host_refused` unless the host is loopback or
 * AUTH_URL's: a page that rebinds its name to our address must not reach us.
 */
export function requestOrigin(headers: Headers): string {
  const { authUrl, trustProxy } = env();
  const host = ((trustProxy ? headers.get("x-forwarded-host") : null) ?? headers.get("host") ?? "").toLowerCase();
  if (authUrl !== undefined && host === authUrl.host) return authUrl.origin;
  if (isLoopback(host.replace(/:\d{1,5}$/, ""))) return `http://${host}`;
  throw new AppError("host_refused", `The host ${JSON.stringify(host.slice(0, 100))} is not served here.`);
}

/**
 * Refuses a request with side effects that another site may have caused (SECURITY class A6): `Origin` must be ours to the
 * letter, and where a client sends none, `Sec-Fetch-Site` must say `same-origin`.
 */
export function requireSameOrigin(headers: Headers, ownOrigin: string): void {
  const origin = headers.get("origin");
  const allowed = origin === null ? headers.get("sec-fetch-site") === "same-origin" : origin === ownOrigin;
  if (!allowed) throw new AppError("foreign_origin", "This request must come from Breakwater's own pages.");
}

/** The address of the client, for limits and the audit log. `X-Forwarded-For` counts only behind a declared proxy. */
export function clientAddress(headers: Headers): string {
  if (!env().trustProxy) return "local";
  // The last hop is the one our own proxy wrote; what stands before it came from the client.
  return headers.get("x-forwarded-for")?.split(",").at(-1)?.trim().slice(0, 64) || "unknown";
}
