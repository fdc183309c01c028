import "server-only";
import { GET as authGet, POST as authPost } from "#app/api/auth/[...nextauth]/route.ts";
import { POST as acceptInvitation } from "#app/api/invitations/[code]/route.ts";
import { GET as getMe } from "#app/api/me/route.ts";
import { POST as postInvitation } from "#app/api/people/invitations/route.ts";
import { POST as postSetUp } from "#app/api/set-up/route.ts";
import { TestBrowser, testCode } from "#lib/server/auth/testing.ts";

export const ada = { name: "Ada Admin", email: "ada@example.org", password: "a long enough passphrase" };
export const ben = { name: "Ben Member", email: "ben@example.org", password: "another long passphrase" };
export const eve = { name: "Eve Admin", email: "eve@example.org", password: "yet another passphrase" };

/** The first admin, made with the printed code and signed in by it. */
export async function firstAdmin(): Promise<TestBrowser> {
  const browser = new TestBrowser();
  const response = await browser.send(postSetUp, "/api/set-up", { code: testCode, ...ada });
  if (!response.ok) throw new Error(`Set-up answered ${response.status}: ${await response.text()}`);
  return browser;
}

/** Another person, invited and signed in by accepting. */
export async function join(
  admin: TestBrowser,
  who: { name: string; email: string; password: string },
  role: "admin" | "member" = "member",
): Promise<TestBrowser> {
  const invited = await admin.send(postInvitation, "/api/people/invitations", { role, email: who.email });
  const { code } = (await invited.json()) as { code: string };
  const browser = new TestBrowser();
  const accepted = await browser.send(acceptInvitation, `/api/invitations/${code}`, who, { code });
  if (!accepted.ok) throw new Error(`Accepting answered ${accepted.status}: ${await accepted.text()}`);
  return browser;
}

/** A sign-in with a password, as the page does it. */
export async function signIn(
  browser: TestBrowser,
  { email, password }: { email: string; password: string },
  extra: Record<string, unknown> = {},
): Promise<Response> {
  const { csrfToken } = await csrf(browser);
  const body = { csrfToken, email, password, ...extra };
  return browser.send(authPost, "/api/auth/callback/credentials", body, { nextauth: ["callback", "credentials"] });
}

export async function csrf(browser: TestBrowser): Promise<{ csrfToken: string }> {
  const response = await browser.get(authGet, "/api/auth/csrf", { nextauth: ["csrf"] });
  return (await response.json()) as { csrfToken: string };
}

export async function signOut(browser: TestBrowser): Promise<Response> {
  const { csrfToken } = await csrf(browser);
  return browser.send(authPost, "/api/auth/signout", { csrfToken }, { nextauth: ["signout"] });
}

/** Who the server thinks this browser is, or the status it answers with. */
export async function whoIs(browser: TestBrowser): Promise<{ id: string; email: string; role: string } | number> {
  const response = await browser.get(getMe, "/api/me");
  if (!response.ok) return response.status;
  const { person } = (await response.json()) as { person: { id: string; email: string; role: string } };
  return person;
}

export async function idOf(browser: TestBrowser): Promise<string> {
  const who = await whoIs(browser);
  if (typeof who === "number") throw new Error(`Nobody is signed in: ${who}.`);
  return who.id;
}
