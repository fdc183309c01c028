import "server-only";
import { presentedSession } from "#lib/server/auth/begin-session.ts";
import { sessionCookie } from "#lib/server/auth/cookies.ts";
import { encodeSessionToken } from "#lib/server/auth/next-auth.ts";
import { type Visit, visitOf } from "#lib/server/auth/visits.ts";

/** Where a request comes from, and the session that a sign-in by it replaces. */
export async function presentedVisit(request: Request): Promise<Visit & { replaces: string | null }> {
  return { ...visitOf(request), replaces: await presentedSession(request.headers) };
}

/** The answer that signs a browser in. `sid` is a session that was just begun. */
export async function signedIn(sid: string): Promise<Response> {
  return Response.json({ ok: true }, { headers: { "set-cookie": sessionCookie(await encodeSessionToken(sid)) } });
}
