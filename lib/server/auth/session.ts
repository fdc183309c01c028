import "server-only";
import { hash } from "node:crypto";
import { cookieName, readCookie } from "#lib/server/auth/cookies.ts";
import { demoIsOpen } from "#lib/server/auth/demo.ts";
import { decodeSessionToken } from "#lib/server/auth/next-auth.ts";
import { hashSecret } from "#lib/server/auth/secrets.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { log } from "#lib/server/log.ts";
import { perProcess } from "#lib/server/per-process.ts";
import { getStore } from "#lib/server/store/open.ts";
import { readSession, type SessionWithUser, touchSession } from "#lib/server/store/sessions.ts";
import type { Store } from "#lib/server/store/store.ts";
import { AppError } from "#lib/shared/errors.ts";

/** Who asks, as the store says at this moment. */
export interface Person {
  id: string;
  email: string;
  name: string;
  role: "admin" | "member";
  isDemo: boolean;
  locale: string | null;
  theme: "system" | "light" | "dark";
  sendKey: "enter" | "mod_enter";
  announce: "sentences" | "end";
  /** The session, for ending others but this one; worthless as a credential. */
  sidHash: string;
}

export interface Session {
  user: Person;
  expiresAt: number;
}

/**
 * The session of a request, or null. Only the decoding of the cookie is remembered: the session and its person are read
 * on every call, so an ended session, a disabled person and a new role count at once. Check `session?.user?.id`.
 * Throws `store_unavailable` when the database is away: nobody is signed out by that.
 */
export async function getSession(from: Headers | Request): Promise<Session | null> {
  const token = readCookie(from instanceof Headers ? from : from.headers, cookieName("session"));
  if (token === null || token.length > 4096) return null;
  const decoded = await decodeOnce(token);
  const now = Date.now();
  if (decoded === null || decoded.expiresAt <= now) return null;
  const store = getStore();
  const row = await readSession(store, decoded.sidHash);
  if (row === undefined || row.expires_at <= now) return null;
  const person = toPerson(row);
  if (person === null || (person.isDemo && !(await demoIsOpen()))) return null;
  if (now - Math.max(row.last_seen_at, decoded.touchedAt) >= limits.session.touchMs) touch(store, decoded, now);
  return { user: person, expiresAt: Math.min(row.expires_at, decoded.expiresAt) };
}

/** The session of a request. Throws `unauthenticated` where there is none. */
export async function requireSession(from: Headers | Request): Promise<Session> {
  const session = await getSession(from);
  if (!session?.user?.id) throw new AppError("unauthenticated", "Sign in first.");
  return session;
}

interface Decoded {
  sidHash: string;
  expiresAt: number;
  touchedAt: number;
}

const rememberedTokens = 5000;

async function decodeOnce(token: string): Promise<Decoded | null> {
  const known = perProcess("session-tokens", () => new Map<string, Decoded>());
  const key = hash("sha256", token, "base64");
  const found = known.get(key);
  if (found !== undefined) return found;
  const claims = await decodeSessionToken(token);
  if (claims === null) return null;
  const decoded = { sidHash: hashSecret(claims.sid), expiresAt: claims.expiresAt, touchedAt: 0 };
  if (known.size >= rememberedTokens) known.delete(known.keys().next().value ?? "");
  known.set(key, decoded);
  return decoded;
}

function toPerson(row: SessionWithUser): Person | null {
  if (!row.id || row.disabled_at !== null) return null;
  // A role that this version does not know opens nothing.
  if (row.role !== "admin" && row.role !== "member") return null;
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    isDemo: row.is_demo === 1,
    locale: row.locale,
    theme: row.theme,
    sendKey: row.send_key,
    announce: row.announce,
    sidHash: row.sid_hash,
  };
}

function touch(store: Store, decoded: Decoded, now: number): void {
  decoded.touchedAt = now;
  touchSession(store, decoded.sidHash, now).catch((error: unknown) => {
    log().warn({ message: "When a session was last seen could not be stored.", error });
  });
}
