import "server-only";
import type { Person } from "#lib/server/auth/session.ts";
import { billingAccess } from "#lib/server/openmarlin/access.ts";
import { perProcess } from "#lib/server/per-process.ts";
import type { Store } from "#lib/server/store/store.ts";
import { readBalance, readReferral } from "#lib/server/upstream/openmarlin/billing.ts";
import type { BalanceView } from "#lib/shared/openmarlin/billing-view.ts";
import type { Referral } from "#lib/shared/openmarlin/types.ts";

/**
 * What there is, asked now; tabs that ask at the same moment share one answer. With the deployment's key it is the
 * admins' to see: others get `openmarlin_ask_admin`.
 */
export async function balanceView(store: Store, person: Pick<Person, "id" | "role">): Promise<BalanceView> {
  const { connection, key, shared } = await billingAccess(store, person);
  const asking = perProcess("billing.asking", () => new Map<string, Promise<BalanceView>>());
  const whose = `${connection.place} ${shared ? "" : person.id}`;
  const running = asking.get(whose);
  if (running !== undefined) return running;
  const answer = readBalance(connection, key)
    .then(({ amount, unit, updatedAt }) => ({ amount, unit, updatedAt, asOf: Date.now(), shared }))
    .finally(() => asking.delete(whose));
  asking.set(whose, answer);
  return answer;
}

export async function referralView(store: Store, person: Pick<Person, "id" | "role">): Promise<Referral> {
  const { connection, key } = await billingAccess(store, person);
  return readReferral(connection, key);
}
