import "server-only";
import { limits } from "#lib/server/limits/limits.ts";
import { type AuditRow, listAuditRows } from "#lib/server/store/audit-log.ts";
import type { Store } from "#lib/server/store/store.ts";
import type { AuditView } from "#lib/shared/people.ts";

/** A page of the audit log, newest first. `nextBefore` continues it; null at the end. */
export async function listAudit(
  store: Store,
  page: { before?: number | undefined; action?: string | undefined; limit?: number | undefined },
): Promise<{ rows: AuditView[]; nextBefore: number | null }> {
  const limit = page.limit ?? limits.page.audit;
  const found = await listAuditRows(store.db, {
    limit: limit + 1,
    ...(page.before === undefined ? {} : { before: page.before }),
    ...(page.action === undefined ? {} : { action: page.action }),
  });
  const rows = found.slice(0, limit);
  return { rows: rows.map(toView), nextBefore: found.length > limit ? (rows.at(-1)?.seq ?? null) : null };
}

function toView(row: AuditRow): AuditView {
  return {
    seq: row.seq,
    at: row.at,
    actorName: row.actor_name,
    action: row.action,
    object: row.object,
    outcome: row.outcome,
    facts: parseFacts(row.facts),
  };
}

/** A row that somebody altered in the database must not keep the page from showing the others. */
function parseFacts(text: string): AuditView["facts"] {
  try {
    const facts: unknown = JSON.parse(text);
    // `audit` writes flat objects only.
    return typeof facts === "object" && facts !== null ? (facts as AuditView["facts"]) : {};
  } catch {
    return {};
  }
}
