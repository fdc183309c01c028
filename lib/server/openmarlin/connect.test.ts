import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GET as getConnection, PUT as putConnection } from "#app/api/connections/openmarlin/route.ts";
import { POST as postCancel } from "#app/api/jobs/[id]/cancel/route.ts";
import { GET as getJob } from "#app/api/jobs/[id]/route.ts";
import { GET as getJobs } from "#app/api/jobs/route.ts";
import { POST as postRegistration } from "#app/api/openmarlin/registration/route.ts";
import { DELETE as disconnect, GET as getOpenMarlin } from "#app/api/openmarlin/route.ts";
import { type RunningSandbox, startSandbox } from "#lib/sandbox/server.ts";
import { ada, ben, firstAdmin, idOf, join } from "#lib/server/auth/people.testing.ts";
import { codeOf, openHouse, type TestBrowser } from "#lib/server/auth/testing.ts";
import { openMarlinAccess } from "#lib/server/openmarlin/access.ts";
import { uuidv7 } from "#lib/server/store/ids.ts";
import type { Store } from "#lib/server/store/store.ts";
import { readBalance } from "#lib/server/upstream/openmarlin/billing.ts";
import { controlSandbox, scriptedServer, sendJson } from "#lib/server/upstream/openmarlin/testing.ts";
import type { ErrorBody } from "#lib/shared/errors.ts";
import type { JobState, JobView } from "#lib/shared/jobs.ts";
import { eventually, marlinHouse, startJobs } from "./testing.ts";

let sandbox: RunningSandbox;

beforeEach(async () => {
  sandbox = await startSandbox({ token: "t", settings: { timeScale: 0.01, paceScale: 0 } });
});
afterEach(() => sandbox.close());

interface Begun {
  job: JobView;
  handoff: { authorizationUrl: string; deviceCode: string | null } | null;
}

async function begin(browser: TestBrowser, requestId = uuidv7()): Promise<Begun> {
  const response = await browser.send(postRegistration, "/api/openmarlin/registration", { requestId });
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toContain("no-store");
  return response.json();
}

async function approve({ handoff }: Begun, email = "ada@example.org"): Promise<void> {
  const id = handoff?.authorizationUrl.split("/").at(-1);
  const code = handoff?.deviceCode;
  await controlSandbox(sandbox, "POST", `/openmarlin/authorizations/${id}/approve`, {
    email,
    ...(typeof code === "string" ? { device_code: code } : {}),
  });
}

async function jobOf(browser: TestBrowser, id: string): Promise<JobView> {
  return (await browser.get(getJob, `/api/jobs/${id}`, { id })).json();
}

async function viewOf(browser: TestBrowser) {
  return (await browser.get(getOpenMarlin, "/api/openmarlin")).json();
}

describe.each(["sqlite", "postgres"] as const)("connecting OpenMarlin on %s", (dialect) => {
  async function house(environment: Record<string, string> = {}) {
    return marlinHouse(sandbox.openmarlin.url, { dialect, environment });
  }

  const ended = (browser: TestBrowser, id: string, state: JobState) => async () => {
    const job = await jobOf(browser, id);
    return job.state === state ? job : undefined;
  };

  it.each(["device", "workos_callback"] as const)(
    "by %s stores a key that nobody sees, and shows what it is for",
    async (flow) => {
      const { store, admin, jobs } = await house({ OPENMARLIN_AUTH_FLOW: flow });
      expect(await viewOf(admin)).toMatchObject({ mode: "person", usable: false, seesMoney: false, account: null });
      const begun = await begin(admin);
      expect(begun.job).toMatchObject({ state: "waiting_for_person", canCancel: true });
      expect(begun.handoff?.authorizationUrl).toMatch(/^http:/);
      expect(begun.handoff?.deviceCode === null).toBe(flow === "workos_callback");
      expect(await viewOf(admin)).toMatchObject({ registrationJobId: begun.job.id });
      await jobs.look();
      await approve(begun);
      await eventually(jobs, ended(admin, begun.job.id, "succeeded"));
      const view = await viewOf(admin);
      expect(view).toMatchObject({ usable: true, seesMoney: true, account: { workspaceId: expect.any(String) } });
      const access = await openMarlinAccess(store, await idOf(admin));
      expect(await readBalance(access.connection, access.key)).toMatchObject({ workspaceId: view.account.workspaceId });
      for (const told of [view, await jobOf(admin, begun.job.id), await everyRow(store)]) {
        expect(JSON.stringify(told)).not.toContain(access.key);
      }
      const rows = await store.db
        .selectFrom("audit_log")
        .select(["action", "outcome"])
        .where("action", "like", "open%")
        .orderBy("seq")
        .execute();
      expect(rows).toEqual([
        { action: "openmarlin.connect", outcome: "intent" },
        { action: "openmarlin.connect", outcome: "done" },
      ]);
      expect((await admin.send(disconnect, "/api/openmarlin", undefined, {}, "DELETE")).status).toBe(204);
      expect(await viewOf(admin)).toMatchObject({ usable: false, account: null });
    },
  );

  it("shows the code to whoever began it alone, and two clicks or tabs make one registration", async () => {
    const { store, admin } = await house();
    const requestId = uuidv7();
    const [first, again] = await Promise.all([begin(admin, requestId), begin(admin, requestId)]);
    const other = await begin(admin);
    expect(other.job.id).toBe(first.job.id);
    expect(again.job.id).toBe(first.job.id);
    expect(other.handoff).toBeNull();
    const code = (first.handoff ?? again.handoff)?.deviceCode ?? "?";
    expect(
      JSON.stringify([await jobOf(admin, first.job.id), await viewOf(admin), await everyRow(store)]),
    ).not.toContain(code);
    const { sessions } = await secretOf(store);
    expect(sessions).toBe(1);
  });

  it("goes on across a restart, and after it expired can be begun again", async () => {
    const { store, admin } = await house();
    const begun = await begin(admin);
    const later = await startJobs(store);
    const id = begun.handoff?.authorizationUrl.split("/").at(-1);
    await controlSandbox(sandbox, "POST", `/openmarlin/authorizations/${id}/expire`);
    await eventually(later, ended(admin, begun.job.id, "expired"));
    const again = await begin(admin);
    expect(again.job.id).not.toBe(begun.job.id);
    const cancelled = await admin.send(postCancel, `/api/jobs/${again.job.id}/cancel`, undefined, { id: again.job.id });
    expect(await cancelled.json()).toMatchObject({ state: "cancelled" });
    await approve(again);
    await later.look();
    await later.idle();
    expect(await viewOf(admin)).toMatchObject({ account: null });
  });

  it("is one person's own: others neither see nor cancel it", async () => {
    const { admin } = await house();
    const begun = await begin(admin);
    const member = await join(admin, ben);
    const { id } = begun.job;
    expect(await codeOf(await member.get(getJob, `/api/jobs/${id}`, { id }))).toBe("not_found");
    expect(await codeOf(await member.send(postCancel, `/api/jobs/${id}/cancel`, undefined, { id }))).toBe("not_found");
    expect(await (await member.get(getJobs, "/api/jobs")).json()).toMatchObject({ items: [] });
    expect(await viewOf(member)).toMatchObject({ registrationJobId: null, account: null });
  });
});

describe("a registration with an upstream that misbehaves", () => {
  const session = (origin: string, more: object = {}) => ({
    registration_session_id: "reg_secret_0001",
    state: "pending_external_auth",
    handoff: { type: "device", device_code: "AAAA-BBBB", authorization_url: `${origin}/device` },
    ...more,
  });

  it.each([
    ["another scheme", "javascript:alert(1)"],
    ["another host", "https://evil.example/device"],
    ["no address", undefined],
  ])("that names %s is refused, and nothing is opened", async (_what, authorization_url) => {
    const server = await scriptedServer((_request, response) =>
      sendJson(response, 200, session("", { handoff: { device_code: "AAAA-BBBB", authorization_url } })),
    );
    const { admin } = await marlinHouse(server.origin);
    const begun = await begin(admin);
    expect(begun).toMatchObject({
      job: { state: "failed", problem: { code: "openmarlin_handoff_refused" } },
      handoff: null,
    });
  });

  it("that loses the answer to the key call says that nobody knows, and asks for no second key", async () => {
    const server = await scriptedServer(({ path }, response) => {
      if (path.endsWith("/api-keys")) return response.destroy();
      const state = path.endsWith("reg_secret_0001") ? "completed" : "pending_external_auth";
      return sendJson(response, 200, session(server.origin, { state }));
    });
    const { admin, jobs } = await marlinHouse(server.origin);
    const { job } = await begin(admin);
    await eventually(jobs, async () => ((await jobOf(admin, job.id)).state === "create_unknown" ? true : undefined));
    expect(server.requests.filter(({ path }) => path.endsWith("/api-keys"))).toHaveLength(1);
  });

  it("whose creation gets no answer is unknown, and can be begun again", async () => {
    let calls = 0;
    const server = await scriptedServer((_request, response) => {
      calls += 1;
      if (calls === 1) response.destroy();
      else sendJson(response, 200, session(server.origin));
    });
    const { admin } = await marlinHouse(server.origin);
    expect((await begin(admin)).job).toMatchObject({ state: "create_unknown" });
    expect((await begin(admin)).job).toMatchObject({ state: "waiting_for_person" });
  });
});

describe("the settings of OpenMarlin", () => {
  const put = (browser: TestBrowser, change: object, password = ada.password) =>
    browser.send(putConnection, "/api/connections/openmarlin", { ...change, password }, {}, "PUT");

  it("are off until something enables them, and then the published address counts", async () => {
    await openHouse();
    const admin = await firstAdmin();
    expect(await viewOf(admin)).toMatchObject({ mode: "off", usable: false });
    const changed = await put(admin, { registration: true });
    expect(await changed.json()).toMatchObject({
      enabled: true,
      serverUrl: { value: "https://api.openmarlin.ai", source: "default" },
    });
    expect(await viewOf(admin)).toMatchObject({ mode: "person", host: "api.openmarlin.ai" });
  });

  it.each([
    [{ serverUrl: "https://openmarlin.ai" }, "serverUrl: website"],
    [{ serverUrl: "https://api.openmarlin.ai/v1" }, "serverUrl: path"],
    [{ serverUrl: "http://93.184.216.34" }, "serverUrl: plain_http_public"],
  ])("refuse %o with the reason", async (change, problem) => {
    await openHouse();
    const admin = await firstAdmin();
    const { error } = (await (await put(admin, change)).json()) as ErrorBody;
    expect(error.fields?.map(({ path, message }) => `${path}: ${message}`)).toEqual([problem]);
  });

  it("keep one key for everybody sealed, for its own address only, and let nobody connect beside it", async () => {
    const store = await openHouse();
    const admin = await firstAdmin();
    const member = await join(admin, ben);
    const apiKey = "claw_wsk_for_everybody_0001";
    expect((await put(member, { apiKey })).status).toBe(403);
    expect((await put(admin, { apiKey }, "not the password")).status).toBe(422);
    const shown = await (await put(admin, { apiKey })).text();
    expect(JSON.parse(shown)).toMatchObject({ apiKey: { set: true, source: "page" } });
    expect(shown + JSON.stringify(await everyRow(store))).not.toContain(apiKey);
    expect(await viewOf(admin)).toMatchObject({ mode: "shared", usable: true, seesMoney: true });
    expect(await viewOf(member)).toMatchObject({ mode: "shared", usable: true, seesMoney: false });
    await startJobs(store);
    const response = await member.send(postRegistration, "/api/openmarlin/registration", { requestId: uuidv7() });
    expect(await codeOf(response)).toBe("openmarlin_shared_key");
    const moved = await put(admin, { serverUrl: "https://marlin.example.org" });
    expect(((await moved.json()) as ErrorBody).error.fields?.[0]).toEqual({
      path: "apiKey",
      message: "required_for_new_address",
    });
  });

  it("from the environment stand above the page", async () => {
    await openHouse({ environment: { OPENMARLIN_PLATFORM_API_KEY: "claw_wsk_environment" } });
    const admin = await firstAdmin();
    const view = await (await admin.get(getConnection, "/api/connections/openmarlin")).json();
    expect(view).toMatchObject({ enabled: true, apiKey: { set: true, source: "environment" } });
    const { error } = (await (await put(admin, { apiKey: "claw_wsk_other_key" })).json()) as ErrorBody;
    expect(error.fields?.[0]).toEqual({ path: "apiKey", message: "environment" });
    // The key was given for the published address: it goes to no other.
    expect(await (await put(admin, { serverUrl: "https://marlin.example.org" })).json()).toMatchObject({
      apiKey: { set: false },
    });
  });
});

/** Everything the store holds in clear. */
async function everyRow(store: Store): Promise<unknown[]> {
  return Promise.all(
    (["jobs", "openmarlin_accounts", "audit_log", "settings"] as const).map((table) =>
      store.db.selectFrom(table).selectAll().execute(),
    ),
  );
}

async function secretOf(store: Store): Promise<{ sessions: number }> {
  const rows = await store.db.selectFrom("jobs").select("secret").where("secret", "is not", null).execute();
  return { sessions: rows.length };
}
