import "server-only";
import { z } from "zod";
import {
  amountSchema,
  creditsSchema,
  timeSchema,
  upstreamIdSchema,
  wordSchema,
} from "#lib/server/upstream/openmarlin/amounts.ts";
import { callOpenMarlin } from "#lib/server/upstream/openmarlin/call.ts";
import type { OpenMarlinConnection } from "#lib/server/upstream/openmarlin/connection.ts";
import { type Credits, creditsNumber } from "#lib/shared/money.ts";
import type { LedgerEntry, Referral, UsageEvent } from "#lib/shared/openmarlin/types.ts";

export interface Balance {
  workspaceId: string | null;
  amount: Credits;
  unit: string;
  updatedAt: number | null;
}

/** `GET /v1/balance`: the only authority on what there is. */
export async function readBalance(connection: OpenMarlinConnection, key: string): Promise<Balance> {
  const schema = z.object({ workspace_id: wordSchema, available_balance: amountSchema, updated_at: timeSchema });
  const read = await callOpenMarlin({ connection, key, path: "/v1/balance" }, schema);
  return {
    workspaceId: read.workspace_id,
    amount: read.available_balance.amount,
    unit: read.available_balance.unit,
    updatedAt: read.updated_at,
  };
}

/** Newer releases nest the total, older ones gave the amount itself. */
const settlementSchema = z
  .union([
    z
      .object({ convertedFinalDebit: amountSchema.optional(), finalTotal: amountSchema.optional() })
      .transform(({ convertedFinalDebit, finalTotal }) => convertedFinalDebit ?? finalTotal ?? null)
      .refine((amount) => amount !== null),
    amountSchema,
  ])
  .nullish()
  .catch(null);

const unitsSchema = z
  .union([z.number(), z.object({ requests: z.number() }).transform(({ requests }) => requests)])
  .nullish()
  .catch(null);

const usageSchema = z.object({
  created_at: timeSchema,
  capability: wordSchema,
  status: wordSchema,
  provider_id: wordSchema,
  request_id: wordSchema,
  measured_units: unitsSchema,
  settlement: settlementSchema,
});

/** `GET /v1/usage-events`, newest first. No paging is known, so all come, and a row that makes no sense is left out. */
export async function readUsage(connection: OpenMarlinConnection, key: string): Promise<UsageEvent[]> {
  const rows = await readRows({ connection, key, path: "/v1/usage-events" });
  return newestFirst(
    rows.flatMap((row) => {
      const parsed = usageSchema.safeParse(row);
      if (!parsed.success) return [];
      const { settlement, ...event } = parsed.data;
      return [
        {
          at: event.created_at,
          capability: event.capability,
          status: event.status,
          providerId: event.provider_id,
          requestId: event.request_id,
          units: event.measured_units ?? null,
          cost: settlement?.amount ?? null,
          unit: settlement?.unit ?? null,
        },
      ];
    }),
  );
}

const ledgerSchema = z.object({
  created_at: timeSchema,
  type: wordSchema,
  status: wordSchema,
  amount: amountSchema,
  reference_id: wordSchema,
});

/** `GET /v1/ledger`, newest first. The sign convention is unknown: amounts are shown as they come. */
export async function readLedger(connection: OpenMarlinConnection, key: string): Promise<LedgerEntry[]> {
  const rows = await readRows({ connection, key, path: "/v1/ledger" });
  return newestFirst(
    rows.flatMap((row) => {
      const parsed = ledgerSchema.safeParse(row);
      if (!parsed.success) return [];
      const { created_at, type, status, amount, reference_id } = parsed.data;
      return [{ at: created_at, type, status, amount: amount.amount, unit: amount.unit, referenceId: reference_id }];
    }),
  );
}

/** `GET /v1/referrals/me`. The link is text: it is opened by a person, if at all. */
export async function readReferral(connection: OpenMarlinConnection, key: string): Promise<Referral> {
  const count = z.int().min(0);
  const schema = z.object({
    referral_code: z.string().min(1).max(200),
    referral_link: wordSchema,
    summary: z.object({ signed_up_count: count, qualified_count: count, rewarded_count: count }),
  });
  const { referral_code, referral_link, summary } = await callOpenMarlin(
    { connection, key, path: "/v1/referrals/me" },
    schema,
  );
  return {
    code: referral_code,
    link: referral_link !== null && /^https?:\/\//.test(referral_link) ? referral_link : null,
    signedUp: summary.signed_up_count,
    qualified: summary.qualified_count,
    rewarded: summary.rewarded_count,
  };
}

const topUpSchema = z
  .object({
    topup_session_id: upstreamIdSchema,
    status: z.string().max(100),
    requested_amount: z.object({ amount: creditsSchema }).optional().catch(undefined),
    checkout_url: z.string().max(4000).nullish().catch(null),
    completed_at: timeSchema,
  })
  .transform(({ topup_session_id, status, requested_amount, checkout_url, completed_at }) => ({
    id: topup_session_id,
    /** `pending_payment`, `credit_applied`, `payment_failed`, or a word of a later release. */
    status,
    amount: requested_amount?.amount ?? null,
    checkoutUrl: checkout_url ?? null,
    completedAt: completed_at,
  }));

export type TopUpSession = z.output<typeof topUpSchema>;

/** `POST /v1/topup/sessions`: the amount and nothing else. Every call makes another session. */
export function createTopUp(connection: OpenMarlinConnection, key: string, amount: Credits): Promise<TopUpSession> {
  const body = { amount: creditsNumber(amount) };
  return callOpenMarlin({ connection, key, path: "/v1/topup/sessions", body }, topUpSchema);
}

export function readTopUp(connection: OpenMarlinConnection, key: string, id: string): Promise<TopUpSession> {
  return callOpenMarlin({ connection, key, path: `/v1/topup/sessions/${encodeURIComponent(id)}` }, topUpSchema);
}

async function readRows(call: { connection: OpenMarlinConnection; key: string; path: string }): Promise<unknown[]> {
  const { data } = await callOpenMarlin(call, z.object({ data: z.array(z.unknown()) }));
  return data;
}

/** Stable, so that rows of one moment keep the upstream's order; rows without a time come last. */
function newestFirst<T extends { at: number | null }>(rows: T[]): T[] {
  return rows.toSorted((a, b) => (b.at ?? 0) - (a.at ?? 0));
}
