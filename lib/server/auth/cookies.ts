import "server-only";
import { env } from "#lib/server/env.ts";
import { limits } from "#lib/server/limits/limits.ts";

/** Whether browsers may only send our cookies over TLS: when the public address is https. */
export function secureCookies(): boolean {
  return env().authUrl?.protocol === "https:";
}

/** The name of one of our cookies. Cookies ignore ports, so another program on this host may use the usual names. */
export function cookieName(name: "session" | "callback" | "pkce" | "state" | "nonce" | "intent"): string {
  return `${secureCookies() ? "__Secure-" : ""}breakwater.${name}`;
}

/** The CSRF cookie also refuses a Domain attribute where the browser can be asked to. */
export function csrfCookieName(): string {
  return `${secureCookies() ? "__Host-" : ""}breakwater.csrf`;
}

/** The flags that every cookie of ours carries. */
export function cookieFlags() {
  return { httpOnly: true, sameSite: "lax", path: "/", secure: secureCookies() } as const;
}

/** The value of the first cookie called `name`, or null when there is none or it is blank. Values are not unescaped. */
export function readCookie(headers: Headers, name: string): string | null {
  const header = headers.get("cookie");
  if (header === null) return null;
  const wanted = `${name}=`;
  for (const part of header.split(";")) {
    const pair = part.trimStart();
    if (pair.startsWith(wanted)) return pair.slice(wanted.length).trim() || null;
  }
  return null;
}

/** Every cookie of a request by name; the first of a name counts. */
export function readCookies(headers: Headers): Record<string, string> {
  const cookies: Record<string, string> = Object.create(null);
  for (const part of (headers.get("cookie") ?? "").split(";")) {
    const cut = part.indexOf("=");
    const name = part.slice(0, Math.max(0, cut)).trim();
    if (name !== "" && cookies[name] === undefined) cookies[name] = unquote(part.slice(cut + 1).trim());
  }
  return cookies;
}

/** A Set-Cookie value; `maxAgeMs` 0 removes the cookie. */
export function serializeCookie(name: string, value: string, maxAgeMs: number): string {
  const { secure } = cookieFlags();
  const age = Math.floor(maxAgeMs / 1000);
  return `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
}

/** The Set-Cookie value that hands a session to the browser. */
export function sessionCookie(token: string): string {
  return serializeCookie(cookieName("session"), token, limits.session.ageMs);
}

/** The Set-Cookie value that takes it away. */
export function endedSessionCookie(): string {
  return serializeCookie(cookieName("session"), "", 0);
}

function unquote(value: string): string {
  if (!value.includes("%")) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
