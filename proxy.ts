import { type NextRequest, NextResponse } from "next/server";
import { pagePolicy } from "#lib/server/http/page-policy.ts";

/**
 * Gives every page a content security policy with a nonce of its own. It sets headers and is never a lock: routes and
 * pages authorise themselves, and without this file no status code changes.
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = pagePolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  // Next reads the nonce for its own scripts from the policy in the request.
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("cache-control", "private, no-store");
  return response;
}

export const config = {
  // The BFF answers no HTML, and a proxy costs every request that it sees and cuts bodies at 10 MB.
  matcher: ["/((?!api/|_next/static/|icon\\.svg).*)"],
};
