import "server-only";
import type { Transaction } from "kysely";
import { audit } from "#lib/server/audit/audit.ts";
import { beginSession } from "#lib/server/auth/begin-session.ts";
import { demoIsOpen } from "#lib/server/auth/demo.ts";
import { createUser } from "#lib/server/auth/new-user.ts";
import { hashPassword, requireGoodPassword } from "#lib/server/auth/passwords.ts";
import { isSetUpCode } from "#lib/server/auth/set-up-code.ts";
import { beginAttempt } from "#lib/server/auth/sign-in-limits.ts";
import type { Visit } from "#lib/server/auth/visits.ts";
import { env } from "#lib/server/env.ts";
import type { Schema } from "#lib/server/store/schema.ts";
import type { Store } from "#lib/server/store/store.ts";
import { anyAdminExists, findUserByEmail } from "#lib/server/store/users.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { SetUpView } from "#lib/shared/people.ts";

/** What the set-up and sign-in pages need to know before anybody is signed in. */
export async function setUpState(store: Store): Promise<SetUpView> {
  const { oidc } = env();
  return {
    needed: !(await anyAdminExists(store.db)),
    demo: await demoIsOpen(),
    oidc: oidc === undefined ? null : { name: oidc.name },
  };
}

/**
 * Makes the first admin, once, and signs them in. Returns the sid. Throws `code_invalid`, `rate_limited`, `set_up_done`,
 * `password_weak` or `email_taken`.
 */
export async function createFirstAdmin(
  store: Store,
  given: { code: string; name: string; email: string; password: string },
  visit: Visit & { replaces: string | null },
): Promise<string> {
  await requireCode(store, given.code, visit.address);
  requireGoodPassword(given.password, given);
  const passwordHash = await hashPassword(given.password);
  return store.write(async (tx) => {
    await claimSetUp(tx);
    const user = await createUser(tx, { ...given, passwordHash, role: "admin", isDemo: false });
    const facts = { address: visit.address };
    const made = { actor: user, action: "set_up", object: user.email, outcome: "done", facts } as const;
    return beginSession(tx, user, { ...visit, method: "set_up" }, [made]);
  });
}

/**
 * Opens the demo account of the sandbox, made on first use. It is an admin, so that everything shows; it has no password,
 * and its sessions open nothing once a real upstream is connected. Returns the sid. Throws `code_invalid`,
 * `rate_limited` or `demo_disabled`.
 */
export async function openDemo(
  store: Store,
  given: { code: string },
  visit: Visit & { replaces: string | null },
): Promise<string> {
  await requireCode(store, given.code, visit.address);
  if (!(await demoIsOpen())) throw new AppError("demo_disabled", "Demo accounts exist only while the sandbox is on.");
  return store.write(async (tx) => {
    const known = await findUserByEmail(tx, demoEmail);
    if (known !== undefined && (known.is_demo !== 1 || known.disabled_at !== null)) {
      throw new AppError("demo_disabled", "The demo account is disabled.");
    }
    const user =
      known ??
      (await createUser(tx, { email: demoEmail, name: "Demo", passwordHash: null, role: "admin", isDemo: true }));
    return beginSession(tx, user, { ...visit, method: "demo" });
  });
}

/** A name that no mail can reach: RFC 2606 reserves it. */
const demoEmail = "demo@breakwater.invalid";

async function requireCode(store: Store, code: string, address: string): Promise<void> {
  // Guesses count like failed sign-ins of one account.
  const attempt = await beginAttempt(store, "set-up", address);
  if (await isSetUpCode(store, code)) return attempt.succeeded();
  if (attempt.noteworthy) {
    await audit(store, { actor: null, action: "set_up", object: "code", outcome: "refused", facts: { address } });
  }
  throw new AppError("code_invalid", "This code is not the one that the last start printed.");
}

/** One row that only one transaction can write, so that two who set up at once cannot both become the first admin. */
async function claimSetUp(tx: Transaction<Schema>): Promise<void> {
  const result = await tx
    .insertInto("settings")
    .values({ key: "set_up.done", value: "{}", sealed: 0, updated_at: Date.now(), updated_by: null })
    .onConflict((conflict) => conflict.column("key").doNothing())
    .executeTakeFirst();
  const claimed = Number(result.numInsertedOrUpdatedRows ?? 0) === 1;
  if (!claimed || (await anyAdminExists(tx))) throw new AppError("set_up_done", "This server is set up already.");
}
