import "server-only";
import { openMarlinConnection } from "#lib/server/settings/connection.ts";
import { dataKeys } from "#lib/server/store/keys.ts";
import { findOpenMarlinAccount, type OpenMarlinAccountRow } from "#lib/server/store/openmarlin-accounts.ts";
import { accountPurpose } from "#lib/server/store/reseal.ts";
import type { Store } from "#lib/server/store/store.ts";
import type { OpenMarlinConnection } from "#lib/server/upstream/openmarlin/connection.ts";
import { AppError, isAppError } from "#lib/shared/errors.ts";

/** What one person's calls are made with, and whose money they spend. */
export interface OpenMarlinAccess {
  connection: OpenMarlinConnection;
  /** Never leaves the server. */
  key: string;
  /** The deployment's key pays for everybody. */
  shared: boolean;
}

/**
 * The key of a person: the deployment's where there is one, else their own. Throws `openmarlin_unconfigured` and
 * `openmarlin_not_connected`.
 */
export async function openMarlinAccess(store: Store, userId: string): Promise<OpenMarlinAccess> {
  const connection = await openMarlinConnection();
  if (connection.sharedKey !== null) return { connection, key: connection.sharedKey, shared: true };
  const account = await findOpenMarlinAccount(store.db, userId, connection.place);
  if (account === undefined) throw new AppError("openmarlin_not_connected", "This person has connected no account.");
  return { connection, key: openKey(account), shared: false };
}

/** The same for a job: only while the upstream that it was made at is the one connected now. */
export async function openMarlinAccessFor(
  store: Store,
  { owner_id, place }: { owner_id: string; place: string },
): Promise<OpenMarlinAccess> {
  const access = await openMarlinAccess(store, owner_id);
  if (access.connection.place !== place) throw new AppError("sandbox_data", "This was made at another upstream.");
  return access;
}

/**
 * The same for looking at money or spending on more of it: with the deployment's key that is for admins alone. Others are
 * told whom to ask, and no amount.
 */
export async function billingAccess(
  store: Store,
  person: { id: string; role: "admin" | "member" },
): Promise<OpenMarlinAccess> {
  const access = await openMarlinAccess(store, person.id);
  if (access.shared && person.role !== "admin") {
    throw new AppError("openmarlin_ask_admin", "The balance belongs to the deployment.");
  }
  return access;
}

/** A failure as its person may see it: the amounts of a shared balance are the admins' business. */
export async function withoutSharedAmounts(store: Store, access: OpenMarlinAccess, userId: string, error: unknown) {
  if (!access.shared || !isAppError(error) || error.code !== "insufficient_balance") return error;
  const user = await store.db.selectFrom("users").select("role").where("id", "=", userId).executeTakeFirst();
  if (user?.role === "admin") return error;
  return new AppError("insufficient_balance", error.message, { cause: error.cause, facts: { shared: 1 } });
}

function openKey(account: OpenMarlinAccountRow): string {
  return dataKeys().unseal(account.sealed_key, accountPurpose(account.user_id, account.place));
}
