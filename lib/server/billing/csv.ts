import "server-only";
import type { LedgerEntry } from "#lib/shared/openmarlin/types.ts";

/** The ledger as RFC 4180 has it, with a byte order mark, without which spreadsheets take UTF-8 for something else. */
export function ledgerCsv(entries: LedgerEntry[]): string {
  const rows = entries.map(({ at, type, status, amount, unit, referenceId }) => [
    at === null ? "" : new Date(at).toISOString(),
    cell(type),
    cell(status),
    amount,
    cell(unit),
    cell(referenceId),
  ]);
  const lines = [["created_at", "type", "status", "amount", "unit", "reference_id"], ...rows];
  return `\ufeff${lines.map((line) => `${line.join(",")}\r\n`).join("")}`;
}

/** A word of the upstream's, which a spreadsheet must not take for a formula. */
function cell(word: string | null): string {
  if (word === null) return "";
  const safe = /^[=+\-@\t\r]/.test(word) ? `'${word}` : word;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
