import "server-only";
import { audit } from "#lib/server/audit/audit.ts";
import { beginSession, presentedSession, type SignInMethod } from "#lib/server/auth/begin-session.ts";
import { cookieName, csrfCookieName, endedSessionCookie, readCookies } from "#lib/server/auth/cookies.ts";
import { demoIsOpen } from "#lib/server/auth/demo.ts";
import { personOfIdentity } from "#lib/server/auth/identities.ts";
import { intentCookie, type OidcIntent, readIntent } from "#lib/server/auth/intents.ts";
import { type AuthAnswer, type AuthCall, runNextAuth, type SignInHooks } from "#lib/server/auth/next-auth.ts";
import { revoke } from "#lib/server/auth/revocation.ts";
import { hashSecret } from "#lib/server/auth/secrets.ts";
import { signInWithPassword } from "#lib/server/auth/sign-in.ts";
import { type AuthForm, isPlainForm, readAuthForm } from "#lib/server/auth/sign-in-form.ts";
import { visitOf } from "#lib/server/auth/visits.ts";
import { getStore } from "#lib/server/store/open.ts";
import { readSession } from "#lib/server/store/sessions.ts";
import { findUser } from "#lib/server/store/users.ts";
import { AppError, isAppError } from "#lib/shared/errors.ts";

/** A request to `/api/auth/*`, after handle() has judged host, origin and rate. */
export interface AuthRequest {
  request: Request;
  origin: string;
  path: string[];
}

/** GET: the CSRF token, the names of the providers, and the way back from the OpenID Connect provider. */
export async function answerAuthGet({ request, origin, path }: AuthRequest): Promise<Response> {
  const query = Object.fromEntries(new URL(request.url).searchParams);
  switch (path.join("/")) {
    case "csrf":
    case "providers": {
      const answer = await runNextAuth(
        makeCall(request, origin, { action: path[0] === "csrf" ? "csrf" : "providers" }),
        closed,
      );
      return withCookies(Response.json(answer.body), answer.setCookies);
    }
    case "callback/oidc":
      return finishOidc(request, origin, query);
    // Where next-auth sends browsers that come without what it needs.
    case "signin":
    case "error":
      return redirect("/sign-in");
    default:
      throw new AppError("not_found", "There is nothing at this address.");
  }
}

/** POST: sign in with a password, leave for the OpenID Connect provider, sign out. */
export async function answerAuthPost({ request, origin, path }: AuthRequest): Promise<Response> {
  const form = await readAuthForm(request);
  switch (path.join("/")) {
    case "callback/credentials":
      return signIn(request, origin, form);
    case "signin/oidc":
      return leaveForOidc(request, origin, form);
    case "signout":
      return signOut(request, origin, form);
    default:
      throw new AppError("not_found", "There is nothing at this address.");
  }
}

async function signIn(request: Request, origin: string, form: AuthForm): Promise<Response> {
  const { csrfToken, email, password, callbackUrl = "/" } = form;
  const call = makeCall(request, origin, {
    action: "callback",
    provider: "credentials",
    body: { csrfToken, email: email ?? "", password: password ?? "", callbackUrl },
  });
  try {
    const answer = await runNextAuth(call, await hooksFor(request, null, "password"));
    return goOn(form, requireSignedIn(answer, origin, staleForm), answer.setCookies);
  } catch (error) {
    if (!isPlainForm(request, form) || !isAppError(error)) throw error;
    return redirect(`/sign-in?error=${error.code}`);
  }
}

async function leaveForOidc(request: Request, origin: string, form: AuthForm): Promise<Response> {
  const { csrfToken, callbackUrl = "/" } = form;
  const intent = await intentOf(request, form);
  const call = makeCall(request, origin, { action: "signin", provider: "oidc", body: { csrfToken, callbackUrl } });
  const answer = await runNextAuth(call, closed);
  if (answer.redirect === null || isOurs(answer.redirect, origin)) {
    throw oidcFailed();
  }
  return goOn(form, answer.redirect, [...answer.setCookies, intentCookie(intent)]);
}

async function finishOidc(request: Request, origin: string, query: Record<string, string>): Promise<Response> {
  const intent = readIntent(request.headers);
  // Nothing else of the address reaches next-auth.
  const wanted = ["code", "state", "iss", "session_state", "error", "error_description"];
  const call = makeCall(request, origin, {
    action: "callback",
    provider: "oidc",
    query: Object.fromEntries(Object.entries(query).filter(([name]) => wanted.includes(name))),
  });
  try {
    const answer = await runNextAuth(call, await hooksFor(request, intent, "oidc"));
    const target = requireSignedIn(answer, origin, oidcFailed);
    return withCookies(redirect(target), [...answer.setCookies, intentCookie(null)]);
  } catch (error) {
    if (!isAppError(error)) throw error;
    const page = intent?.kind === "link" ? "/settings" : "/sign-in";
    return withCookies(redirect(`${page}?error=${error.code}`), [intentCookie(null)]);
  }
}

async function signOut(request: Request, origin: string, form: AuthForm): Promise<Response> {
  const { csrfToken, callbackUrl = "/sign-in" } = form;
  const call = makeCall(request, origin, { action: "signout", body: { csrfToken, callbackUrl } });
  const answer = await runNextAuth(call, await hooksFor(request, null, "password"));
  const target = answer.redirect;
  if (target === null || new URL(target, origin).pathname.startsWith("/api/auth/")) throw staleForm();
  return goOn(form, relative(target, origin), [...answer.setCookies, endedSessionCookie()]);
}

/** What a sign-in does in our store. A session that the browser held before is ended by the new one. */
async function hooksFor(request: Request, intent: OidcIntent | null, method: SignInMethod): Promise<SignInHooks> {
  const store = getStore();
  const visit = visitOf(request);
  const replaces = await presentedSession(request.headers);
  return {
    password: (email, password) => signInWithPassword(store, { email, password, address: visit.address }),
    identity: (claims) => personOfIdentity(store, claims, { intent, presentedSidHash: replaces, visit }),
    async begin(userId) {
      const demoOpen = await demoIsOpen();
      const sid = await store.write(async (tx) => {
        // Read again: they may have been disabled since the password was checked.
        const user = await findUser(tx, userId);
        if (user === undefined || user.disabled_at !== null || (user.is_demo === 1 && !demoOpen)) throw refused();
        return beginSession(tx, user, { ...visit, method, replaces });
      });
      if (replaces !== null) revoke(store, [{ kind: "session", sidHash: replaces }]);
      return sid;
    },
    async end(sid) {
      const sidHash = hashSecret(sid);
      const session = await readSession(store, sidHash);
      if (session === undefined) return;
      await store.write(async (tx) => {
        await tx.deleteFrom("sessions").where("sid_hash", "=", sidHash).execute();
        await audit(tx, { actor: session, action: "sign_out", object: session.email, outcome: "done" });
      });
      revoke(store, [{ kind: "session", sidHash }]);
    },
  };
}

/** For calls that sign nobody in or out. */
const closed: SignInHooks = {
  password: () => Promise.reject(refused()),
  identity: () => Promise.reject(refused()),
  begin: () => Promise.reject(refused()),
  end: () => Promise.reject(refused()),
};

async function intentOf(request: Request, form: AuthForm): Promise<Parameters<typeof intentCookie>[0]> {
  if (form.invite !== undefined) return { kind: "invite", codeHash: hashSecret(form.invite) };
  if (form.link === undefined) return null;
  const sidHash = await presentedSession(request.headers);
  const session = sidHash === null ? undefined : await readSession(getStore(), sidHash);
  if (session === undefined) throw new AppError("unauthenticated", "Sign in first, then link the identity.");
  return { kind: "link", sidHash: session.sid_hash };
}

function makeCall(
  request: Request,
  origin: string,
  call: Pick<AuthCall, "action"> & Partial<Pick<AuthCall, "provider" | "query" | "body">>,
): AuthCall {
  const all = readCookies(request.headers);
  const cookies: Record<string, string> = {};
  for (const name of [
    csrfCookieName(),
    ...(["session", "callback", "pkce", "state", "nonce"] as const).map(cookieName),
  ]) {
    if (all[name] !== undefined) cookies[name] = all[name];
  }
  // next-auth answers a cookie that is not an address with a server error; another origin's has no use either.
  if (!isOurs(cookies[cookieName("callback")] ?? "", origin)) delete cookies[cookieName("callback")];
  const method = call.body === undefined ? "GET" : "POST";
  return {
    query: {},
    ...call,
    method,
    origin,
    cookies,
    body: call.body ?? {},
  };
}

/** The relative address to go to after a sign-in. Throws `otherwise()` when there was none. */
function requireSignedIn(answer: AuthAnswer, origin: string, otherwise: () => AppError): string {
  // next-auth's tokens are JWEs, which begin so; a removed cookie is empty.
  const signedIn = answer.setCookies.some((cookie) => cookie.startsWith(`${cookieName("session")}=ey`));
  if (!signedIn || answer.redirect === null || !isOurs(answer.redirect, origin)) throw otherwise();
  return relative(answer.redirect, origin);
}

function goOn(form: AuthForm, target: string, setCookies: string[]): Response {
  return withCookies(form.json === undefined ? redirect(target) : Response.json({ url: target }), setCookies);
}

function redirect(location: string): Response {
  return new Response(null, { status: 303, headers: { location } });
}

function withCookies(response: Response, setCookies: string[]): Response {
  for (const cookie of setCookies) response.headers.append("set-cookie", cookie);
  return response;
}

function isOurs(url: string, origin: string): boolean {
  return URL.parse(url)?.origin === origin;
}

/** Path and query alone, so that a browser stays where it is whatever it calls us. */
function relative(url: string, origin: string): string {
  const { pathname, search, hash } = new URL(url, origin);
  return `${pathname.replace(/^\/{2,}/, "/")}${search}${hash}`;
}

function refused(): AppError {
  return new AppError("invalid_credentials", "The e-mail address or the password is not right.");
}

function oidcFailed(): AppError {
  return new AppError("sign_in_failed", "The sign-in with OpenID Connect did not succeed.");
}

function staleForm(): AppError {
  return new AppError("foreign_origin", "The form is too old: load the page again.");
}
