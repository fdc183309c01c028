import "server-only";
import { hash, verify } from "@node-rs/argon2";
import { commonPasswords } from "#lib/server/auth/common-passwords.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { perProcess } from "#lib/server/per-process.ts";
import type { Store } from "#lib/server/store/store.ts";
import { passwordHashOf } from "#lib/server/store/users.ts";
import { AppError } from "#lib/shared/errors.ts";

// The first choice of the OWASP password storage cheat sheet: argon2id, 19 MiB, two passes, one lane.
const parameters = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** An argon2id hash with its parameters and salt in the text. */
export function hashPassword(password: string): Promise<string> {
  return hash(normalise(password), parameters);
}

/**
 * Whether `password` belongs to `hash`. Without a hash (no such person, or one without a password) as much work is done
 * against a hash of nothing, and the answer is no: the time must not tell who exists.
 */
export async function matchesHash(passwordHash: string | null | undefined, password: string): Promise<boolean> {
  // Made in either case, so that the first call of a process tells nothing either.
  const nothing = await decoy();
  const known = typeof passwordHash === "string" && passwordHash !== "";
  const against = known ? passwordHash : nothing;
  const tooLong = password.length > limits.password.maxChars;
  const matches = await verify(against, normalise(tooLong ? "" : password));
  return known && !tooLong && matches;
}

/** Whether this is the person's password. False for people who have none. */
export async function verifyPassword(store: Store, userId: string, password: string): Promise<boolean> {
  return matchesHash(await passwordHashOf(store, userId), password);
}

/** Refuses a password that is short, long, common, or says who the person is. Throws `password_weak`. */
export function requireGoodPassword(password: string, person: { email: string; name: string }): void {
  const { minChars, maxChars } = limits.password;
  const length = [...password].length;
  if (length < minChars) throw weak("too_short", { minChars });
  if (password.length > maxChars) throw weak("too_long", { maxChars });
  const plain = fold(password);
  // A common word with up to six digits or signs after it is tried just as early.
  const bare = plain.replace(/[\d\p{P}\p{S}]{1,6}$/u, "");
  if (commonPasswords.has(plain) || commonPasswords.has(bare) || isMonotonous(plain)) {
    throw weak("common");
  }
  const local = person.email.split("@")[0] ?? "";
  const said = [person.email, local, person.name, ...person.name.split(/\s+/)].map(fold);
  // What is left besides the name must still be a password.
  for (const word of said) {
    if (word.length >= 3 && plain.includes(word) && plain.length - word.length < 6) throw weak("personal");
  }
}

function weak(reason: string, facts: Record<string, number> = {}): AppError {
  return new AppError("password_weak", "This password is too easy to guess.", {
    fields: [{ path: "password", message: reason }],
    facts: { reason, ...facts },
  });
}

/** One character, or a run such as `abcdefghijkl` or `9876543210`, however long. */
function isMonotonous(text: string): boolean {
  if (new Set(text).size <= 2) return true;
  const steps = new Set([...text].slice(1).map((char, at) => char.charCodeAt(0) - text.charCodeAt(at)));
  return steps.size === 1 && Math.abs([...steps][0] ?? 0) <= 1;
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase().trim();
}

/** The same password typed on another keyboard may compose its letters otherwise. */
function normalise(password: string): string {
  return password.normalize("NFC");
}

function decoy(): Promise<string> {
  return perProcess("password-decoy", () => hashPassword("no one has this password"));
}
