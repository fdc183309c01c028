import "server-only";
import { chat } from "#lib/server/chat/chat.ts";
import { jobs } from "#lib/server/jobs/jobs.ts";
import { limits } from "#lib/server/limits/limits.ts";
import type { OpenMarlinAccess } from "#lib/server/openmarlin/access.ts";
import { currentFingerprint } from "#lib/server/settings/connection.ts";
import type { Store } from "#lib/server/store/store.ts";
import { listWaitingJobs, listWaitingRuns } from "#lib/server/store/waiting-runs.ts";
import { readBalance } from "#lib/server/upstream/openmarlin/billing.ts";
import { addCredits, type Credits, compareCredits, creditsOf, subtractCredits } from "#lib/shared/money.ts";

/** Something that waits for credit. */
interface Waiting {
  id: string;
  createdAt: number;
  /** What it needs, as far as is known. */
  required: Credits;
  start(): Promise<boolean>;
}

/**
 * Credit has come: starts what waits for it and can be paid, oldest first, one by one, with the balance read again before
 * each. A start is a claim that only one caller gets, so calling this twice starts nothing twice. What does not fit waits
 * on. Throws when the balance cannot be read; then it is called again.
 */
export async function resumeWaiting(store: Store, ownerId: string, access: OpenMarlinAccess): Promise<number> {
  const { connection, key, shared } = access;
  const since = (await store.now()) - limits.openmarlin.waitingStartsMs;
  const whose = shared ? null : ownerId;
  const waiting = await whatWaits(store, { ownerId: whose, since, place: connection.place });
  let budget: Credits | null = null;
  let spent: Credits = "0";
  let started = 0;
  for (const one of waiting) {
    // What was just started may not have been charged yet, so it is counted against the balance of the beginning.
    if (budget !== null && !covers(subtractCredits(budget, spent), one.required)) continue;
    const { amount } = await readBalance(connection, key);
    budget ??= amount;
    if (!covers(amount, one.required) || !(await one.start())) continue;
    spent = addCredits(spent, one.required);
    started += 1;
  }
  return started;
}

function covers(amount: Credits, required: Credits): boolean {
  return compareCredits(amount, "0") > 0 && compareCredits(amount, required) >= 0;
}

async function whatWaits(
  store: Store,
  { ownerId, since, place }: { ownerId: string | null; since: number; place: string },
): Promise<Waiting[]> {
  const runs = await listWaitingRuns(store.db, { ownerId, since, origin: currentFingerprint() });
  const tasks = await listWaitingJobs(store.db, { ownerId, since, place });
  const { engine } = chat();
  return [
    ...runs.map((run) => ({
      id: run.id,
      createdAt: run.createdAt,
      required: requiredOf(run.problem),
      start: () => engine.resume({ id: run.ownerId, email: run.ownerEmail }, run.id, "credit"),
    })),
    ...tasks.map((job) => ({
      id: job.id,
      createdAt: job.created_at,
      required: job.required ?? "0",
      start: async () => (await jobs().resume(job.owner_id, job.id)) !== null,
    })),
  ].sort((a, b) => a.createdAt - b.createdAt);
}

/** The amount stands in the answer's problem, as this server wrote it. */
function requiredOf(problem: string | null): Credits {
  const { facts } = (problem === null ? {} : JSON.parse(problem)) as { facts?: { required?: unknown } };
  const required = Number(facts?.required);
  return Number.isFinite(required) ? (creditsOf(required) ?? "0") : "0";
}
