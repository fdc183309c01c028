import type { Sandbox } from "#lib/sandbox/context.ts";
import type { Exchange } from "#lib/sandbox/exchange.ts";
import { workspaceOfKey } from "#lib/sandbox/openmarlin/access.ts";
import { accountTables, makeAccounts } from "#lib/sandbox/openmarlin/accounts.ts";
import { Refusal, refuse, sendJson } from "#lib/sandbox/openmarlin/answers.ts";
import { control } from "#lib/sandbox/openmarlin/control.ts";
import { executionTables, makeExecutions } from "#lib/sandbox/openmarlin/executions.ts";
import { ledgerTables, makeLedger } from "#lib/sandbox/openmarlin/ledger.ts";
import { makeRegistrations, registrationTables } from "#lib/sandbox/openmarlin/registrations.ts";
import { routesOf } from "#lib/sandbox/openmarlin/routes.ts";
import type { OpenShop } from "#lib/sandbox/openmarlin/shop.ts";
import { makeTasks, taskTables } from "#lib/sandbox/openmarlin/tasks.ts";
import { makeTopups, topupTables } from "#lib/sandbox/openmarlin/topups.ts";

export const openMarlinTables = [
  accountTables,
  ledgerTables,
  registrationTables,
  executionTables,
  taskTables,
  topupTables,
];

/** An imitation of the OpenMarlin server, as far as its clients tell how it speaks. */
export interface OpenMarlin {
  answer(exchange: Exchange): Promise<void>;
  /** A call below `/__control/openmarlin`; undefined when there is no such control. */
  control(method: string, path: string, json: () => Promise<unknown>): Promise<unknown>;
  /** Every workspace, and all that belongs to one. Keys become invalid. */
  forgetAll(): void;
  /** Cancels what runs and resolves when nothing touches the store any more. */
  settled(): Promise<void>;
}

export function makeOpenMarlin(sandbox: Sandbox): OpenMarlin {
  const closing = new AbortController();
  const active = new Set<Promise<void>>();
  const { store, settings } = sandbox;
  const ledger = makeLedger(store, () => settings.openmarlin.settlement);
  const shop: OpenShop = {
    sandbox,
    ledger,
    accounts: makeAccounts(store, ledger),
    registrations: makeRegistrations(store),
    executions: makeExecutions(store, ledger),
    tasks: makeTasks(store, ledger),
    topups: makeTopups(store, ledger),
    closing: closing.signal,
  };
  shop.executions.failAbandoned();
  return {
    answer(exchange) {
      const work = answer(shop, exchange).finally(() => active.delete(work));
      active.add(work);
      return work;
    },
    control(method, path, json) {
      advance(shop);
      return control(shop, method, path, json);
    },
    forgetAll() {
      for (const name of tableNames) store.db.exec(`DELETE FROM openmarlin_${name}`);
    },
    async settled() {
      closing.abort();
      await Promise.allSettled(active);
    },
  };
}

/** Children before parents. */
const tableNames = ["keys", "registrations", "executions", "tasks", "topups", "usage", "ledger", "workspaces"];

/** What the clock alone brings about. Nothing is seen between two requests, so it is enough to do it before each. */
function advance({ tasks, topups }: OpenShop): void {
  const now = Date.now();
  tasks.advance(now);
  topups.advance(now);
}

async function answer(shop: OpenShop, exchange: Exchange): Promise<void> {
  try {
    advance(shop);
    const { id, found } = routesOf(exchange.path);
    const route = found.find(({ method }) => method === exchange.method);
    if (route === undefined) throw refuse(found.length > 0 ? "method_not_allowed" : "not_found");
    if (route.key) await route.act(shop, { exchange, id, workspaceId: workspaceOfKey(shop, exchange) });
    else await route.act(shop, { exchange, id });
  } catch (error) {
    if (shop.closing.aborted) return;
    const refusal = error instanceof Refusal ? error : refuse("internal_error");
    if (!(error instanceof Refusal)) console.error("sandbox openmarlin:", error);
    sendJson(exchange.wire, refusal.status, refusal.body);
  }
}
