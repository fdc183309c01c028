import "server-only";
import { createHmac } from "node:crypto";
import type { AuditRow } from "#lib/server/store/audit-log.ts";

/** The MAC of a row: over all that it says, its number, and the MAC of the row before (empty for the first). */
export function rowMac(key: Uint8Array, row: Omit<AuditRow, "mac">, previousMac: string): string {
  const said = [
    row.seq,
    row.at,
    row.actor_id,
    row.actor_name,
    row.action,
    row.object,
    row.outcome,
    row.facts,
    previousMac,
  ];
  return createHmac("sha256", key).update(JSON.stringify(said)).digest("hex");
}

/**
 * The MAC of the head, under a key of its own: who removes the newest rows cannot make the head for what is left out of
 * anything that stands in the table.
 */
export function headMac(key: Uint8Array, seq: number, mac: string): string {
  const headKey = createHmac("sha256", key).update("breakwater audit head").digest();
  return createHmac("sha256", headKey)
    .update(JSON.stringify([seq, mac]))
    .digest("hex");
}
