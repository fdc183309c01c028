import type { Credits } from "#lib/shared/money.ts";
import type { LedgerEntry, UsageEvent } from "#lib/shared/openmarlin/types.ts";

/** The balance as the upstream told it at `asOf`: authoritative then, last-known ever after. */
export interface BalanceView {
  amount: Credits;
  unit: string;
  /** When the upstream last changed it, as it says. */
  updatedAt: number | null;
  /** When this server was told. */
  asOf: number;
  /** It pays for everybody here. */
  shared: boolean;
}

/** What was spent on one day (UTC) or one capability: added up here from usage events, so an estimate. */
export interface Spending {
  name: string;
  cost: Credits;
  events: number;
}

/** `GET /api/billing/usage`. Newest first; the sums come with the first page. */
export interface UsagePage {
  items: UsageEvent[];
  nextCursor: string | null;
  /** Events that were read; older ones than the newest 10,000 are left out. */
  total: number;
  capped: boolean;
  asOf: number;
  byDay?: Spending[];
  byCapability?: Spending[];
}

/** `GET /api/billing/ledger`. Newest first. */
export interface LedgerPage {
  items: LedgerEntry[];
  nextCursor: string | null;
  total: number;
  capped: boolean;
  asOf: number;
}
