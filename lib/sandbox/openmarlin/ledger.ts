import { insufficientBalance } from "#lib/sandbox/openmarlin/answers.ts";
import { toAmount, toUsd, usdPerCredit } from "#lib/sandbox/openmarlin/credits.ts";
import { iso, isoOrNull, newId } from "#lib/sandbox/openmarlin/ids.ts";
import type { SandboxStore } from "#lib/sandbox/store.ts";

/** The index is what keeps one top-up from being credited twice, and one request from being charged twice. */
export const ledgerTables = `
CREATE TABLE IF NOT EXISTS openmarlin_ledger (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, workspace_id TEXT NOT NULL, type TEXT NOT NULL, status TEXT NOT NULL,
  hundredths INTEGER NOT NULL, reference_id TEXT NOT NULL, at INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS openmarlin_ledger_once ON openmarlin_ledger (reference_id, type);
CREATE INDEX IF NOT EXISTS openmarlin_ledger_workspace ON openmarlin_ledger (workspace_id);
CREATE TABLE IF NOT EXISTS openmarlin_usage (
  seq INTEGER PRIMARY KEY, workspace_id TEXT NOT NULL, capability TEXT NOT NULL, status TEXT NOT NULL,
  provider_id TEXT NOT NULL, request_id TEXT NOT NULL UNIQUE, measured_units TEXT NOT NULL, settlement TEXT,
  at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS openmarlin_usage_workspace ON openmarlin_usage (workspace_id);
`;

/** The contract lists no types and no statuses, and no sign; these are the sandbox's. What is taken is negative. */
type EntryType = "signup_grant" | "topup_credit" | "adjustment" | "usage_debit" | "usage_reversal";

export interface Charge {
  workspaceId: string;
  /** `req_...` or `task_...` */
  referenceId: string;
  capability: "agent_run" | "video";
  providerId: string;
}

export type Ledger = ReturnType<typeof makeLedger>;

/**
 * The balance is the sum of the ledger, always: a charge is entered when the work is accepted (`pending`), becomes
 * `posted` when it succeeded, and is reversed by a second entry when it failed.
 */
export function makeLedger({ db }: SandboxStore, settlementShape: () => "nested" | "flat") {
  const sum = db.prepare<[string], { hundredths: number; updatedAt: number | null }>(
    "SELECT coalesce(sum(hundredths), 0) AS hundredths, max(at) AS updatedAt FROM openmarlin_ledger WHERE workspace_id = ?",
  );
  const insert = db.prepare(
    `INSERT INTO openmarlin_ledger (id, workspace_id, type, status, hundredths, reference_id, at)
     VALUES (@id, @workspaceId, @type, @status, @hundredths, @referenceId, @at)`,
  );
  const post = db
    .prepare<[string], number>(
      "UPDATE openmarlin_ledger SET status = 'posted' WHERE reference_id = ? AND type = 'usage_debit' AND status = 'pending' RETURNING hundredths",
    )
    .pluck();
  const addUsage = db.prepare(
    `INSERT INTO openmarlin_usage (workspace_id, capability, status, provider_id, request_id, measured_units, settlement, at)
     VALUES (@workspaceId, @capability, @status, @providerId, @referenceId, @units, @settlement, @at)`,
  );
  const entries = db.prepare<[string], EntryRow>("SELECT * FROM openmarlin_ledger WHERE workspace_id = ? ORDER BY seq");
  const usage = db.prepare<[string], UsageRow>("SELECT * FROM openmarlin_usage WHERE workspace_id = ? ORDER BY seq");

  function enter(workspaceId: string, entry: NewEntry): string {
    const id = newId("led");
    insert.run({ at: Date.now(), ...entry, id, workspaceId });
    return id;
  }

  /** Ends a charge, once. Whoever comes second changes nothing. */
  const settle = db.transaction((charge: Charge, succeeded: boolean, at: number) => {
    const taken = post.get(charge.referenceId);
    if (taken === undefined) return;
    if (!succeeded) {
      const { workspaceId, referenceId } = charge;
      enter(workspaceId, { type: "usage_reversal", status: "posted", hundredths: -taken, referenceId, at });
    }
    const flat = settlementShape() === "flat";
    addUsage.run({
      ...charge,
      status: succeeded ? "succeeded" : "failed",
      units: flat ? "1" : '{"requests":1}',
      settlement: succeeded ? JSON.stringify(flat ? toAmount(-taken) : nested(-taken)) : null,
      at,
    });
  });

  return {
    balance: (workspaceId: string) => sum.get(workspaceId) ?? { hundredths: 0, updatedAt: null },
    /** Returns the id of the entry. Throws when this reference has one of this type. */
    credit: (workspaceId: string, entry: Omit<NewEntry, "status">): string =>
      enter(workspaceId, { ...entry, status: "posted" }),
    /** Takes the price before the work begins. Throws the 402 when there is not enough. */
    charge({ workspaceId, referenceId }: Charge, hundredths: number): void {
      const current = sum.get(workspaceId)?.hundredths ?? 0;
      if (current < hundredths) throw insufficientBalance(workspaceId, current, hundredths);
      enter(workspaceId, { type: "usage_debit", status: "pending", hundredths: -hundredths, referenceId });
    },
    succeed: (charge: Charge, at: number): void => settle(charge, true, at),
    reverse: (charge: Charge, at: number): void => settle(charge, false, at),

    balanceView(workspaceId: string) {
      const { hundredths, updatedAt } = this.balance(workspaceId);
      return {
        workspace_id: workspaceId,
        available_balance: toAmount(hundredths),
        updated_at: isoOrNull(updatedAt),
      };
    },
    /** Everything, oldest first: there is no paging and no promise of an order. */
    entriesView: (workspaceId: string) => ({
      data: entries.all(workspaceId).map((row) => ({
        created_at: iso(row.at),
        type: row.type,
        status: row.status,
        amount: toAmount(row.hundredths),
        reference_id: row.reference_id,
      })),
    }),
    usageView: (workspaceId: string) => ({
      data: usage.all(workspaceId).map((row) => ({
        created_at: iso(row.at),
        capability: row.capability,
        status: row.status,
        provider_id: row.provider_id,
        request_id: row.request_id,
        measured_units: JSON.parse(row.measured_units),
        ...(row.settlement === null ? {} : { settlement: JSON.parse(row.settlement) }),
      })),
    }),
  };
}

/** Snake case outside, camel case inside: so it is. The units of the other amounts are the sandbox's choice. */
function nested(hundredths: number) {
  const provider = Math.floor((hundredths * 5) / 6);
  return {
    convertedFinalDebit: { ...toAmount(hundredths), usdPerCredit },
    finalTotal: toUsd(hundredths),
    providerReportedSubtotal: toUsd(provider),
    platformFeeTotal: toUsd(hundredths - provider),
  };
}

interface NewEntry {
  type: EntryType;
  status: "pending" | "posted";
  hundredths: number;
  referenceId: string;
  at?: number;
}

interface EntryRow {
  type: string;
  status: string;
  hundredths: number;
  reference_id: string;
  at: number;
}

interface UsageRow {
  capability: string;
  status: string;
  provider_id: string;
  request_id: string;
  measured_units: string;
  settlement: string | null;
  at: number;
}
