import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GET as getLedger } from "#app/api/billing/ledger/route.ts";
import { GET as getReferral } from "#app/api/billing/referral/route.ts";
import { POST as postTopUp } from "#app/api/billing/top-ups/route.ts";
import { GET as getUsage } from "#app/api/billing/usage/route.ts";
import { POST as postResume } from "#app/api/runs/[id]/resume/route.ts";
import { POST as postStop } from "#app/api/runs/[id]/stop/route.ts";
import { type RunningSandbox, startSandbox } from "#lib/sandbox/server.ts";
import { idOf } from "#lib/server/auth/people.testing.ts";
import { codeOf } from "#lib/server/auth/testing.ts";
import { eventually, giveAccount, marlinHouse, startWork } from "#lib/server/openmarlin/testing.ts";
import { uuidv7 } from "#lib/server/store/ids.ts";
import { controlSandbox } from "#lib/server/upstream/openmarlin/testing.ts";
import type { ErrorBody } from "#lib/shared/errors.ts";
import {
  balance,
  checkout,
  conversation,
  endOf,
  executions,
  jobOf,
  lastOf,
  model,
  send,
  topUp,
} from "./credit.testing.ts";

let sandbox: RunningSandbox;

beforeEach(async () => {
  const settings = { timeScale: 0.01, paceScale: 0, openmarlin: { creditDelayMs: 0 } };
  sandbox = await startSandbox({ token: "t", settings });
});
afterEach(() => sandbox.close());

describe.each(["sqlite", "postgres"] as const)("credit on %s", (dialect) => {
  async function house(credits: number) {
    const made = await marlinHouse(sandbox.openmarlin.url, { dialect });
    const account = await giveAccount(made.store, sandbox, await idOf(made.admin), credits);
    return { ...made, ...account };
  }

  it("runs out in a chat, is bought, and the same message is answered by itself, once", async () => {
    const made = await house(1.5);
    const { admin } = made;
    const first = await send(admin, "Tell me about piers");
    expect(first.end).toMatchObject({ state: "complete" });
    expect(first.end.metrics.upstreamRequestId).toMatch(/^req_/);
    const { conversationId } = first.accepted;
    const second = await send(admin, "And about moles", { conversationId, parentId: first.answer.id });
    expect(second.end).toMatchObject({
      state: "waiting_for_credit",
      problem: {
        code: "insufficient_balance",
        facts: { current: "0.3", required: "1.2", shortfall: "0.9", topUp: "0.9", unit: "credits", sentModel: model },
      },
    });
    expect(await executions(sandbox)).toBe(1);
    const bought = await topUp(admin, "0.90");
    expect(bought.job).toMatchObject({
      state: "waiting_for_person",
      title: "0.9",
      result: { checkoutHost: expect.any(String) },
    });
    await checkout(sandbox, bought, "pay");
    expect(await endOf(made, admin, bought.job.id)).toMatchObject({
      state: "succeeded",
      upstreamState: "credit_applied",
    });
    const answer = await eventually(made.jobs, async () => {
      const last = await lastOf(admin, conversationId);
      return last?.state === "complete" ? last : undefined;
    });
    expect(answer).toMatchObject({ id: second.answer.id, runId: second.accepted.runId, problem: null });
    expect(answer.text.length).toBeGreaterThan(0);
    expect(await executions(sandbox)).toBe(2);
    expect(await balance(admin)).toMatchObject({ amount: "0", unit: "credits", shared: false });
    const rows = await made.store.db
      .selectFrom("audit_log")
      .select(["action", "outcome"])
      .where("action", "like", "top_up%")
      .orderBy("seq")
      .execute();
    expect(rows.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      "top_up.create intent",
      "top_up.create done",
      "top_up.credited done",
    ]);
    const third = await send(admin, "Thanks", { conversationId, parentId: answer.id });
    expect(third.end.state).toBe("waiting_for_credit");
  });

  it("is asked for by two clicks and two tabs as one session, and by a third on purpose", async () => {
    const { admin } = await house(0);
    const requestId = uuidv7();
    const [one, two] = await Promise.all([topUp(admin, "5", { requestId }), topUp(admin, "5", { requestId })]);
    const tab = await topUp(admin, "5.0");
    expect(new Set([one.job.id, two.job.id, tab.job.id]).size).toBe(1);
    expect(tab.joined).toBe(true);
    const other = await admin.send(postTopUp, "/api/billing/top-ups", { requestId: uuidv7(), amount: "7" });
    expect(((await other.json()) as ErrorBody).error).toMatchObject({
      code: "top_up_pending",
      facts: { jobId: one.job.id },
    });
    const third = await topUp(admin, "7", { fresh: true });
    expect(third).toMatchObject({ joined: false });
    const { entries } = await controlSandbox(sandbox, "GET", "/requests");
    const made = (entries as { kind: string; method: string; path: string }[]).filter(
      ({ kind, method, path }) => kind === "request" && method === "POST" && path === "/v1/topup/sessions",
    );
    expect(made).toHaveLength(2);
  });

  it("comes late, after a restart, and then starts what waits", async () => {
    const made = await house(0);
    const { admin, store } = made;
    const waiting = await send(admin, "Wait for it");
    const bought = await topUp(admin, "2");
    await checkout(sandbox, bought, "pay", { credit_delay_ms: null });
    await made.jobs.look();
    await made.jobs.idle();
    expect(await jobOf(admin, bought.job.id)).toMatchObject({
      state: "waiting_for_person",
      upstreamState: "pending_payment",
    });
    await made.jobs.stop(100);
    const later = { ...made, ...(await startWork(store)) };
    await checkout(sandbox, bought, "credit");
    await endOf(later, admin, bought.job.id);
    await eventually(later.jobs, async () =>
      (await lastOf(admin, waiting.accepted.conversationId))?.state === "complete" ? true : undefined,
    );
    expect(await executions(sandbox)).toBe(1);
  });

  it("that is declined or abandoned charges nothing, and has words", async () => {
    const made = await house(0);
    const { admin } = made;
    const declined = await topUp(admin, "3");
    await checkout(sandbox, declined, "decline");
    expect(await endOf(made, admin, declined.job.id)).toMatchObject({
      state: "failed",
      problem: { code: "top_up_payment_failed" },
    });
    const left = await topUp(admin, "3");
    expect(left.job.id).not.toBe(declined.job.id);
    await checkout(sandbox, left, "leave");
    await made.jobs.look();
    await made.jobs.idle();
    expect(await jobOf(admin, left.job.id)).toMatchObject({
      state: "waiting_for_person",
      result: { checkoutUrl: left.job.result?.["checkoutUrl"] },
    });
    expect(await balance(admin)).toMatchObject({ amount: "0" });
  });

  it("does not start a message whose conversation has moved on, nor one that was given up", async () => {
    const made = await house(0);
    const { admin } = made;
    const moved = await send(admin, "First try");
    const { conversationId } = moved.accepted;
    await send(admin, "Second try", { conversationId, parentId: moved.answer.id });
    const givenUp = await send(admin, "Never mind");
    const { runId } = givenUp.accepted;
    await admin.send(postStop, `/api/runs/${runId}/stop`, undefined, { id: runId });
    expect(await lastOf(admin, givenUp.accepted.conversationId)).toMatchObject({ state: "stopped", problem: null });
    const bought = await topUp(admin, "50");
    await checkout(sandbox, bought, "pay");
    await endOf(made, admin, bought.job.id);
    await eventually(made.jobs, async () =>
      (await lastOf(admin, conversationId))?.state === "complete" ? true : undefined,
    );
    expect(await executions(sandbox)).toBe(1);
    const [, first] = (await conversation(admin, conversationId)).messages;
    expect(first).toMatchObject({ id: moved.answer.id, state: "waiting_for_credit" });
    const late = await admin.send(postResume, `/api/runs/${runId}/resume`, undefined, { id: runId });
    expect(await codeOf(late)).toBe("conflict");
  });

  it("starts by itself nothing that is older than a day; a click does, once", async () => {
    const made = await house(0);
    const { admin, store, key } = made;
    const old = await send(admin, "From yesterday");
    const { runId, conversationId } = old.accepted;
    await store.write((tx) =>
      tx
        .updateTable("runs")
        .set({ created_at: Date.now() - 25 * 3_600_000 })
        .where("id", "=", runId)
        .execute(),
    );
    const bought = await topUp(admin, "50");
    await checkout(sandbox, bought, "pay");
    await endOf(made, admin, bought.job.id);
    expect(await lastOf(admin, conversationId)).toMatchObject({ state: "waiting_for_credit" });
    const clicks = await Promise.all(
      [1, 2, 3].map(() => admin.send(postResume, `/api/runs/${runId}/resume`, undefined, { id: runId })),
    );
    expect(clicks.map(({ status }) => status).sort()).toEqual([204, 409, 409]);
    await eventually(made.jobs, async () =>
      (await lastOf(admin, conversationId))?.state === "complete" ? true : undefined,
    );
    expect(await executions(sandbox)).toBe(1);
    expect(key).toMatch(/^claw_wsk_/);
  });

  it("is told at once even while the balance cannot be read, and starts what waits once it can", async () => {
    const made = await house(0);
    const { admin } = made;
    const waiting = await send(admin, "Patience");
    const bought = await topUp(admin, "5");
    await controlSandbox(sandbox, "POST", "/faults", {
      match: { upstream: "openmarlin", path: "/v1/balance" },
      times: 2,
      faults: [{ kind: "lost_answer" }],
    });
    await checkout(sandbox, bought, "pay");
    const credited = await eventually(made.jobs, async () => {
      const job = await jobOf(admin, bought.job.id);
      return job.upstreamState === "credit_applied" && job.problem !== null ? job : undefined;
    });
    expect(credited).toMatchObject({ state: "waiting_for_person", problem: { code: "openmarlin_cut" } });
    expect(await endOf(made, admin, bought.job.id)).toMatchObject({ state: "succeeded", problem: null });
    await made.chat.engine.drain(5000);
    expect(await lastOf(admin, waiting.accepted.conversationId)).toMatchObject({ state: "complete" });
    expect(await executions(sandbox)).toBe(1);
  });

  it("that two processes see starts a waiting message at one of them", async () => {
    const made = await house(0);
    const { admin, store } = made;
    const waiting = await send(admin, "Only once");
    const other = await startWork(store);
    const { runId, conversationId } = waiting.accepted;
    const owner = { id: await idOf(admin), email: "ada@example.org" };
    const { workspaceId } = made;
    await controlSandbox(sandbox, "POST", `/openmarlin/workspaces/${workspaceId}/adjust`, { credits: 50 });
    const engines = [made.chat.engine, other.chat.engine, made.chat.engine, other.chat.engine];
    const starts = await Promise.all(engines.map((engine) => engine.resume(owner, runId, "credit")));
    expect(starts.filter((started) => started)).toHaveLength(1);
    await Promise.all([made.chat.engine.drain(5000), other.chat.engine.drain(5000)]);
    expect(await lastOf(admin, conversationId)).toMatchObject({ state: "complete" });
    expect(await executions(sandbox)).toBe(1);
  });

  it("starts only as many as it pays for, the oldest first", async () => {
    const made = await house(0);
    const { admin } = made;
    const waiting = [await send(admin, "one"), await send(admin, "two"), await send(admin, "three")];
    const bought = await topUp(admin, "2.5");
    await checkout(sandbox, bought, "pay");
    await endOf(made, admin, bought.job.id);
    await made.chat.engine.drain(5000);
    const states = await Promise.all(
      waiting.map(async ({ accepted }) => (await lastOf(admin, accepted.conversationId))?.state),
    );
    expect(states).toEqual(["complete", "complete", "waiting_for_credit"]);
    expect(await executions(sandbox)).toBe(2);
    expect(await balance(admin)).toMatchObject({ amount: "0.1" });
  });

  it("is shown as used and as booked, paged and as a file", async () => {
    const made = await house(10);
    const { admin } = made;
    await send(admin, "Hello", { routing: { stream: false } });
    const usage = await (await admin.get(getUsage, "/api/billing/usage")).json();
    expect(usage).toMatchObject({ total: 1, capped: false, nextCursor: null, items: [{ cost: "1.2" }] });
    expect(usage.byDay).toEqual([{ name: new Date().toISOString().slice(0, 10), cost: "1.2", events: 1 }]);
    expect(usage.byCapability).toHaveLength(1);
    const ledger = await (await admin.get(getLedger, "/api/billing/ledger")).json();
    expect(ledger.items.length).toBeGreaterThan(0);
    const csv = await admin.get(getLedger, "/api/billing/ledger?format=csv");
    expect(csv.headers.get("content-disposition")).toContain("attachment");
    expect((await csv.text()).split("\r\n").length).toBe(ledger.items.length + 2);
    expect(await (await admin.get(getReferral, "/api/billing/referral")).json()).toMatchObject({ signedUp: 0 });
    expect(await codeOf(await admin.get(getUsage, "/api/billing/usage?cursor=bm9wZQ"))).toBe("invalid_input");
  });
});
