import "server-only";
import type { Transaction } from "kysely";
import { type AuditEntry, audit } from "#lib/server/audit/audit.ts";
import { cookieName, readCookie } from "#lib/server/auth/cookies.ts";
import { decodeSessionToken } from "#lib/server/auth/next-auth.ts";
import { hashSecret, newSecret } from "#lib/server/auth/secrets.ts";
import type { Visit } from "#lib/server/auth/visits.ts";
import { limits } from "#lib/server/limits/limits.ts";
import type { Schema } from "#lib/server/store/schema.ts";
import { insertSession, sweepSessions } from "#lib/server/store/sessions.ts";

export type SignInMethod = "password" | "oidc" | "set_up" | "demo" | "invitation" | "reset_link";

/**
 * Stores a session with a fresh sid, as the last step of the caller's transaction, then the audit rows of what led to it
 * and of the sign-in. Returns the sid. The session that the browser held before is ended: it never goes on under a new sign-in.
 */
export async function beginSession(
  tx: Transaction<Schema>,
  user: { id: string; name: string; email: string },
  visit: Visit & { method: SignInMethod; replaces: string | null },
  led: AuditEntry[] = [],
): Promise<string> {
  const sid = newSecret();
  const now = Date.now();
  if (visit.replaces !== null) {
    await tx.deleteFrom("sessions").where("sid_hash", "=", visit.replaces).execute();
  }
  await sweepSessions(tx, now);
  await insertSession(tx, {
    sid_hash: hashSecret(sid),
    user_id: user.id,
    created_at: now,
    last_seen_at: now,
    expires_at: now + limits.session.ageMs,
    user_agent: visit.userAgent,
    address: visit.address,
  });
  for (const entry of led) await audit(tx, entry);
  await audit(tx, {
    actor: user,
    action: "sign_in",
    object: user.email,
    outcome: "done",
    facts: { method: visit.method, address: visit.address },
  });
  return sid;
}

/** The hash of the session that a request's cookie names, live or not; null when it names none. */
export async function presentedSession(headers: Headers): Promise<string | null> {
  const token = readCookie(headers, cookieName("session"));
  const claims = token === null ? null : await decodeSessionToken(token);
  return claims === null ? null : hashSecret(claims.sid);
}
