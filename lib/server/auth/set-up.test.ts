import { describe, expect, it } from "vitest";
import { PATCH as patchPerson } from "#app/api/people/[id]/route.ts";
import { POST as postInvitation } from "#app/api/people/invitations/route.ts";
import { POST as postDemo } from "#app/api/set-up/demo/route.ts";
import { GET as getSetUp, POST as postSetUp } from "#app/api/set-up/route.ts";
import { ada, ben, eve, firstAdmin, idOf, join, signIn, whoIs } from "#lib/server/auth/people.testing.ts";
import { setUpCode } from "#lib/server/auth/set-up-code.ts";
import { codeOf, forgetProcess, openHouse, TestBrowser, testCode } from "#lib/server/auth/testing.ts";
import { getStore } from "#lib/server/store/open.ts";
import { eachDialect } from "#lib/server/store/testing.ts";

const sandbox = { BREAKWATER_SANDBOX: "1" };
const setUp = (browser: TestBrowser, body: unknown) => browser.send(postSetUp, "/api/set-up", body);
const demo = (browser: TestBrowser, code: string) => browser.send(postDemo, "/api/set-up/demo", { code });

eachDialect((dialect) => {
  it("makes the first admin with the printed code, once, and signs them in", async () => {
    await openHouse({ dialect });
    expect(await setUpCode()).toBe(testCode);
    expect(await (await new TestBrowser().get(getSetUp, "/api/set-up")).json()).toEqual({
      needed: true,
      demo: false,
      oidc: null,
    });
    const browser = new TestBrowser();
    expect((await setUp(browser, { code: testCode, ...ada })).status).toBe(200);
    expect(await whoIs(browser)).toMatchObject({ email: ada.email, role: "admin" });
    expect(await codeOf(await setUp(new TestBrowser(), { code: testCode, ...eve }))).toBe("set_up_done");
    expect(await setUpCode()).toBeNull();
    expect(await (await new TestBrowser().get(getSetUp, "/api/set-up")).json()).toMatchObject({ needed: false });
  });

  it("makes one admin when two set up at once", async () => {
    const store = await openHouse({ dialect });
    const both = [ada, eve].map((who) => setUp(new TestBrowser(), { code: testCode, ...who }));
    expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([200, 410]);
    expect(await store.db.selectFrom("users").select("id").execute()).toHaveLength(1);
  });

  it("makes nobody an admin without the code, whatever the address, and limits guesses", async () => {
    const store = await openHouse({ dialect });
    for (const headers of [{}, { "x-forwarded-for": "127.0.0.1" }, { "x-real-ip": "127.0.0.1" }]) {
      const response = await setUp(new TestBrowser({ headers }), { code: "another-code-of-some-length", ...ada });
      expect(await codeOf(response)).toBe("code_invalid");
    }
    expect(await codeOf(await setUp(new TestBrowser(), { ...ada }))).toBe("invalid_input");
    const codes: string[] = [];
    for (let guess = 0; guess < 12; guess += 1) {
      codes.push(await codeOf(await setUp(new TestBrowser(), { code: `guess-number-${guess}-of-many`, ...ada })));
    }
    expect(codes.at(-1)).toBe("rate_limited");
    expect(await store.db.selectFrom("users").select("id").execute()).toEqual([]);
  });

  it("opens the demo account in the sandbox, as often as the code is used, beside the first admin", async () => {
    const store = await openHouse({ dialect, environment: sandbox });
    const first = new TestBrowser();
    expect((await demo(first, testCode)).status).toBe(200);
    expect(await whoIs(first)).toMatchObject({ role: "admin" });
    await firstAdmin();
    expect(await setUpCode()).toBe(testCode);
    expect((await demo(new TestBrowser(), testCode)).status).toBe(200);
    expect(await codeOf(await demo(new TestBrowser(), "another-code-of-some-length"))).toBe("code_invalid");
    expect(await store.db.selectFrom("users").select("is_demo").orderBy("is_demo").execute()).toEqual([
      { is_demo: 0 },
      { is_demo: 1 },
    ]);
  });

  it("opens no demo account, and no demo session, once a real upstream is connected", async () => {
    await openHouse({ dialect, environment: sandbox });
    const browser = new TestBrowser();
    await demo(browser, testCode);
    expect(await whoIs(browser)).toMatchObject({ role: "admin" });
    process.env["BREAKWATER_SANDBOX"] = "0";
    forgetProcess();
    expect(await whoIs(browser)).toBe(401);
    expect(await codeOf(await demo(browser, testCode))).toBe("demo_disabled");
    expect(await (await browser.get(getSetUp, "/api/set-up")).json()).toMatchObject({ needed: true, demo: false });
    expect((await setUp(browser, { code: testCode, ...ada })).status).toBe(200);
  });

  it("gives the demo account no way into the real deployment", async () => {
    await openHouse({ dialect, environment: sandbox });
    const admin = await firstAdmin();
    const id = await idOf(admin);
    const browser = new TestBrowser();
    await demo(browser, testCode);
    const demote = await browser.send(patchPerson, `/api/people/${id}`, { role: "member" }, { id }, "PATCH");
    expect(await codeOf(demote)).toBe("forbidden");
    // Whom it invites is a demo account too.
    const guest = await join(browser, ben, "admin");
    expect(await whoIs(guest)).toMatchObject({ role: "admin" });
    const open = await browser.send(postInvitation, "/api/people/invitations", { role: "admin" });
    expect(open.status).toBe(200);
    process.env["BREAKWATER_SANDBOX"] = "0";
    forgetProcess();
    expect(await whoIs(guest)).toBe(401);
    expect(await codeOf(await signIn(new TestBrowser(), ben))).toBe("invalid_credentials");
    expect((await signIn(new TestBrowser(), ada)).status).toBe(200);
  });
});

describe("the code", () => {
  it("works at another process on PostgreSQL", async () => {
    const store = await openHouse({ dialect: "postgres" });
    expect(await setUpCode(store)).toBe(testCode);
    expect(JSON.stringify(await store.db.selectFrom("settings").selectAll().execute())).not.toContain(testCode);
    process.env["BREAKWATER_SET_UP_CODE"] = "what-the-other-process-printed";
    forgetProcess();
    expect((await setUp(new TestBrowser(), { code: testCode, ...ada })).status).toBe(200);
  });

  it("is long and new at each start, and an old one opens nothing", async () => {
    await openHouse();
    process.env["BREAKWATER_SET_UP_CODE"] = "";
    forgetProcess();
    const first = await setUpCode(getStore());
    expect(first).toMatch(/^[\w-]{43}$/);
    forgetProcess();
    expect(await setUpCode(getStore())).not.toBe(first);
    expect(await codeOf(await setUp(new TestBrowser(), { code: first, ...ada }))).toBe("code_invalid");
  });
});
