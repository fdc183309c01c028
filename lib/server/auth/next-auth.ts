import "server-only";
import type { NextApiRequest, NextApiResponse } from "next";
import type { AuthOptions } from "next-auth";
import { decode, encode } from "next-auth/jwt";
import { cookieFlags, cookieName, csrfCookieName, secureCookies } from "#lib/server/auth/cookies.ts";
import { env } from "#lib/server/env.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { log } from "#lib/server/log.ts";
import { authSecret } from "#lib/server/store/keys.ts";

/** What an OpenID Connect provider said about who stands before it, after all checks of the protocol. */
export interface IdentityClaims {
  issuer: string;
  subject: string;
  email: string | null;
  emailVerified: boolean;
  name: string | null;
}

/** Breakwater's half of a sign-in. What these throw comes out of {@link runNextAuth} unchanged. */
export interface SignInHooks {
  /** The id of the person with this e-mail address and password. */
  password(email: string, password: string): Promise<string>;
  /** The id of the person whom this identity belongs to. */
  identity(claims: IdentityClaims): Promise<string>;
  /** Begins a session and returns its fresh random sid. */
  begin(userId: string): Promise<string>;
  /** Ends a session. */
  end(sid: string): Promise<void>;
}

export interface AuthCall {
  method: "GET" | "POST";
  action: "csrf" | "providers" | "signin" | "callback" | "signout";
  provider?: "credentials" | "oidc";
  /** The allow-listed origin that the browser addresses. */
  origin: string;
  cookies: Record<string, string>;
  query: Record<string, string>;
  body: Record<string, string>;
}

export interface AuthAnswer {
  status: number;
  setCookies: string[];
  /** Where next-auth would send the browser. */
  redirect: string | null;
  body: unknown;
}

/**
 * One call of next-auth, which does the protocols: CSRF token, OpenID Connect with PKCE, state and nonce, the session
 * cookie. It is handed only what its protocols need, never the request itself, and only its answer is passed on.
 */
export async function runNextAuth(call: AuthCall, hooks: SignInHooks): Promise<AuthAnswer> {
  const { host, protocol } = new URL(call.origin);
  // next-auth finds its own origin in these two; the host passed our allow-list, no header of the client's gets here.
  process.env["AUTH_TRUST_HOST"] = "true";
  delete process.env["NEXTAUTH_URL"];
  const request = {
    method: call.method,
    query: { ...call.query, nextauth: call.provider === undefined ? [call.action] : [call.action, call.provider] },
    cookies: call.cookies,
    headers: { host, "x-forwarded-proto": protocol.slice(0, -1) },
    body: call.body,
  };
  const answer: AuthAnswer = { status: 200, setCookies: [], redirect: null, body: null };
  const failure: { thrown?: unknown } = {};
  const module = await import("next-auth");
  // Node and bundlers disagree about the default export of a CommonJS module.
  const imported: unknown = module.default;
  const nextAuth = (typeof imported === "function" ? imported : (imported as typeof module).default) as NextAuthHandler;
  await nextAuth(request as unknown as NextApiRequest, collect(answer), options(hooks, failure));
  if ("thrown" in failure) throw failure.thrown;
  return answer;
}

/** The claims of a session cookie, or null when it is not ours, altered, expired, or says nothing. */
export async function decodeSessionToken(token: string): Promise<{ sid: string; expiresAt: number } | null> {
  if (token.trim() === "") return null;
  try {
    const claims = await decode({ token, secret: authSecret() });
    const sid: unknown = claims?.["sid"];
    const exp: unknown = claims?.["exp"];
    if (typeof sid !== "string" || !/^[\w-]{43}$/.test(sid) || typeof exp !== "number") return null;
    return { sid, expiresAt: exp * 1000 };
  } catch {
    // Whatever is wrong with it, it opens nothing; cookies of older secrets are among these.
    return null;
  }
}

/** The token that goes into the session cookie. */
export function encodeSessionToken(sid: string): Promise<string> {
  return encode({ token: { sid }, secret: authSecret(), maxAge: limits.session.ageMs / 1000 });
}

type NextAuthHandler = (request: NextApiRequest, response: NextApiResponse, options: AuthOptions) => Promise<unknown>;

function options(hooks: SignInHooks, failure: { thrown?: unknown }): AuthOptions {
  // next-auth turns what its callbacks throw into a redirect; the failure itself is kept aside.
  const keep = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      failure.thrown = error;
      throw error;
    }
  };
  const flags = cookieFlags();
  const short = { ...flags, maxAge: 15 * 60 };
  const { oidc } = env();
  return {
    secret: authSecret(),
    useSecureCookies: secureCookies(),
    session: { strategy: "jwt", maxAge: limits.session.ageMs / 1000 },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    cookies: {
      sessionToken: { name: cookieName("session"), options: flags },
      callbackUrl: { name: cookieName("callback"), options: flags },
      csrfToken: { name: csrfCookieName(), options: flags },
      pkceCodeVerifier: { name: cookieName("pkce"), options: short },
      state: { name: cookieName("state"), options: short },
      nonce: { name: cookieName("nonce"), options: short },
    },
    logger: { error: logFailure, warn: () => undefined, debug: () => undefined },
    providers: [
      {
        id: "credentials",
        name: "Password",
        type: "credentials",
        credentials: {},
        async authorize(given) {
          const { email, password } = (given ?? {}) as { email?: string; password?: string };
          return { id: await keep(hooks.password(email ?? "", password ?? "")) };
        },
      },
      ...(oidc === undefined ? [] : [openIdConnect(oidc, (claims) => keep(hooks.identity(claims)))]),
    ],
    callbacks: {
      redirect: ({ url, baseUrl }) => sameOriginUrl(url, baseUrl),
      // Both providers have turned who came into the id of a person of ours.
      signIn: ({ user }) => typeof user?.id === "string" && user.id !== "",
      jwt: async ({ user }) => (user?.id ? { sid: await keep(hooks.begin(user.id)) } : {}),
    },
    events: {
      async signOut({ token }) {
        const sid: unknown = token?.["sid"];
        if (typeof sid === "string") await keep(hooks.end(sid));
      },
    },
  };
}

function openIdConnect(
  oidc: NonNullable<ReturnType<typeof env>["oidc"]>,
  personOf: (claims: IdentityClaims) => Promise<string>,
): AuthOptions["providers"][number] {
  return {
    id: "oidc",
    name: oidc.name,
    type: "oauth",
    issuer: oidc.issuer,
    wellKnown: `${oidc.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
    clientId: oidc.clientId,
    clientSecret: oidc.clientSecret,
    authorization: { params: { scope: "openid email profile" } },
    idToken: true,
    checks: ["pkce", "state", "nonce"],
    httpOptions: { timeout: 10_000 },
    async profile(claims: Record<string, unknown>) {
      const id = await personOf({
        issuer: text(claims["iss"]) ?? oidc.issuer,
        subject: text(claims["sub"]) ?? "",
        email: text(claims["email"]),
        emailVerified: claims["email_verified"] === true,
        name: text(claims["name"]) ?? text(claims["preferred_username"]),
      });
      return { id };
    },
  };
}

/** `url` when it stays on our origin, else our front page. */
function sameOriginUrl(url: string, baseUrl: string): string {
  const target = URL.parse(url, baseUrl);
  return target !== null && target.origin === baseUrl ? target.href : `${baseUrl}/`;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim().slice(0, 500) : null;
}

function logFailure(code: string, metadata: unknown): void {
  const error = metadata instanceof Error ? metadata : (metadata as { error?: unknown } | undefined)?.error;
  log().warn({ message: "next-auth reports a failure.", nextAuthCode: code, error });
}

/** The part of a Pages API response that next-auth uses. */
function collect(answer: AuthAnswer): NextApiResponse {
  const response = {
    status(code: number) {
      answer.status = code;
      return response;
    },
    getHeader: (name: string) => (name.toLowerCase() === "set-cookie" ? answer.setCookies : undefined),
    setHeader(name: string, value: string | string[]) {
      if (name.toLowerCase() === "set-cookie") answer.setCookies = [value].flat();
      if (name.toLowerCase() === "location") answer.redirect = String(value);
      return response;
    },
    json(body: unknown) {
      answer.body = body;
    },
    send(body: unknown) {
      answer.body = body;
    },
    end() {},
  };
  // next-auth 4.24 calls nothing else of it (next/index.js and next/utils.js there).
  return response as unknown as NextApiResponse;
}
