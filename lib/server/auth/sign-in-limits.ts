import "server-only";
import { hashSecret } from "#lib/server/auth/secrets.ts";
import { limits } from "#lib/server/limits/limits.ts";
import {
  addSignInFailure,
  clearSignInFailures,
  removeSignInFailure,
  sweepSignInFailures,
} from "#lib/server/store/sign-in-failures.ts";
import type { Store } from "#lib/server/store/store.ts";
import { AppError } from "#lib/shared/errors.ts";

export interface Attempt {
  /** It was right: forget the account's failures, and that this one was counted. */
  succeeded(): Promise<void>;
  /** Whether this failure is among the first of its window, so that floods do not fill the audit log. */
  noteworthy: boolean;
}

/**
 * Counts an attempt to sign in before it is judged, so that parallel guesses cannot outrun the count. `account` is what
 * was typed, known or not: an unknown one is limited, and answered, like a known one. Throws `rate_limited`.
 */
export async function beginAttempt(store: Store, account: string, address: string): Promise<Attempt> {
  const accountKey = `account:${hashSecret(account)}`;
  const addressKey = `address:${address}`;
  const now = Date.now();
  const { windowMs, failuresPerAccount } = limits.signIn;
  const counts = await store.write(async (tx) => {
    await sweepSignInFailures(tx, now);
    // Always the account before the address: on PostgreSQL two transactions must not wait for each other's rows.
    const account = await addSignInFailure(tx, accountKey, now, windowMs);
    return { account, address: await addSignInFailure(tx, addressKey, now, windowMs) };
  });
  const late = [
    counts.account.failures > failuresPerAccount ? counts.account.windowEndsAt : 0,
    counts.address.failures > perAddress(address) ? counts.address.windowEndsAt : 0,
  ];
  const waitUntil = Math.max(...late);
  if (waitUntil > 0) {
    throw new AppError("rate_limited", "Too many failed attempts to sign in.", {
      retryAfterSeconds: Math.ceil((waitUntil - now) / 1000),
    });
  }
  return {
    noteworthy: counts.account.failures <= failuresPerAccount,
    succeeded: () =>
      store.write(async (tx) => {
        await clearSignInFailures(tx, accountKey);
        await removeSignInFailure(tx, addressKey);
      }),
  };
}

/** Without a declared proxy everybody has the same address, and one guesser must not lock all the others out. */
function perAddress(address: string): number {
  const { failuresPerAddress } = limits.signIn;
  return address === "local" || address === "unknown" ? failuresPerAddress * 10 : failuresPerAddress;
}
