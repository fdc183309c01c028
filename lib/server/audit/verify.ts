import "server-only";
import { headMac, rowMac } from "#lib/server/audit/chain.ts";
import { auditHead, auditRowsAfter } from "#lib/server/store/audit-log.ts";
import type { Store } from "#lib/server/store/store.ts";
import { listUsers } from "#lib/server/store/users.ts";

export type AuditVerdict =
  | { whole: true; rows: number }
  | { whole: false; rows: number; brokenAt: number; reason: AuditBreak };

/** `row_missing`: a number is left out; `row_altered`: a row, or the one before, says something else than was written. */
export type AuditBreak = "row_missing" | "row_altered" | "rows_cut_off" | "head_missing" | "head_altered";

const pageRows = 1000;

/**
 * Walks the audit chain from its first row to its head and reports the first break: rows altered, left out, put in another
 * order, or cut off at the end. What it cannot see is the whole database put back to an earlier state.
 */
export async function verifyAudit(store: Store, keys: readonly Uint8Array[]): Promise<AuditVerdict> {
  // The head is read first: rows appended while we walk come after it and are judged like the others.
  const head = await auditHead(store.db);
  let seq = 0;
  let mac = "";
  let macAtHead: string | null = null;
  for (;;) {
    const rows = await auditRowsAfter(store.db, seq, pageRows);
    for (const row of rows) {
      if (row.seq !== seq + 1) return { whole: false, rows: seq, brokenAt: seq + 1, reason: "row_missing" };
      if (!keys.some((key) => rowMac(key, row, mac) === row.mac))
        return { whole: false, rows: seq, brokenAt: row.seq, reason: "row_altered" };
      seq = row.seq;
      mac = row.mac;
      if (seq === head?.seq) macAtHead = mac;
    }
    if (rows.length < pageRows) break;
  }
  if (head === undefined || head.seq === 0) {
    // Nobody gets in without a row, so people without rows mean that all of it was removed.
    const everHadRows = seq > 0 || (await listUsers(store.db)).length > 0;
    return everHadRows ? { whole: false, rows: seq, brokenAt: 1, reason: "head_missing" } : { whole: true, rows: 0 };
  }
  if (macAtHead === null) return { whole: false, rows: seq, brokenAt: seq + 1, reason: "rows_cut_off" };
  if (!keys.some((key) => headMac(key, head.seq, macAtHead) === head.mac)) {
    return { whole: false, rows: seq, brokenAt: head.seq, reason: "head_altered" };
  }
  return { whole: true, rows: seq };
}
