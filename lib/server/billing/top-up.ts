import "server-only";
import { z } from "zod";
import type { Person } from "#lib/server/auth/session.ts";
import { requestIdSchema } from "#lib/server/http/schemas.ts";
import type { JobEngine } from "#lib/server/jobs/engine.ts";
import { jobView } from "#lib/server/jobs/view.ts";
import { billingAccess } from "#lib/server/openmarlin/access.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { JobView } from "#lib/shared/jobs.ts";
import { parseTopUp } from "#lib/shared/money.ts";

export const topUpSchema = z.strictObject({
  requestId: requestIdSchema,
  /** As typed. */
  amount: z.string().max(100),
  /** A second session although one is open, on purpose. */
  fresh: z.boolean().default(false),
});

/**
 * Begins to buy credit, or joins the session that is open: two clicks and two tabs come to one. Throws `invalid_input`
 * with an {@link import("#lib/shared/money.ts").AmountProblem}, `top_up_pending` when one of another amount is open, and
 * `openmarlin_ask_admin`.
 */
export async function topUp(
  engine: JobEngine,
  person: Person,
  { requestId, amount: typed, fresh }: z.output<typeof topUpSchema>,
): Promise<{ job: JobView; joined: boolean }> {
  const { connection } = await billingAccess(engine.store, person);
  const parsed = parseTopUp(typed);
  if ("problem" in parsed) {
    throw new AppError("invalid_input", "This amount cannot be bought.", {
      fields: [{ path: "amount", message: parsed.problem }],
    });
  }
  const { amount } = parsed;
  const { job, joined } = await engine.submit({
    owner: { id: person.id, name: person.name },
    kind: "openmarlin_top_up",
    requestId,
    place: connection.place,
    title: amount,
    input: { amount },
    joinKey: `openmarlin_top_up:${person.id}:${connection.place}`,
    fresh,
    facts: { amount },
  });
  const view = jobView(engine, job);
  if (joined && view.input["amount"] !== amount) {
    throw new AppError("top_up_pending", "A top-up of another amount is open.", {
      facts: { jobId: job.id, amount: job.title },
    });
  }
  return { job: view, joined };
}
