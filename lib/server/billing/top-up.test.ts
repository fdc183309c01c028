import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GET as getBalance } from "#app/api/billing/balance/route.ts";
import { GET as getLedger } from "#app/api/billing/ledger/route.ts";
import { GET as getReferral } from "#app/api/billing/referral/route.ts";
import { POST as postTopUp } from "#app/api/billing/top-ups/route.ts";
import { GET as getUsage } from "#app/api/billing/usage/route.ts";
import { type RunningSandbox, startSandbox } from "#lib/sandbox/server.ts";
import { ben, firstAdmin, idOf, join } from "#lib/server/auth/people.testing.ts";
import { codeOf, openHouse } from "#lib/server/auth/testing.ts";
import { eventually, giveAccount, marlinHouse, startWork } from "#lib/server/openmarlin/testing.ts";
import { uuidv7 } from "#lib/server/store/ids.ts";
import { controlSandbox, sandboxWorkspace, scriptedServer, sendJson } from "#lib/server/upstream/openmarlin/testing.ts";
import type { ErrorBody } from "#lib/shared/errors.ts";
import { balance, checkout, endOf, lastOf, model, send, topUp } from "./credit.testing.ts";

let sandbox: RunningSandbox;

beforeEach(async () => {
  const settings = { timeScale: 0.01, paceScale: 0, openmarlin: { creditDelayMs: 0 } };
  sandbox = await startSandbox({ token: "t", settings });
});
afterEach(() => sandbox.close());

describe("a top-up", () => {
  async function house() {
    const made = await marlinHouse(sandbox.openmarlin.url);
    await giveAccount(made.store, sandbox, await idOf(made.admin), 0);
    return made;
  }

  it.each([
    ["0", "not_positive"],
    ["-5", "not_positive"],
    ["1e9", "not_a_number"],
    ["0.001", "too_fine"],
    ["100000", "too_large"],
    ["five", "not_a_number"],
  ])("of %s is refused as %s, and nothing is made", async (amount, problem) => {
    const { admin, store } = await house();
    const response = await admin.send(postTopUp, "/api/billing/top-ups", { requestId: uuidv7(), amount });
    expect(response.status).toBe(422);
    expect(((await response.json()) as ErrorBody).error.fields).toEqual([{ path: "amount", message: problem }]);
    expect(await store.db.selectFrom("jobs").selectAll().execute()).toEqual([]);
  });

  it("whose creation loses its answer says that nobody knows; a new one can be made", async () => {
    const made = await house();
    const { admin, store } = made;
    await controlSandbox(sandbox, "POST", "/faults", {
      match: { upstream: "openmarlin", path: "/v1/topup/sessions", method: "POST" },
      faults: [{ kind: "lost_answer" }],
    });
    const lost = await topUp(admin, "4");
    expect(lost.job).toMatchObject({ state: "create_unknown", problem: { code: "openmarlin_cut" } });
    const again = await topUp(admin, "4");
    expect(again.job).toMatchObject({ state: "waiting_for_person" });
    const rows = await store.db
      .selectFrom("audit_log")
      .select("outcome")
      .where("action", "=", "top_up.create")
      .orderBy("seq")
      .execute();
    expect(rows.map(({ outcome }) => outcome)).toEqual(["intent", "unknown", "intent", "done"]);
  });

  it("with a checkout at another origin shows no address to open", async () => {
    const server = await scriptedServer((_request, response) =>
      sendJson(response, 201, {
        topup_session_id: "top_1",
        status: "pending_payment",
        checkout_url: "https://checkout.evil.example/pay",
      }),
    );
    const made = await marlinHouse(server.origin, {
      environment: { OPENMARLIN_PLATFORM_API_KEY: "claw_wsk_platform_1" },
    });
    const { job } = await topUp(made.admin, "4");
    expect(job).toMatchObject({
      state: "waiting_for_person",
      problem: { code: "openmarlin_handoff_refused" },
      result: { checkoutUrl: null },
    });
    expect(JSON.stringify(job)).not.toContain("evil");
  });

  it("is not for people without an account", async () => {
    const { admin } = await house();
    const member = await join(admin, ben);
    const response = await member.send(postTopUp, "/api/billing/top-ups", { requestId: uuidv7(), amount: "4" });
    expect(await codeOf(response)).toBe("openmarlin_not_connected");
  });
});

describe("one key for everybody", () => {
  it("shows amounts to admins alone, and credit starts what waits for anybody", async () => {
    const { key } = await sandboxWorkspace(sandbox, 0);
    const made = await marlinHouse(sandbox.openmarlin.url, { environment: { OPENMARLIN_PLATFORM_API_KEY: key } });
    const { admin } = made;
    const member = await join(admin, ben);
    const waiting = await send(member, "Out of the common purse");
    expect(waiting.end).toMatchObject({
      state: "waiting_for_credit",
      problem: { code: "insufficient_balance", facts: { shared: 1, sentModel: model } },
    });
    expect(JSON.stringify(waiting.end)).not.toContain("1.2");
    for (const route of [getBalance, getUsage, getLedger, getReferral]) {
      expect(await codeOf(await member.get(route, "/api/billing/x"))).toBe("openmarlin_ask_admin");
    }
    const refused = await member.send(postTopUp, "/api/billing/top-ups", { requestId: uuidv7(), amount: "4" });
    expect(await codeOf(refused)).toBe("openmarlin_ask_admin");
    const bought = await topUp(admin, "4");
    await checkout(sandbox, bought, "pay");
    await endOf(made, admin, bought.job.id);
    await eventually(made.jobs, async () =>
      (await lastOf(member, waiting.accepted.conversationId))?.state === "complete" ? true : undefined,
    );
    expect(await balance(admin)).toMatchObject({ amount: "2.8", shared: true });
  });

  it("may be limited to so many messages a day for each person", async () => {
    const { key } = await sandboxWorkspace(sandbox, 50);
    const store = await openHouse({
      environment: { OPENMARLIN_SERVER_URL: sandbox.openmarlin.url, OPENMARLIN_PLATFORM_API_KEY: key },
    });
    const admin = await firstAdmin();
    await startWork(store);
    const { PUT: putConnection } = await import("#app/api/connections/openmarlin/route.ts");
    const change = { dailyExecutions: 1, password: "a long enough passphrase" };
    expect((await admin.send(putConnection, "/api/connections/openmarlin", change, {}, "PUT")).status).toBe(200);
    await send(admin, "one");
    await expect(send(admin, "two")).rejects.toThrow("daily_limit_reached");
  });
});
