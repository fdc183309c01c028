// `npm run audit:verify`: walks the audit chain from its first row to its head. Safe while the server runs.
import { verifyAudit } from "#lib/server/audit/verify.ts";
import { env } from "#lib/server/env.ts";
import { dataKeys } from "#lib/server/store/keys.ts";
import { openStore } from "#lib/server/store/open.ts";

const reasons = {
  row_missing: "this row is missing",
  row_altered: "this row, or the one before it, is not what was written",
  rows_cut_off: "this row and what followed were removed",
  head_missing: "every row, or the head of the chain, was removed",
  head_altered: "the head of the chain does not belong to this row",
} as const;

const { databaseUrl, dataDir } = env();
const store = await openStore({ databaseUrl, dataDir });
try {
  const verdict = await verifyAudit(store, dataKeys().auditKeys);
  if (verdict.whole) {
    console.log(`The audit chain is whole: ${verdict.rows} rows.`);
  } else {
    console.error(`The audit chain is broken at row ${verdict.brokenAt}: ${reasons[verdict.reason]}.`);
    console.error(`The ${verdict.rows} rows before it hold.`);
    process.exitCode = 1;
  }
} finally {
  await store.close();
}
