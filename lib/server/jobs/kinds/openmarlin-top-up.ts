import "server-only";
import { z } from "zod";
import { resumeWaiting } from "#lib/server/billing/resume-waiting.ts";
import { defineKind, type JobStep } from "#lib/server/jobs/kind.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { type OpenMarlinAccess, openMarlinAccessFor } from "#lib/server/openmarlin/access.ts";
import { createTopUp, readTopUp, type TopUpSession } from "#lib/server/upstream/openmarlin/billing.ts";
import { isKnownUrl } from "#lib/server/upstream/openmarlin/connection.ts";
import type { Credits } from "#lib/shared/money.ts";

const inputSchema = z.object({ amount: z.string() });

/**
 * Credit that a person buys. Ours is stored first, then the upstream's session is made: it knows no second time, so a lost
 * answer is `create_unknown`. Whether money came is said by the session alone, which is asked for up to 72 hours; on
 * `credit_applied` what waits for credit is started before the job ends, so that a crash in between starts the rest later.
 */
export const openMarlinTopUp = defineKind<z.output<typeof inputSchema>>({
  kind: "openmarlin_top_up",
  input: inputSchema,
  pace: { firstMs: 2000, longestMs: 300_000 },
  deadlineMs: limits.openmarlin.topUpMs,
  repeatable: false,
  cancellable: [],
  audited: "top_up.create",
  async submit({ row, input, store }) {
    const access = await openMarlinAccessFor(store, row);
    const session = await createTopUp(access.connection, access.key, input.amount);
    const facts = { amount: input.amount };
    const audit = { action: "top_up.create", outcome: "done" as const, facts };
    const step = stepOf(access, session, input.amount);
    // Whatever it says at once, the next check is what starts that which waits.
    const state = step.state === "succeeded" ? "unknown" : step.state;
    return { ...step, state, upstreamId: session.id, audit };
  },
  async poll({ row, input, store, mark }) {
    const access = await openMarlinAccessFor(store, row);
    const session = await readTopUp(access.connection, access.key, row.upstream_id ?? "");
    const step = stepOf(access, session, input.amount);
    if (step.state !== "succeeded") return step;
    // Told at once, even while the balance cannot be read yet.
    if (row.upstream_state !== session.status) await mark({ upstream_state: session.status });
    await resumeWaiting(store, row.owner_id, access);
    return step;
  },
});

function stepOf({ connection }: OpenMarlinAccess, session: TopUpSession, asked: Credits): JobStep {
  const { checkoutUrl } = session;
  const opens = checkoutUrl !== null && isKnownUrl(checkoutUrl, connection.handoffOrigins);
  const step = {
    upstreamState: session.status,
    result: {
      amount: session.amount ?? asked,
      checkoutUrl: opens ? checkoutUrl : null,
      checkoutHost: opens ? new URL(checkoutUrl).host : null,
      completedAt: session.completedAt,
    },
  };
  const facts = { amount: asked };
  switch (session.status) {
    case "credit_applied":
      return { ...step, state: "succeeded", audit: { action: "top_up.credited", outcome: "done", facts } };
    case "payment_failed":
      return {
        ...step,
        state: "failed",
        problem: { code: "top_up_payment_failed" },
        audit: { action: "top_up.credited", outcome: "failed", facts },
      };
    case "pending_payment":
      return opens
        ? { ...step, state: "waiting_for_person", problem: null }
        : { ...step, state: "waiting_for_person", problem: { code: "openmarlin_handoff_refused" } };
    default:
      return { ...step, state: "unknown" };
  }
}
