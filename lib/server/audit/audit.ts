import "server-only";
import type { Transaction } from "kysely";
import { headMac, rowMac } from "#lib/server/audit/chain.ts";
import { log } from "#lib/server/log.ts";
import { auditMacAt, claimAuditSeq, insertAuditRow, sealAuditHead } from "#lib/server/store/audit-log.ts";
import { dataKeys } from "#lib/server/store/keys.ts";
import type { AuditLogTable, Schema } from "#lib/server/store/schema.ts";
import type { Store } from "#lib/server/store/store.ts";

export interface AuditEntry {
  /** Who did it; null where nobody is known. */
  actor: { id: string; name: string } | null;
  /** Dotted verb: `sign_in`, `user.disable`, `settings.update`. */
  action: string;
  /** What it was done to: an id or a name. */
  object: string;
  outcome: AuditLogTable["outcome"];
  /** Short and never secret. */
  facts?: Record<string, string | number | boolean | null>;
}

/**
 * Appends a row to the audit chain and returns its number: in a transaction of its own, or as the last step of the
 * caller's, so that a deed and its row are stored together or not at all. Inside a transaction write nothing after it:
 * on PostgreSQL other appends wait until it ends.
 */
export async function audit(where: Store | Transaction<Schema>, entry: AuditEntry): Promise<number> {
  return "write" in where ? where.write((tx) => append(tx, entry)) : append(where, entry);
}

export interface Intent extends Omit<AuditEntry, "outcome"> {
  /** Whether after this error nobody can say if the deed was done. */
  isUnknown?(error: unknown): boolean;
}

/**
 * Does `act` between two rows: the intent, stored before anything happens, and the outcome. A crash between them leaves
 * the intent alone, which reads as "unknown". The deed's own result or error comes back unchanged.
 */
export async function withAudit<T>(store: Store, { isUnknown, ...intent }: Intent, act: () => Promise<T>): Promise<T> {
  const seq = await audit(store, { ...intent, outcome: "intent" });
  const settle = async (outcome: AuditEntry["outcome"]) => {
    try {
      await audit(store, { ...intent, outcome, facts: { ...intent.facts, intent: seq } });
    } catch (error) {
      log().error({ message: "The outcome of an audited action could not be stored.", intent: seq, outcome, error });
    }
  };
  let result: T;
  try {
    result = await act();
  } catch (error) {
    await settle(isUnknown?.(error) === true ? "unknown" : "failed");
    throw error;
  }
  await settle("done");
  return result;
}

async function append(tx: Transaction<Schema>, entry: AuditEntry): Promise<number> {
  const [key] = dataKeys().auditKeys;
  if (key === undefined) throw new Error("DATA_KEY is empty.");
  const seq = await claimAuditSeq(tx);
  const previousMac = seq === 1 ? "" : await auditMacAt(tx, seq - 1);
  const row = {
    seq,
    at: Date.now(),
    actor_id: entry.actor?.id ?? null,
    actor_name: clip(entry.actor?.name ?? "", 200),
    action: clip(entry.action, 100),
    object: clip(entry.object, 300),
    outcome: entry.outcome,
    facts: JSON.stringify(entry.facts ?? {}).slice(0, 10_000),
  };
  // When somebody removed the row before, the chain goes on from nothing, and verifying it names this place for ever.
  const mac = rowMac(key, row, previousMac ?? "");
  await insertAuditRow(tx, { ...row, mac });
  if (!(await sealAuditHead(tx, seq, headMac(key, seq, mac)))) throw new Error("The audit head was moved meanwhile.");
  return seq;
}

function clip(text: string, chars: number): string {
  return text
    .replace(/\p{Cc}/gu, " ")
    .toWellFormed()
    .slice(0, chars);
}
