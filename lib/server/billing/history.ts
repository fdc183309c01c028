import "server-only";
import { z } from "zod";
import type { Person } from "#lib/server/auth/session.ts";
import { ledgerCsv } from "#lib/server/billing/csv.ts";
import { decodeCursor, encodeCursor } from "#lib/server/chat/cursor.ts";
import { contentDisposition } from "#lib/server/http/content-disposition.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { billingAccess } from "#lib/server/openmarlin/access.ts";
import type { Store } from "#lib/server/store/store.ts";
import { readLedger, readUsage } from "#lib/server/upstream/openmarlin/billing.ts";
import { addCredits } from "#lib/shared/money.ts";
import type { LedgerPage, Spending, UsagePage } from "#lib/shared/openmarlin/billing-view.ts";
import type { UsageEvent } from "#lib/shared/openmarlin/types.ts";

type Viewer = Pick<Person, "id" | "role">;

const cursor = z.string().max(100).optional();

export const usageQuerySchema = z.strictObject({ cursor });
export const ledgerQuerySchema = z.strictObject({ cursor, format: z.literal("csv").optional() });

/** How far down the list a page begins. The upstream pages nothing: it is read whole each time, and cut here. */
const positionSchema = z.int().min(0).max(limits.openmarlin.rows);

/** What was used, newest first, and on the first page what it came to by day and by capability. */
export async function usagePage(
  store: Store,
  person: Viewer,
  query: z.output<typeof usageQuerySchema>,
): Promise<UsagePage> {
  const { connection, key } = await billingAccess(store, person);
  const page = pageOf(await readUsage(connection, key), query.cursor);
  if (query.cursor !== undefined) return page.shown;
  return {
    ...page.shown,
    byDay: spending(page.all, ({ at }) => (at === null ? null : new Date(at).toISOString().slice(0, 10))),
    byCapability: spending(page.all, ({ capability }) => capability ?? ""),
  };
}

/** What was booked, newest first. */
export async function ledgerPage(store: Store, person: Viewer, position: string | undefined): Promise<LedgerPage> {
  const { connection, key } = await billingAccess(store, person);
  return pageOf(await readLedger(connection, key), position).shown;
}

/** The same as a page of JSON, or all of it as a CSV file. */
export async function ledgerAnswer(
  store: Store,
  person: Viewer,
  query: z.output<typeof ledgerQuerySchema>,
): Promise<LedgerPage | Response> {
  if (query.format === undefined) return ledgerPage(store, person, query.cursor);
  const { connection, key } = await billingAccess(store, person);
  return new Response(ledgerCsv((await readLedger(connection, key)).slice(0, limits.openmarlin.rows)), {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": contentDisposition("attachment", "openmarlin-ledger.csv"),
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

function pageOf<T>(rows: T[], position: string | undefined) {
  const all = rows.slice(0, limits.openmarlin.rows);
  const from = position === undefined ? 0 : decodeCursor(positionSchema, position);
  const to = from + limits.page.billing;
  const shown = {
    items: all.slice(from, to),
    nextCursor: to < all.length ? encodeCursor(to) : null,
    total: all.length,
    capped: rows.length > all.length,
    asOf: Date.now(),
  };
  return { all, shown };
}

/** Sums in the order of their names, which for days is that of time. Other units than the first are not added to it. */
function spending(events: UsageEvent[], nameOf: (event: UsageEvent) => string | null): Spending[] {
  const unit = events.find((event) => event.unit !== null)?.unit;
  const sums = new Map<string, Spending>();
  for (const event of events) {
    const name = nameOf(event);
    if (name === null) continue;
    const sum = sums.get(name) ?? { name, cost: "0", events: 0 };
    sum.events += 1;
    if (event.cost !== null && event.unit === unit) sum.cost = addCredits(sum.cost, event.cost);
    sums.set(name, sum);
  }
  return [...sums.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
