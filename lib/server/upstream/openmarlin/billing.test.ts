import { describe, expect, it } from "vitest";
import { createTopUp, readBalance, readLedger, readReferral, readUsage } from "./billing.ts";
import { isKnownUrl, parseServerUrl } from "./connection.ts";
import { listModels } from "./models.ts";
import { createRegistration } from "./registration.ts";
import { readTask } from "./tasks.ts";
import { connectionTo, scriptedServer, sendJson } from "./testing.ts";

async function answering(value: unknown) {
  const server = await scriptedServer((_request, response) => sendJson(response, 200, value));
  return { connection: connectionTo(server.origin), server };
}

describe("answers with nothing more than the client cannot do without", () => {
  it("are read", async () => {
    const { connection } = await answering({
      workspace_id: "ws",
      available_balance: { amount: 1, unit: "credits" },
      data: [],
      referral_code: "AB",
      summary: { signed_up_count: 1, qualified_count: 0, rewarded_count: 0 },
      topup_session_id: "top_1",
      registration_session_id: "reg_1",
      state: "pending_external_auth",
      status: "queued",
      handoff: { type: "device", device_code: "AB-CD" },
    });
    expect(await readBalance(connection, "k")).toEqual({
      workspaceId: "ws",
      amount: "1",
      unit: "credits",
      updatedAt: null,
    });
    expect(await readUsage(connection, "k")).toEqual([]);
    expect(await readReferral(connection, "k")).toMatchObject({ code: "AB", link: null, signedUp: 1 });
    expect(await createTopUp(connection, "k", "2")).toMatchObject({ id: "top_1", checkoutUrl: null });
    expect(await readTask(connection, "k", "t")).toMatchObject({ id: null, status: "queued", artifactUrl: null });
    const session = await createRegistration(connection, "device");
    expect(session).toMatchObject({ proof: { device_code: "AB-CD" }, expiresAt: null, authorizationUrl: null });
  });
});

describe("usage and ledger", () => {
  it("come newest first, in both shapes, without the rows that make no sense", async () => {
    const { connection } = await answering({
      data: [
        { created_at: "2026-01-01T00:00:00Z", measured_units: 3, settlement: { amount: 0.1, unit: "credits" } },
        {
          created_at: "2026-01-02T00:00:00Z",
          measured_units: { requests: 1 },
          settlement: { convertedFinalDebit: { amount: 0.25, unit: "credits", usdPerCredit: 1 } },
        },
        { created_at: "2026-01-03T00:00:00Z", settlement: "odd", measured_units: "odd" },
        "nonsense",
        null,
      ],
    });
    expect(await readUsage(connection, "k")).toMatchObject([
      { cost: null, units: null },
      { cost: "0.25", units: 1 },
      { cost: "0.1", units: 3 },
    ]);
    const ledger = await answering({
      data: [
        { created_at: "2026-01-01T00:00:00Z", amount: { amount: -1.5, unit: "credits" } },
        { amount: { amount: "2", unit: "credits" } },
        { created_at: "2026-02-01T00:00:00Z", type: "topup_credit", amount: { amount: 5, unit: "credits" } },
      ],
    });
    expect((await readLedger(ledger.connection, "k")).map(({ amount }) => amount)).toEqual(["5", "-1.5"]);
  });
});

it.each([
  [{}],
  [{ available_balance: { amount: "1", unit: "credits" } }],
  [{ available_balance: { amount: 1e300, unit: "credits" } }],
  ["<html>"],
])("a balance of %j is malformed, never a number", async (value) => {
  const { connection } = await answering(value);
  await expect(readBalance(connection, "k")).rejects.toMatchObject({ code: "openmarlin_malformed" });
});

it("models without a slash, and rows that are none, are left out", async () => {
  const { connection, server } = await answering({
    data: [
      { id: "a/b", providers: [{ provider_id: "p", labels: { region: "eu" } }, { odd: 1 }] },
      { id: "bare" },
      { id: "c/d" },
      7,
    ],
  });
  expect(await listModels(connection, "claw_wsk_1")).toEqual([
    { ref: "a/b", providers: [{ id: "p", labels: { region: "eu" } }] },
    { ref: "c/d", providers: [] },
  ]);
  expect(server.requests[0]).toMatchObject({ method: "GET", path: "/v1/models" });
});

it("registration calls carry no credential", async () => {
  const { connection, server } = await answering({ registration_session_id: "r", state: "x" });
  await createRegistration(connection, "workos_callback");
  expect(server.requests[0]?.headers).not.toHaveProperty("authorization");
  expect(server.requests[0]?.body).toEqual({ provider: "workos", auth_flow: "workos_callback" });
});

it.each([
  ["https://api.openmarlin.ai", { origin: "https://api.openmarlin.ai" }],
  ["https://api.openmarlin.ai/", { origin: "https://api.openmarlin.ai" }],
  ["http://127.0.0.1:4000", { origin: "http://127.0.0.1:4000" }],
  ["https://openmarlin.ai", { problem: "website" }],
  ["https://WWW.OpenMarlin.ai/", { problem: "website" }],
  ["https://api.openmarlin.ai/v1", { problem: "path" }],
  ["https://proxy.example.org/marlin", { problem: "path" }],
  ["https://a:b@api.openmarlin.ai", { problem: "credentials" }],
  ["https://api.openmarlin.ai?x=1", { problem: "query" }],
  ["http://93.184.216.34", { problem: "plain_http_public" }],
  ["ftp://api.openmarlin.ai", { problem: "scheme" }],
  ["api.openmarlin.ai", { problem: "not_a_url" }],
])("the server address %s is %o", (text, parsed) => {
  expect(parseServerUrl(text)).toEqual(parsed);
});

it.each([
  ["https://checkout.stripe.com/c/pay/cs_1#x", true],
  ["https://checkout.stripe.com.evil.example/c", false],
  ["http://checkout.stripe.com/c", false],
  ["javascript:alert(1)", false],
  ["https://user@checkout.stripe.com/c", false],
  ["//checkout.stripe.com/c", false],
])("the address %s is opened: %s", (url, known) => {
  expect(isKnownUrl(url, ["https://checkout.stripe.com"])).toBe(known);
});
