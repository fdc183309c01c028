import "server-only";
import { z } from "zod";
import { cookieName, readCookie, serializeCookie } from "#lib/server/auth/cookies.ts";
import { dataKeys } from "#lib/server/store/keys.ts";

const intentSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("link"), sidHash: z.string(), until: z.number() }),
  z.strictObject({ kind: z.literal("invite"), codeHash: z.string(), until: z.number() }),
]);

/**
 * What a person wanted when they left for the OpenID Connect provider, beside signing in: to link the identity to the
 * account of this very session, or to accept an invitation with it. Sealed in a cookie for as long as the way takes.
 */
export type OidcIntent = z.infer<typeof intentSchema>;

/** Set-Cookie for an intent; null removes one that was left over, so that a plain sign-in never links anything. */
export function intentCookie(
  intent: { kind: "link"; sidHash: string } | { kind: "invite"; codeHash: string } | null,
): string {
  if (intent === null) return serializeCookie(cookieName("intent"), "", 0);
  const sealed = dataKeys().seal(JSON.stringify({ ...intent, until: Date.now() + ageMs }), purpose);
  return serializeCookie(cookieName("intent"), sealed, ageMs);
}

/** The intent that a request carries, or null when there is none, it is over, or it is not ours. */
export function readIntent(headers: Headers): OidcIntent | null {
  const sealed = readCookie(headers, cookieName("intent"));
  if (sealed === null) return null;
  try {
    const intent = intentSchema.parse(JSON.parse(dataKeys().unseal(sealed, purpose)));
    return intent.until > Date.now() ? intent : null;
  } catch {
    // Not sealed by us: as if there were none.
    return null;
  }
}

const ageMs = 15 * 60_000;
const purpose = "auth.intent";
