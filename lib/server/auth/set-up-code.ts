import "server-only";
import { demoIsOpen } from "#lib/server/auth/demo.ts";
import { hashSecret, newSecret, sameSecret } from "#lib/server/auth/secrets.ts";
import { env } from "#lib/server/env.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { perProcess } from "#lib/server/per-process.ts";
import { getStore } from "#lib/server/store/open.ts";
import type { Store } from "#lib/server/store/store.ts";
import { anyAdminExists } from "#lib/server/store/users.ts";

/**
 * The code that this start prints, or null where it would open nothing: a first admin exists and no sandbox is on. Made
 * once a process and kept in memory; on PostgreSQL its hash is stored for a day, because the browser may meet another
 * process. Without this code there is no first admin and no demo account, wherever a visitor comes from.
 */
export async function setUpCode(store: Store = getStore()): Promise<string | null> {
  if ((await anyAdminExists(store.db)) && !(await demoIsOpen())) return null;
  const { code } = held();
  if (store.dialect === "postgres") await share(store, code);
  return code;
}

/** Whether somebody holds the code of this start, or of a start of another process in the last day. */
export async function isSetUpCode(store: Store, given: string): Promise<boolean> {
  const own = sameSecret(given, held().code);
  if (own || store.dialect !== "postgres") return own;
  const shared = await store.db
    .selectFrom("settings")
    .select("key")
    .where("key", "=", keyOf(given))
    .where("updated_at", ">", Date.now() - limits.code.setUpMs)
    .executeTakeFirst();
  return shared !== undefined && sameSecret(shared.key, keyOf(given));
}

const prefix = "set_up.code.";

function keyOf(code: string): string {
  return prefix + hashSecret(code);
}

function held(): { code: string } {
  return perProcess("set-up-code", () => ({ code: env().setUpCode ?? newSecret() }));
}

async function share(store: Store, code: string): Promise<void> {
  const at = Date.now();
  await store.write(async (tx) => {
    await tx
      .deleteFrom("settings")
      .where("key", "like", `${prefix}%`)
      .where("updated_at", "<=", at - limits.code.setUpMs)
      .execute();
    await tx
      .insertInto("settings")
      .values({ key: keyOf(code), value: "{}", sealed: 0, updated_at: at, updated_by: null })
      .onConflict((conflict) => conflict.column("key").doUpdateSet({ updated_at: at }))
      .execute();
  });
}
