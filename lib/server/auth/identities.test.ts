import { describe, expect, it } from "vitest";
import { GET as authGet, POST as authPost } from "#app/api/auth/[...nextauth]/route.ts";
import { PATCH as patchPerson } from "#app/api/people/[id]/route.ts";
import { POST as postInvitation } from "#app/api/people/invitations/route.ts";
import { GET as getSetUp } from "#app/api/set-up/route.ts";
import { type Claims, startProvider, type TestProvider } from "#lib/server/auth/oidc.testing.ts";
import { ada, ben, csrf, firstAdmin, idOf, join, whoIs } from "#lib/server/auth/people.testing.ts";
import { codeOf, openHouse, TestBrowser } from "#lib/server/auth/testing.ts";
import { eachDialect } from "#lib/server/store/testing.ts";

/** Leaves for the provider; the address that the browser is sent to. */
async function leave(browser: TestBrowser, extra: Record<string, unknown> = {}): Promise<string> {
  const { csrfToken } = await csrf(browser);
  const response = await browser.send(
    authPost,
    "/api/auth/signin/oidc",
    { csrfToken, ...extra },
    { nextauth: ["signin", "oidc"] },
  );
  if (!response.ok) throw new Error(await codeOf(response));
  return ((await response.json()) as { url: string }).url;
}

/** Comes back from the provider; where the browser ends up. */
async function comeBack(browser: TestBrowser, address: string): Promise<string | null> {
  const { pathname, search } = new URL(address);
  const response = await browser.get(authGet, pathname + search, { nextauth: ["callback", "oidc"] });
  expect(response.status).toBe(303);
  return response.headers.get("location");
}

async function roundTrip(
  browser: TestBrowser,
  provider: TestProvider,
  claims: Claims,
  extra: Record<string, unknown> = {},
) {
  return comeBack(browser, provider.approve(await leave(browser, extra), claims));
}

eachDialect((dialect) => {
  it("never signs in, or links, an identity because its e-mail address is somebody's here", async () => {
    const provider = await startProvider();
    const store = await openHouse({ dialect, environment: provider.environment });
    await firstAdmin();
    const claims = { sub: "stranger", email: ada.email, email_verified: true, name: "Ada" };
    const browser = new TestBrowser();
    expect(await roundTrip(browser, provider, claims)).toBe("/sign-in?error=identity_not_linked");
    expect(await whoIs(browser)).toBe(401);
    expect(await store.db.selectFrom("identities").selectAll().execute()).toEqual([]);
  });

  it("signs in an identity that its signed-in person linked, until they are disabled", async () => {
    const provider = await startProvider();
    await openHouse({ dialect, environment: provider.environment });
    const admin = await firstAdmin();
    const member = await join(admin, ben);
    const id = await idOf(member);
    const claims = { sub: "ben", email: "other@elsewhere.example" };
    expect(await roundTrip(member, provider, claims, { link: true, callbackUrl: "/settings" })).toBe("/settings");
    expect(await whoIs(member)).toMatchObject({ email: ben.email });

    const browser = new TestBrowser();
    expect(await roundTrip(browser, provider, claims, { callbackUrl: "/c/1" })).toBe("/c/1");
    expect(await whoIs(browser)).toMatchObject({ id, email: ben.email });

    // It stays his when somebody else asks to link it too.
    expect(await roundTrip(admin, provider, claims, { link: true })).toBe("/settings?error=identity_taken");
    expect(await whoIs(admin)).toMatchObject({ email: ada.email });

    await admin.send(patchPerson, `/api/people/${id}`, { disabled: true }, { id }, "PATCH");
    expect(await roundTrip(new TestBrowser(), provider, claims)).toBe("/sign-in?error=identity_not_linked");
  });

  it("does not link the identity of a plain sign-in, even when somebody is signed in", async () => {
    const provider = await startProvider();
    const store = await openHouse({ dialect, environment: provider.environment });
    const admin = await firstAdmin();
    await leave(admin, { link: true });
    expect(await roundTrip(admin, provider, { sub: "attacker" })).toBe("/sign-in?error=identity_not_linked");
    expect(await store.db.selectFrom("identities").selectAll().execute()).toEqual([]);
    expect(await whoIs(admin)).toMatchObject({ email: ada.email });
  });

  it("makes a person of an invitation that is accepted with an identity, once", async () => {
    const provider = await startProvider();
    await openHouse({ dialect, environment: provider.environment });
    const admin = await firstAdmin();
    const invited = await admin.send(postInvitation, "/api/people/invitations", { role: "member" });
    const { code: invite } = (await invited.json()) as { code: string };
    const claims = { sub: "new", email: "New@Example.org", name: "New Person" };
    const browser = new TestBrowser();
    expect(await roundTrip(browser, provider, claims, { invite })).toBe("/");
    expect(await whoIs(browser)).toMatchObject({ email: "new@example.org", name: "New Person", role: "member" });
    expect(await roundTrip(new TestBrowser(), provider, { sub: "second" }, { invite })).toBe(
      "/sign-in?error=code_invalid",
    );
    expect(await roundTrip(new TestBrowser(), provider, claims)).toBe("/");
  });
});

describe("the way to the provider and back", () => {
  it("uses PKCE, state and nonce, and returns to the address that the browser used", async () => {
    const provider = await startProvider();
    await openHouse({ environment: provider.environment });
    const anyone = new TestBrowser();
    expect(await (await anyone.get(getSetUp, "/api/set-up")).json()).toMatchObject({ oidc: { name: "Test provider" } });
    const asked = new URL(await leave(anyone));
    expect(asked.origin).toBe(provider.issuer);
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      response_type: "code",
      code_challenge_method: "S256",
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/.{20}/),
      nonce: expect.stringMatching(/.{20}/),
      redirect_uri: "http://127.0.0.1:3000/api/auth/callback/oidc",
    });
    expect(asked.href).not.toContain("secret");
  });

  it("signs nobody in when the state, the browser, the nonce, the issuer or the audience is another", async () => {
    const provider = await startProvider();
    await openHouse({ environment: provider.environment });
    const admin = await firstAdmin();
    const claims = { sub: "ada" };
    await roundTrip(admin, provider, claims, { link: true });
    const refused = "/sign-in?error=sign_in_failed";

    const browser = new TestBrowser();
    const back = new URL(provider.approve(await leave(browser), claims));
    back.searchParams.set("state", "another");
    expect(await comeBack(browser, back.href)).toBe(refused);

    // Login CSRF: the attacker's answer in the victim's browser.
    const answer = provider.approve(await leave(new TestBrowser()), claims);
    expect(await comeBack(new TestBrowser(), answer)).toBe(refused);

    for (const change of [
      { nonce: "another" },
      { iss: "https://evil.example" },
      { aud: "another" },
      { exp: 1 },
      { sub: "" },
    ]) {
      provider.tamper((said) => ({ ...said, ...change }));
      expect(await roundTrip(new TestBrowser(), provider, claims), JSON.stringify(change)).toBe(refused);
    }
    provider.tamper((said) => said);
    expect(await roundTrip(new TestBrowser(), provider, claims)).toBe("/");
  });

  it("tells when the provider refuses, or cannot be reached", async () => {
    const provider = await startProvider();
    await openHouse({ environment: provider.environment });
    const browser = new TestBrowser();
    const back = new URL(provider.approve(await leave(browser), { sub: "x" }));
    const denied = `${back.origin}${back.pathname}?error=access_denied&state=${back.searchParams.get("state")}`;
    expect(await comeBack(browser, denied)).toBe("/sign-in?error=sign_in_failed");
    await openHouse({ environment: { ...provider.environment, AUTH_OIDC_ISSUER: "http://127.0.0.1:9" } });
    await expect(leave(new TestBrowser())).rejects.toThrow("sign_in_failed");
  });
});
