import "server-only";
import { type Insertable, type Kysely, type Selectable, sql } from "kysely";
import type { AuditHeadTable, AuditLogTable, Schema } from "#lib/server/store/schema.ts";

export type AuditRow = Selectable<AuditLogTable>;

/**
 * Takes the next number of the chain. On PostgreSQL this locks the head until the transaction ends, so that appends
 * follow each other; SQLite has one writer anyway.
 */
export async function claimAuditSeq(tx: Kysely<Schema>): Promise<number> {
  const next = { id: 1, seq: 1, mac: "" };
  const row = await tx
    .insertInto("audit_head")
    .values(next)
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ seq: sql<number>`audit_head.seq + 1` }))
    .returning("seq")
    .executeTakeFirstOrThrow();
  return Number(row.seq);
}

/** The MAC of the row with this number, or undefined when there is none. */
export async function auditMacAt(db: Kysely<Schema>, seq: number): Promise<string | undefined> {
  const row = await db.selectFrom("audit_log").select("mac").where("seq", "=", seq).executeTakeFirst();
  return row?.mac;
}

export function insertAuditRow(tx: Kysely<Schema>, row: Insertable<AuditLogTable>): Promise<unknown> {
  return tx.insertInto("audit_log").values(row).execute();
}

/** Sets the head's MAC where the head still stands at `seq`; false when somebody moved it. */
export async function sealAuditHead(tx: Kysely<Schema>, seq: number, mac: string): Promise<boolean> {
  const result = await tx
    .updateTable("audit_head")
    .set({ mac })
    .where("id", "=", 1)
    .where("seq", "=", seq)
    .executeTakeFirst();
  return Number(result.numUpdatedRows) === 1;
}

export function auditHead(db: Kysely<Schema>): Promise<Selectable<AuditHeadTable> | undefined> {
  return db.selectFrom("audit_head").selectAll().where("id", "=", 1).executeTakeFirst();
}

/** Rows after `seq`, in the order of the chain. */
export function auditRowsAfter(db: Kysely<Schema>, seq: number, limit: number): Promise<AuditRow[]> {
  return db.selectFrom("audit_log").selectAll().where("seq", ">", seq).orderBy("seq").limit(limit).execute();
}

/** Rows before `before` (all when absent), newest first; `action` is one action or a family such as `user`. */
export function listAuditRows(
  db: Kysely<Schema>,
  page: { before?: number; action?: string; limit: number },
): Promise<AuditRow[]> {
  let query = db.selectFrom("audit_log").selectAll().orderBy("seq", "desc").limit(page.limit);
  if (page.before !== undefined) query = query.where("seq", "<", page.before);
  if (page.action !== undefined) {
    const { action } = page;
    query = query.where((e) => e.or([e("action", "=", action), e("action", "like", `${action}.%`)]));
  }
  return query.execute();
}
