import type { Sandbox } from "#lib/sandbox/context.ts";
import type { Exchange } from "#lib/sandbox/exchange.ts";
import type { Accounts } from "#lib/sandbox/openmarlin/accounts.ts";
import type { Executions } from "#lib/sandbox/openmarlin/executions.ts";
import type { Ledger } from "#lib/sandbox/openmarlin/ledger.ts";
import type { Registrations } from "#lib/sandbox/openmarlin/registrations.ts";
import type { Tasks } from "#lib/sandbox/openmarlin/tasks.ts";
import type { Topups } from "#lib/sandbox/openmarlin/topups.ts";

/** What all parts of the OpenMarlin imitation share. */
export interface OpenShop {
  sandbox: Sandbox;
  accounts: Accounts;
  ledger: Ledger;
  registrations: Registrations;
  executions: Executions;
  tasks: Tasks;
  topups: Topups;
  closing: AbortSignal;
}

/** A request on its way through a route. */
export interface Visit {
  exchange: Exchange;
  /** What stands in the place of `:id`; empty where there is none. */
  id: string;
}

/** A request with a key that is in order. */
export interface KeyVisit extends Visit {
  workspaceId: string;
}

/** A page that a person opens. Told with every answer anew, since the app's address may change between two starts. */
export function pageUrl({ sandbox }: OpenShop, path: string): string {
  const origin = sandbox.settings.openmarlin.pagesOrigin ?? sandbox.openmarlinOrigin;
  return `${origin}/sandbox/openmarlin/${path}`;
}

/** Hundredths that a new workspace begins with. */
export function grantOf({ sandbox }: OpenShop): number {
  return Math.round(sandbox.settings.openmarlin.startingCredits * 100);
}
