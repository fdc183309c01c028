import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { audited, type Json, join, type Member } from "#lib/sandbox/openmarlin/openmarlin.testing.ts";
import { type RunningSandbox, startSandbox } from "#lib/sandbox/server.ts";
import { control } from "#lib/sandbox/testing.ts";

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({
    settings: { timeScale: 0, paceScale: 0, openmarlin: { pagesOrigin: "http://localhost:3000" } },
  });
});
afterAll(() => sandbox.close());

const topups = "/v1/topup/sessions";
const fault = (path: string, ...faults: object[]) =>
  control(sandbox, "POST", "/faults", { match: { upstream: "openmarlin", path }, faults });

async function topup(member: Member, amount = 3): Promise<{ session: Json; path: string; checkout: string }> {
  const answer = await member.ask(topups, { amount });
  expect(answer.status).toBe(201);
  const session = JSON.parse(answer.body);
  return {
    session,
    path: `${topups}/${session.topup_session_id}`,
    checkout: `/openmarlin/checkouts/${session.checkout_url.split("/").at(-1)}`,
  };
}

describe("a top-up", () => {
  it("runs from the session over the payment to the credit", async () => {
    const member = await join(sandbox);
    const { session, path, checkout } = await topup(member);
    expect(session).toEqual({
      topup_session_id: expect.stringMatching(/^topup_[0-9a-f]{32}$/),
      workspace_id: member.workspaceId,
      requested_amount: { amount: 3, unit: "credits" },
      status: "pending_payment",
      created_at: expect.any(String),
      completed_at: null,
      stripe_reference: null,
      checkout_url: expect.stringMatching(
        /^http:\/\/localhost:3000\/sandbox\/openmarlin\/checkout\/cs_sandbox_[0-9a-f]{32}$/,
      ),
      credited_ledger_entry_id: null,
    });
    expect(session.checkout_url).not.toContain(session.topup_session_id);
    expect(await member.json(path)).toEqual(session);
    expect(await control(sandbox, "GET", checkout)).toMatchObject({
      status: "pending_payment",
      paid: false,
      requested_amount: { amount: 3, unit: "credits" },
      price: { amount: 0.3, unit: "usd" },
    });
    expect(await control(sandbox, "POST", `${checkout}/leave`)).toMatchObject({ status: "pending_payment" });
    expect(await control(sandbox, "POST", `${checkout}/pay`, { credit_delay_ms: null })).toMatchObject({
      status: "pending_payment",
      paid: true,
    });
    expect(await audited(member)).toBe(5);
    expect(await control(sandbox, "POST", `${checkout}/credit`)).toMatchObject({ status: "credit_applied" });
    const done = await member.json(path);
    expect(done).toMatchObject({
      status: "credit_applied",
      completed_at: expect.any(String),
      stripe_reference: expect.stringMatching(/^pi_sandbox_/),
      credited_ledger_entry_id: expect.stringMatching(/^led_/),
    });
    expect(await audited(member)).toBe(8);
    expect((await member.json("/v1/ledger")).data.at(-1)).toEqual({
      created_at: done.completed_at,
      type: "topup_credit",
      status: "posted",
      amount: { amount: 3, unit: "credits" },
      reference_id: session.topup_session_id,
    });
  });

  it("is made anew by every call, and by one whose answer was lost", async () => {
    const member = await join(sandbox);
    const [one, two] = await Promise.all([topup(member), topup(member)]);
    expect(one.session.topup_session_id).not.toBe(two.session.topup_session_id);
    await fault(topups, { kind: "lost_answer" });
    await expect(member.ask(topups, { amount: 3 })).rejects.toThrow(/hang up|ECONNRESET/);
    // Nothing lists it: whoever lost the answer cannot find the session again.
    expect((await member.ask(topups)).status).toBe(405);
  });

  it("is paid once and credited once, however often one clicks", async () => {
    const member = await join(sandbox);
    const { path, checkout } = await topup(member);
    const clicks = Array.from({ length: 8 }, () =>
      control(sandbox, "POST", `${checkout}/pay`).then(
        () => "paid",
        (error: Error) => error.message.slice(0, 3),
      ),
    );
    const reads = Array.from({ length: 8 }, () => member.json(path));
    expect((await Promise.all(clicks)).sort()).toEqual([...Array(7).fill("409"), "paid"]);
    await Promise.all(reads);
    expect(await audited(member)).toBe(8);
    await expect(control(sandbox, "POST", `${checkout}/credit`)).rejects.toThrow(/^409 /);
    await expect(control(sandbox, "POST", `${checkout}/decline`)).rejects.toThrow(/^409 /);
  });

  it("fails when the card is declined, and when a fault says so", async () => {
    const member = await join(sandbox);
    const declined = await topup(member);
    expect(await control(sandbox, "POST", `${declined.checkout}/decline`)).toMatchObject({ status: "payment_failed" });
    await fault(topups, { kind: "payment_fails" });
    const failing = await topup(member);
    expect(await control(sandbox, "POST", `${failing.checkout}/pay`)).toMatchObject({ status: "payment_failed" });
    for (const { path, checkout } of [declined, failing]) {
      expect(await member.json(path)).toMatchObject({ status: "payment_failed", credited_ledger_entry_id: null });
      await expect(control(sandbox, "POST", `${checkout}/pay`)).rejects.toThrow(/^409 /);
    }
    expect(await audited(member)).toBe(5);
  });

  it("is credited late when a fault says so", async () => {
    const member = await join(sandbox);
    await fault(topups, { kind: "credit_delay", ms: null });
    const { path, checkout } = await topup(member);
    await control(sandbox, "POST", `${checkout}/pay`);
    expect((await member.json(path)).status).toBe("pending_payment");
    await control(sandbox, "POST", `${checkout}/credit`);
    expect((await member.json(path)).status).toBe("credit_applied");
    expect(await audited(member)).toBe(8);
  });

  it.each([0.01, 0.1, 0.29, 1.1, 2.675 - 0.005, 19.99, 100_000])("of %d credits is exact", async (amount) => {
    const member = await join(sandbox, 0);
    const { session, checkout } = await topup(member, amount);
    expect(session.requested_amount.amount).toBe(amount);
    await control(sandbox, "POST", `${checkout}/pay`);
    expect(await audited(member)).toBe(amount);
  });

  it("takes a shortfall as floats leave it", async () => {
    const { session } = await topup(await join(sandbox), 1.2 - 0.1);
    expect(session.requested_amount.amount).toBe(1.1);
  });

  it.each<[unknown]>([
    [{ amount: 0 }],
    [{ amount: -1 }],
    [{ amount: 0.001 }],
    [{ amount: 1.005 }],
    [{ amount: 100_000.01 }],
    [{ amount: 1e308 }],
    [{ amount: "3" }],
    [{ amount: null }],
    ['{"amount":1e999}'],
    [{}],
    [{ amount: 3, currency: "usd" }],
    [{ amount: 3, idempotency_key: "k" }],
    ["amount=3"],
  ])("is refused for %j", async (body) => {
    const member = await join(sandbox);
    expect(await member.ask(topups, body)).toMatchObject({ status: 400, body: '{"error":"invalid_request"}' });
  });

  it("of somebody else is as unknown as none", async () => {
    const [member, stranger] = [await join(sandbox), await join(sandbox)];
    const { path } = await topup(member);
    for (const foreign of [path, `${topups}/topup_nope`])
      expect(await stranger.ask(foreign)).toMatchObject({ status: 404, body: '{"error":"topup_session_not_found"}' });
    await expect(control(sandbox, "GET", "/openmarlin/checkouts/nope")).rejects.toThrow(/^404 /);
  });
});

describe("what was used", () => {
  it("is told with the settlement nested or flat, as it was stored", async () => {
    const member = await join(sandbox);
    const first = await member.json("/v1/executions", { instruction: "[[words 2]]" });
    await control(sandbox, "PATCH", "/settings", { openmarlin: { settlement: "flat" } });
    await member.json("/v1/executions", { instruction: "[[words 2]]", model: "harbour/beacon-mini" });
    await control(sandbox, "PATCH", "/settings", { openmarlin: { settlement: "nested" } });
    await member.ask("/v1/executions", { instruction: "[[http 500]]" });
    expect((await member.json("/v1/usage-events")).data).toEqual([
      {
        created_at: expect.any(String),
        capability: "agent_run",
        status: "succeeded",
        provider_id: "prov_north",
        request_id: first.request_id,
        measured_units: { requests: 1 },
        settlement: {
          convertedFinalDebit: { amount: 1.2, unit: "credits", usdPerCredit: 0.1 },
          finalTotal: { amount: 0.12, unit: "usd" },
          providerReportedSubtotal: { amount: 0.1, unit: "usd" },
          platformFeeTotal: { amount: 0.02, unit: "usd" },
        },
      },
      expect.objectContaining({ measured_units: 1, settlement: { amount: 0.4, unit: "credits" } }),
      expect.not.objectContaining({ settlement: expect.anything() }),
    ]);
    expect(
      (await member.json("/v1/ledger")).data.map(({ type, status, amount }: Json) => [type, status, amount.amount]),
    ).toEqual([
      ["signup_grant", "posted", 5],
      ["usage_debit", "posted", -1.2],
      ["usage_debit", "posted", -0.4],
      ["usage_debit", "posted", -1.2],
      ["usage_reversal", "posted", 1.2],
    ]);
    expect(await audited(member)).toBe(3.4);
  });

  it("is nothing at first, and the balance says since when", async () => {
    const member = await join(sandbox, 0);
    expect(await member.json("/v1/usage-events")).toEqual({ data: [] });
    expect(await member.json("/v1/ledger")).toEqual({ data: [] });
    expect(await member.json("/v1/balance")).toEqual({
      workspace_id: member.workspaceId,
      available_balance: { amount: 0, unit: "credits" },
      updated_at: null,
    });
  });

  it("can be adjusted from outside, with an entry in the ledger", async () => {
    const member = await join(sandbox);
    const path = `/openmarlin/workspaces/${member.workspaceId}`;
    await control(sandbox, "POST", `${path}/adjust`, { credits: -4.99 });
    expect(await audited(member)).toBe(0.01);
    await expect(control(sandbox, "POST", `${path}/adjust`, { credits: 0.001 })).rejects.toThrow(/^400 /);
  });
});

describe("referrals", () => {
  it("have a code, a link and three counts", async () => {
    const member = await join(sandbox);
    const first = await member.json("/v1/referrals/me");
    expect(first).toEqual({
      referral_code: expect.stringMatching(/^[0-9A-F]{8}$/),
      referral_link: `https://openmarlin.example/join/${first.referral_code}`,
      summary: { signed_up_count: 0, qualified_count: 0, rewarded_count: 0 },
    });
    await control(sandbox, "PATCH", `/openmarlin/workspaces/${member.workspaceId}`, {
      referrals: { signedUp: 3, qualified: 2, rewarded: 1 },
    });
    expect((await member.json("/v1/referrals/me")).summary).toEqual({
      signed_up_count: 3,
      qualified_count: 2,
      rewarded_count: 1,
    });
  });
});
