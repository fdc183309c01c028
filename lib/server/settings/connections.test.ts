import { beforeEach, describe, expect, test } from "vitest";
import { GET as getAgents } from "#app/api/agents/route.ts";
import { GET as getAgentSettings, PUT as putAgentSettings } from "#app/api/connections/agents/route.ts";
import { POST as postProbe } from "#app/api/connections/openclaw/probe/route.ts";
import { GET as getConnections, PUT as putConnections } from "#app/api/connections/route.ts";
import { GET as getStatus } from "#app/api/status/route.ts";
import { allowAgent } from "#lib/server/agents/agents.ts";
import { ada, ben, eve, firstAdmin, idOf, join } from "#lib/server/auth/people.testing.ts";
import { codeOf, openHouse, type TestBrowser } from "#lib/server/auth/testing.ts";
import { currentConnection, isSandbox, openclawConnection } from "#lib/server/settings/connection.ts";
import { getStore } from "#lib/server/store/open.ts";
import { connectTo, gateway } from "#lib/server/upstream/openclaw/testing.ts";
import type { AgentSetting } from "#lib/shared/connections.ts";
import type { ErrorBody } from "#lib/shared/errors.ts";

const secret = "gw-secret-0123456789abcdef";

async function fieldsOf(response: Response): Promise<string[]> {
  const { error } = (await response.json()) as ErrorBody;
  return (error.fields ?? []).map(({ path, message }) => `${path}: ${message}`);
}

function storedConnections() {
  return getStore().db.selectFrom("settings").selectAll().where("key", "like", "connection.%").execute();
}

const put = (browser: TestBrowser, openclaw: unknown, password: string = ada.password) =>
  browser.send(putConnections, "/api/connections", { openclaw, password }, {}, "PUT");

/** A gateway that lists three agents to whoever has the right token, and remembers the tokens. */
async function listing(tokens: (string | undefined)[] = [], right = secret): Promise<string> {
  const { url } = await gateway((response, { headers, url }) => {
    if (url === "/readyz") return void response.writeHead(200).end("{}");
    tokens.push(headers.authorization);
    const ok = headers.authorization === `Bearer ${right}`;
    response.writeHead(ok ? 200 : 401, { "content-type": "application/json" });
    const data = ["openclaw", "openclaw/default", "openclaw/main", "openclaw/ops", "openclaw/docs"].map((id) => ({
      id,
    }));
    response.end(JSON.stringify(ok ? { data } : { error: { type: "unauthorized", message: "" } }));
  });
  return url;
}

describe("the connection on the page", () => {
  let admin: TestBrowser;
  beforeEach(async () => {
    await openHouse();
    admin = await firstAdmin();
  });

  test("is stored sealed, takes effect at once, and its credential is never shown again", async () => {
    const url = await listing();
    const response = await put(admin, { url: `${url}/v1`, auth: "token", credential: secret });
    expect(response.status).toBe(200);
    const shown = await response.text();
    expect(JSON.parse(shown).openclaw).toMatchObject({
      url: { value: url, source: "page" },
      auth: { value: "token", source: "page" },
      credential: { set: true, source: "page", variable: null, updatedByName: ada.name },
    });
    const again = await (await admin.get(getConnections, "/api/connections")).text();
    const { agents } = await (await admin.get(getAgents, "/api/agents")).json();
    expect(agents.map(({ id }: { id: string }) => id)).toEqual(["main", "ops", "docs"]);
    const probed = await (await admin.send(postProbe, "/api/connections/openclaw/probe")).text();
    const rows = await storedConnections();
    const audited = await getStore().db.selectFrom("audit_log").selectAll().execute();
    expect(rows).toMatchObject([{ sealed: 1 }]);
    expect(audited).toContainEqual(expect.objectContaining({ action: "settings.update", outcome: "done" }));
    for (const text of [shown, again, probed, JSON.stringify(rows), JSON.stringify(audited)]) {
      expect(text).not.toContain(secret.slice(3, 15));
    }
  });

  test("needs the admin's password, and writes down who failed", async () => {
    const response = await put(admin, { url: "https://gw.example", credential: secret }, "not the password");
    expect(response.status).toBe(422);
    expect(await fieldsOf(response)).toEqual(["password: wrong"]);
    expect(await storedConnections()).toEqual([]);
    const audited = await getStore().db.selectFrom("audit_log").selectAll().execute();
    expect(audited).toContainEqual(expect.objectContaining({ action: "settings.update", outcome: "refused" }));
  });

  test("asks for the credential again when the address changes, and never sends the old one there", async () => {
    const tokens: (string | undefined)[] = [];
    const elsewhere = await listing(tokens);
    await put(admin, { url: await listing(), auth: "token", credential: secret });
    expect(await fieldsOf(await put(admin, { url: elsewhere }))).toEqual([
      "openclaw.credential: required_for_new_address",
    ]);
    // Nor by a way round: without a secret first, then with one again.
    expect((await put(admin, { url: elsewhere, auth: "none" })).status).toBe(200);
    expect((await put(admin, { auth: "token" })).status).toBe(200);
    expect(await openclawConnection()).toMatchObject({ url: elsewhere, credential: null });
    await admin.get(getAgents, "/api/agents");
    expect(tokens.filter((token) => token !== undefined)).toEqual([]);
  });

  test("lets a new credential through after the old one was refused, without a restart", async () => {
    const tokens: (string | undefined)[] = [];
    await put(admin, { url: await listing(tokens, "the-new-one"), auth: "token", credential: "the-old-one" });
    const status = async () => (await (await admin.get(getStatus, "/api/status")).json()).upstreams[0];
    expect(await status()).toMatchObject({ state: "not_reached", detailCode: "credential_refused" });
    await status();
    expect(tokens).toEqual(["Bearer the-old-one"]);
    await put(admin, { credential: "the-new-one" });
    expect(await status()).toMatchObject({ state: "served", detailCode: null });
    expect(currentConnection().credential).toBe("the-new-one");
  });

  test.each([
    ["ftp://gw.example", "openclaw.url: scheme"],
    ["https://a:b@gw.example", "openclaw.url: credentials"],
    ["https://gw.example/?x", "openclaw.url: query"],
    ["http://8.8.8.8", "openclaw.url: plain_http_public"],
    ["gw", "openclaw.url: not_a_url"],
  ])("refuses the address %s", async (url, field) => {
    expect(await fieldsOf(await put(admin, { url, credential: secret }))).toEqual([field]);
  });

  test.each([
    ["an unknown key", { url: "https://gw.example", extra: 1 }],
    ["a prototype key", JSON.parse('{"__proto__":{"url":"https://gw.example"}}')],
    ["a wrong type", { url: 1 }],
    ["a credential with a line break", { credential: "a\r\nx-evil: 1" }],
    ["an unknown mode", { auth: "basic" }],
    ["a header of ours", { userHeader: "Authorization" }],
    ["an odd agent id", { agents: ["../x"] }],
    ["nothing", null],
  ])("refuses %s", async (_name, openclaw) => {
    expect((await put(admin, openclaw)).status).toBe(422);
    expect(await storedConnections()).toEqual([]);
  });

  test("is for admins only, as are the probe and the settings of agents", async () => {
    const member = await join(admin, ben);
    expect(await codeOf(await member.get(getConnections, "/api/connections"))).toBe("forbidden");
    expect(await codeOf(await put(member, { url: null }, ben.password))).toBe("forbidden");
    expect(await codeOf(await member.send(postProbe, "/api/connections/openclaw/probe"))).toBe("forbidden");
    expect(await codeOf(await member.get(getAgentSettings, "/api/connections/agents"))).toBe("forbidden");
    const body = { agents: [] };
    expect(await codeOf(await member.send(putAgentSettings, "/api/connections/agents", body, {}, "PUT"))).toBe(
      "forbidden",
    );
  });
});

describe("the environment", () => {
  test("wins over the page, is named, and cannot be changed there", async () => {
    const url = await listing();
    await openHouse({ environment: { OPENCLAW_GATEWAY_URL: url, OPENCLAW_GATEWAY_TOKEN: secret } });
    const admin = await firstAdmin();
    const view = await (await admin.get(getConnections, "/api/connections")).json();
    expect(view).toMatchObject({ sandbox: false, openclaw: { url: { value: url, source: "environment" } } });
    expect(view.openclaw.credential).toMatchObject({
      set: true,
      source: "environment",
      variable: "OPENCLAW_GATEWAY_TOKEN",
    });
    expect(await fieldsOf(await put(admin, { url: "https://other.example", credential: "x" }))).toEqual([
      "openclaw.url: environment",
      "openclaw.credential: environment",
    ]);
    expect(await openclawConnection()).toMatchObject({ url, auth: "token", credential: secret, fingerprint: "real" });
  });

  test("gives its token to no address but its own", async () => {
    await openHouse({ environment: { OPENCLAW_GATEWAY_TOKEN: secret } });
    const admin = await firstAdmin();
    const tokens: (string | undefined)[] = [];
    const url = await listing(tokens);
    expect((await put(admin, { url, auth: "token" })).status).toBe(200);
    await admin.get(getAgents, "/api/agents");
    await admin.send(postProbe, "/api/connections/openclaw/probe");
    expect(tokens.filter((token) => token?.includes(secret))).toEqual([]);
  });

  test("without a gateway and without the sandbox says that nothing is configured", async () => {
    await openHouse();
    const admin = await firstAdmin();
    expect(await (await admin.get(getAgents, "/api/agents")).json()).toEqual({
      agents: [],
      problem: { code: "gateway_unconfigured" },
    });
    const report = await (await admin.send(postProbe, "/api/connections/openclaw/probe")).json();
    expect(report.findings).toEqual([{ code: "unconfigured", level: "failed", facts: {} }]);
    expect(isSandbox()).toBe(false);
  });
});

describe("agents", () => {
  const setting = (id: string, change: Partial<AgentSetting> = {}): AgentSetting => ({
    id,
    name: null,
    description: null,
    hidden: false,
    restricted: false,
    personIds: [],
    models: [],
    ...change,
  });
  const change = (browser: TestBrowser, agents: unknown) =>
    browser.send(putAgentSettings, "/api/connections/agents", { agents }, {}, "PUT");
  const seenBy = async (browser: TestBrowser) => (await (await browser.get(getAgents, "/api/agents")).json()).agents;
  const allow = (id: string, agentId: string, model: string | null = null) =>
    allowAgent({ id, email: "x@example.com" }, agentId, model).then(
      () => "allowed",
      (error: { code: string }) => error.code,
    );

  let admin: TestBrowser;
  beforeEach(async () => {
    const url = await listing();
    await openHouse({ environment: { OPENCLAW_GATEWAY_URL: url, OPENCLAW_GATEWAY_TOKEN: secret } });
    admin = await firstAdmin();
  });

  test("have the admin's names and order, and are seen by those who may", async () => {
    const [member, other] = [await join(admin, ben), await join(admin, eve)];
    const benId = await idOf(member);
    const response = await change(admin, [
      setting("ops", {
        name: "Operations",
        description: "Runs things",
        restricted: true,
        personIds: [benId],
        models: ["stub/stub-2"],
      }),
      setting("main", { hidden: true }),
      setting("gone"),
    ]);
    const { agents } = await response.json();
    expect(agents.map(({ id, listed }: { id: string; listed: boolean }) => [id, listed])).toEqual([
      ["ops", true],
      ["main", true],
      ["docs", true],
      ["gone", false],
    ]);
    expect(await seenBy(member)).toEqual([
      { id: "ops", name: "Operations", description: "Runs things", models: ["stub/stub-2"], upstream: "openclaw" },
      { id: "docs", name: "docs", description: "", models: [], upstream: "openclaw" },
    ]);
    expect((await seenBy(other)).map(({ id }: { id: string }) => id)).toEqual(["docs"]);

    const eveId = await idOf(other);
    expect(await allow(benId, "ops")).toBe("allowed");
    expect(await allow(benId, "ops", "stub/stub-2")).toBe("allowed");
    expect(await allow(benId, "ops", "openai/gpt-5.4")).toBe("agent_unavailable");
    expect(await allow(benId, "docs", "stub/stub-2")).toBe("agent_unavailable");
    expect(await allow(benId, "main")).toBe("agent_unavailable");
    expect(await allow(eveId, "ops")).toBe("agent_unavailable");
    expect(await allow(eveId, "nope")).toBe("agent_unavailable");
    expect(await allow(eveId, "gone")).toBe("agent_unavailable");
  });

  test("refuse settings that make no sense, and keep what was there", async () => {
    await change(admin, [setting("ops", { name: "Operations" })]);
    const bad: unknown[] = [
      [setting("ops"), setting("OPS")],
      [{ ...setting("ops"), position: 1 }],
      [setting("o p s")],
      [setting("ops", { models: ["a b"] })],
      [setting("ops", { personIds: ["me"] })],
      [setting("ops", { restricted: true, personIds: ["00000000-0000-7000-8000-000000000000"] })],
      "ops",
    ];
    for (const agents of bad) expect((await change(admin, agents)).status).toBe(422);
    expect((await seenBy(admin))[0]).toMatchObject({ id: "ops", name: "Operations" });
  });

  test("do not look missing while the gateway is away", async () => {
    await openHouse({ environment: { OPENCLAW_GATEWAY_URL: connectTo(1).url, OPENCLAW_GATEWAY_TOKEN: secret } });
    expect(await allow("x", "main")).toBe("gateway_unreachable");
  });
});
