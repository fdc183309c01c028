import "server-only";
import { audit } from "#lib/server/audit/audit.ts";
import { demoIsOpen } from "#lib/server/auth/demo.ts";
import { emailForm } from "#lib/server/auth/fields.ts";
import { matchesHash } from "#lib/server/auth/passwords.ts";
import { beginAttempt } from "#lib/server/auth/sign-in-limits.ts";
import type { Store } from "#lib/server/store/store.ts";
import { findUserByEmail, type UserRow } from "#lib/server/store/users.ts";
import { AppError } from "#lib/shared/errors.ts";

/**
 * The id of the person with this e-mail address and password. Throws `rate_limited`, else `invalid_credentials`, the same
 * after the same work whether the person is unknown, disabled, without a password, or the password is wrong.
 */
export async function signInWithPassword(
  store: Store,
  given: { email: string; password: string; address: string },
): Promise<string> {
  const email = emailForm(given.email);
  const attempt = await beginAttempt(store, email, given.address);
  const user = await findUserByEmail(store.db, email);
  const matches = await matchesHash(user?.password_hash, given.password);
  if (user?.id && matches && (await mayEnter(user))) {
    await attempt.succeeded();
    return user.id;
  }
  if (attempt.noteworthy) {
    await audit(store, {
      // What was typed may be a password in the wrong field, so only an address that we know is written down.
      actor: user === undefined ? null : { id: user.id, name: user.name },
      action: "sign_in",
      object: user?.email ?? "unknown",
      outcome: "refused",
      facts: { method: "password", address: given.address },
    });
  }
  throw new AppError("invalid_credentials", "The e-mail address or the password is not right.");
}

/** Whether this person may have a session now. */
export async function mayEnter(user: Pick<UserRow, "disabled_at" | "is_demo" | "role">): Promise<boolean> {
  if (user.disabled_at !== null) return false;
  if (user.role !== "admin" && user.role !== "member") return false;
  return user.is_demo === 0 || (await demoIsOpen());
}
