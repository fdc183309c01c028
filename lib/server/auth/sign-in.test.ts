import { createHash, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { GET as authGet, POST as authPost } from "#app/api/auth/[...nextauth]/route.ts";
import { PATCH as patchPerson } from "#app/api/people/[id]/route.ts";
import { encodeSessionToken } from "#lib/server/auth/next-auth.ts";
import { ada, ben, csrf, firstAdmin, idOf, join, signIn, signOut, whoIs } from "#lib/server/auth/people.testing.ts";
import { codeOf, openHouse, TestBrowser } from "#lib/server/auth/testing.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { eachDialect } from "#lib/server/store/testing.ts";

eachDialect((dialect) => {
  it("lets a person in with the right password, whatever the case of the address", async () => {
    await openHouse({ dialect });
    await firstAdmin();
    const browser = new TestBrowser();
    const response = await signIn(browser, { ...ada, email: " ADA@example.org " }, { callbackUrl: "/c/1?x=2" });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ url: "/c/1?x=2" });
    expect(await whoIs(browser)).toMatchObject({ email: ada.email, role: "admin" });
  });

  it("answers a wrong password, an unknown person and a disabled one alike", async () => {
    await openHouse({ dialect });
    const admin = await firstAdmin();
    const member = await join(admin, ben);
    const id = await idOf(member);
    const answers: unknown[] = [];
    const attempt = async (given: { email: string; password: string }) => {
      const response = await signIn(new TestBrowser(), given);
      const { error } = (await response.json()) as { error: { requestId: string } };
      answers.push([response.status, { ...error, requestId: "" }, response.headers.getSetCookie()]);
    };
    await attempt({ ...ben, password: "not the passphrase" });
    await attempt({ email: "nobody@example.org", password: "not the passphrase" });
    await attempt({ email: "", password: "" });
    await admin.send(patchPerson, `/api/people/${id}`, { disabled: true }, { id }, "PATCH");
    await attempt(ben);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject([401, { code: "invalid_credentials" }, []]);
  });

  it("stops guesses at one account after the limit, the right one too, and tells when to come back", async () => {
    await openHouse({ dialect });
    await firstAdmin();
    const codes: string[] = [];
    for (let guess = 0; guess < limits.signIn.failuresPerAccount; guess += 1) {
      codes.push(await codeOf(await signIn(new TestBrowser(), { ...ada, password: `guess number ${guess}` })));
    }
    expect(new Set(codes)).toEqual(new Set(["invalid_credentials"]));
    const refused = await signIn(new TestBrowser(), ada);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await codeOf(refused)).toBe("rate_limited");
    // Another account is not concerned.
    expect(await codeOf(await signIn(new TestBrowser(), ben))).toBe("invalid_credentials");
  });

  it("limits an unknown account exactly like a known one", async () => {
    await openHouse({ dialect });
    const unknown = { email: "nobody@example.org", password: "some passphrase" };
    const guesses = Array.from({ length: limits.signIn.failuresPerAccount + 3 }, () =>
      signIn(new TestBrowser(), unknown),
    );
    const statuses = (await Promise.all(guesses)).map(({ status }) => status).sort();
    expect(statuses.filter((status) => status === 401)).toHaveLength(limits.signIn.failuresPerAccount);
    expect(statuses.filter((status) => status === 429)).toHaveLength(3);
  });

  it("limits one address across accounts where a proxy tells addresses apart", async () => {
    await openHouse({ dialect, environment: { TRUST_PROXY: "1" } });
    await firstAdmin();
    const from = (address: string) => new TestBrowser({ headers: { "x-forwarded-for": address } });
    for (let guess = 0; guess < limits.signIn.failuresPerAddress; guess += 1) {
      // The store counts; hashing fifty passwords is not the point here.
      const { beginAttempt } = await import("#lib/server/auth/sign-in-limits.ts");
      const { getStore } = await import("#lib/server/store/open.ts");
      await beginAttempt(getStore(), `${guess}@example.org`, "192.0.2.7");
    }
    expect(await codeOf(await signIn(from("192.0.2.7"), ada))).toBe("rate_limited");
    expect((await signIn(from("192.0.2.8"), ada)).status).toBe(200);
  });

  it("gives a new session at each sign-in and ends the one the browser held", async () => {
    await openHouse({ dialect });
    await firstAdmin();
    const browser = new TestBrowser();
    await signIn(browser, ada);
    const first = browser.cookies.get("breakwater.session");
    await signIn(browser, ada);
    const second = browser.cookies.get("breakwater.session");
    expect(second).toBeDefined();
    expect(second).not.toBe(first);
    const thief = new TestBrowser();
    thief.cookies.set("breakwater.session", first ?? "");
    expect(await whoIs(thief)).toBe(401);
    expect(await whoIs(browser)).toMatchObject({ email: ada.email });
  });

  it("does not adopt a session that somebody else planted in the browser", async () => {
    await openHouse({ dialect });
    const admin = await firstAdmin();
    const attacker = await join(admin, ben);
    const victim = new TestBrowser();
    victim.cookies.set("breakwater.session", attacker.cookies.get("breakwater.session") ?? "");
    await signIn(victim, ada);
    expect(await whoIs(victim)).toMatchObject({ email: ada.email });
    expect(await whoIs(attacker)).toBe(401);
  });

  it("signs out: the row goes, so a kept copy of the cookie opens nothing", async () => {
    const store = await openHouse({ dialect });
    const browser = await firstAdmin();
    const kept = new TestBrowser();
    kept.cookies.set("breakwater.session", browser.cookies.get("breakwater.session") ?? "");
    const response = await signOut(browser);
    expect(response.status).toBe(200);
    expect(browser.cookies.has("breakwater.session")).toBe(false);
    expect(await whoIs(kept)).toBe(401);
    expect(await store.db.selectFrom("sessions").selectAll().execute()).toEqual([]);
  });
});

describe("the cookie", () => {
  it("is HttpOnly, Lax, and Secure with a prefix where the public address is https", async () => {
    const flagsOf = async (environment: Record<string, string>, origin: string) => {
      await openHouse({ environment });
      await firstAdmin();
      const response = await signIn(new TestBrowser({ origin }), ada);
      const cookie = response.headers.getSetCookie().find((line) => line.includes("breakwater.session=ey"));
      return (cookie ?? "").replace(/=ey[^;]+/, "=").replace(/Expires=[^;]+/i, "Expires");
    };
    expect(await flagsOf({}, "http://127.0.0.1:3000")).toBe(
      "breakwater.session=; Path=/; Expires; HttpOnly; SameSite=Lax",
    );
    const secure = await flagsOf({ AUTH_URL: "https://chat.example.org" }, "https://chat.example.org");
    expect(secure).toBe("__Secure-breakwater.session=; Path=/; Expires; HttpOnly; Secure; SameSite=Lax");
  });

  it("opens nothing when it is empty, blank, garbage, signed with another secret, or names no session", async () => {
    await openHouse();
    await firstAdmin();
    const fitting = await encodeSessionToken(createHash("sha256").update(randomUUID()).digest("base64url"));
    const empty = await encodeSessionToken("");
    await openHouse({ environment: { AUTH_SECRET: "quite another secret of 32 bytes or more" } });
    const admin = await firstAdmin();
    const good = admin.cookies.get("breakwater.session") ?? "";
    const values = [
      "",
      "   ",
      "null",
      "undefined",
      "x.y.z",
      fitting,
      empty,
      `${good}x`,
      good.slice(0, -4),
      "e".repeat(9000),
    ];
    for (const value of values) {
      const browser = new TestBrowser({ headers: { cookie: `breakwater.session=${value}` } });
      expect(await whoIs(browser), value).toBe(401);
    }
    expect(await whoIs(new TestBrowser({ headers: { authorization: `Bearer ${good}` } }))).toBe(401);
    expect(await whoIs(admin)).toMatchObject({ email: ada.email });
  });
});

describe("next-auth's routes", () => {
  it("refuse a foreign origin and a foreign host", async () => {
    await openHouse();
    await firstAdmin();
    const foreign = new TestBrowser({ headers: { origin: "https://evil.example" } });
    expect(await codeOf(await signIn(foreign, ada))).toBe("foreign_origin");
    const nullOrigin = new TestBrowser({ headers: { origin: "null" } });
    expect(await codeOf(await signIn(nullOrigin, ada))).toBe("foreign_origin");
    const rebound = new TestBrowser({ origin: "http://evil.example" });
    expect(await codeOf(await rebound.get(authGet, "/api/auth/csrf", { nextauth: ["csrf"] }))).toBe("host_refused");
  });

  it("refuse a sign-in without the CSRF token of this browser", async () => {
    await openHouse();
    await firstAdmin();
    const browser = new TestBrowser();
    const { csrfToken } = await csrf(new TestBrowser());
    const body = { csrfToken, email: ada.email, password: ada.password };
    const response = await browser.send(authPost, "/api/auth/callback/credentials", body, {
      nextauth: ["callback", "credentials"],
    });
    expect(response.status).toBe(403);
    expect(browser.cookies.has("breakwater.session")).toBe(false);
  });

  it("never send a browser to another origin", async () => {
    await openHouse();
    await firstAdmin();
    const targets = [
      "https://evil.example/",
      "//evil.example/x",
      "javascript:alert(1)",
      "/\\evil.example",
      "data:text/html,x",
    ];
    for (const callbackUrl of targets) {
      const response = await signIn(new TestBrowser(), ada, { callbackUrl });
      const { url } = (await response.json()) as { url: string };
      expect(new URL(url, "http://127.0.0.1:3000").origin, callbackUrl).toBe("http://127.0.0.1:3000");
      expect(url.startsWith("//"), callbackUrl).toBe(false);
    }
    const poisoned = new TestBrowser();
    poisoned.cookies.set("breakwater.callback", encodeURIComponent("https://evil.example/"));
    expect(await (await signIn(poisoned, ada)).json()).toEqual({ url: "/" });
  });

  it("take a plain form too and answer it with a redirect", async () => {
    await openHouse();
    await firstAdmin();
    const browser = new TestBrowser();
    const { csrfToken } = await csrf(browser);
    const send = (password: string) =>
      browser.send(
        authPost,
        "/api/auth/callback/credentials",
        new URLSearchParams({ csrfToken, email: ada.email, password, callbackUrl: "/settings" }),
        { nextauth: ["callback", "credentials"] },
      );
    const wrong = await send("not the passphrase");
    expect([wrong.status, wrong.headers.get("location")]).toEqual([303, "/sign-in?error=invalid_credentials"]);
    const right = await send(ada.password);
    expect([right.status, right.headers.get("location")]).toEqual([303, "/settings"]);
    expect(await whoIs(browser)).toMatchObject({ email: ada.email });
  });

  it("answer odd input with an error of ours", async () => {
    await openHouse();
    const browser = new TestBrowser();
    const { csrfToken } = await csrf(browser);
    const to = (body: unknown, path = "callback/credentials") =>
      browser.send(authPost, `/api/auth/${path}`, body, { nextauth: path.split("/") });
    expect(await codeOf(await to({ csrfToken, email: ["a"], password: {} }))).toBe("invalid_input");
    expect(await codeOf(await to({ csrfToken, email: "a", password: "b", role: "admin" }))).toBe("invalid_input");
    expect(await codeOf(await to(JSON.parse('{"csrfToken":"x","__proto__":{"a":1}}')))).toBe("invalid_input");
    expect(await codeOf(await to([]))).toBe("invalid_input");
    expect(await codeOf(await to({ csrfToken, email: "x".repeat(20_000) }))).toBe("too_large");
    expect(await codeOf(await to({ csrfToken }, "_log"))).toBe("not_found");
    expect(await codeOf(await to({ csrfToken }, "session"))).toBe("not_found");
    expect(await codeOf(await to({ csrfToken }, "signin/oidc"))).toBe("sign_in_failed");
    expect(await codeOf(await browser.get(authGet, "/api/auth/session", { nextauth: ["session"] }))).toBe("not_found");
  });
});
