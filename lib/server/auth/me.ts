import "server-only";
import { audit } from "#lib/server/audit/audit.ts";
import { hashPassword, requireGoodPassword, verifyPassword } from "#lib/server/auth/passwords.ts";
import { revoke } from "#lib/server/auth/revocation.ts";
import type { Person } from "#lib/server/auth/session.ts";
import { beginAttempt } from "#lib/server/auth/sign-in-limits.ts";
import { deleteSession, deleteSessionsOf, listSessions } from "#lib/server/store/sessions.ts";
import type { Store } from "#lib/server/store/store.ts";
import { passwordHashOf, updateUser } from "#lib/server/store/users.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { MeView, SessionView } from "#lib/shared/people.ts";

/** A person as their own browser reads it: no hash, no session. */
export function toMe(person: Person): MeView {
  const { id, email, name, role, isDemo, locale, theme, sendKey, announce } = person;
  return { id, email, name, role, isDemo, locale, theme, sendKey, announce };
}

export type MeChange = {
  [Key in "name" | "locale" | "theme" | "sendKey" | "announce"]?: Person[Key] | undefined;
};

/** Changes a person's own name and preferences. */
export async function changeMe(store: Store, person: Person, change: MeChange): Promise<MeView> {
  const next = { ...person, ...withoutUndefined(change) };
  const { name, locale, theme } = next;
  await store.write(async (tx) => {
    await updateUser(tx, person.id, { name, locale, theme, send_key: next.sendKey, announce: next.announce });
    if (name !== person.name) {
      await audit(tx, {
        actor: person,
        action: "user.name",
        object: person.email,
        outcome: "done",
        facts: { to: name },
      });
    }
  });
  return toMe(next);
}

/**
 * Sets a new password for somebody who knows the present one, and ends their other sessions. Throws
 * `invalid_credentials`, `rate_limited` or `password_weak`. A person without a password asks an admin for a reset link:
 * a borrowed session alone must not be enough to add one.
 */
export async function changePassword(
  store: Store,
  person: Person,
  given: { current: string; next: string; address: string },
): Promise<void> {
  const attempt = await beginAttempt(store, `password:${person.id}`, given.address);
  if (!(await verifyPassword(store, person.id, given.current))) {
    if (attempt.noteworthy) {
      await audit(store, {
        actor: person,
        action: "user.password",
        object: person.email,
        outcome: "refused",
        facts: { by: "person", address: given.address },
      });
    }
    throw new AppError("invalid_credentials", "The present password is not right.");
  }
  await attempt.succeeded();
  requireGoodPassword(given.next, person);
  const passwordHash = await hashPassword(given.next);
  const ended = await store.write(async (tx) => {
    await updateUser(tx, person.id, { password_hash: passwordHash });
    const others = await deleteSessionsOf(tx, person.id, person.sidHash);
    await audit(tx, {
      actor: person,
      action: "user.password",
      object: person.email,
      outcome: "done",
      facts: { by: "person", address: given.address },
    });
    return others;
  });
  revoke(
    store,
    ended.map((sidHash) => ({ kind: "session", sidHash })),
  );
}

/** How a person can sign in, for the settings page. */
export async function hasPassword(store: Store, person: Person): Promise<boolean> {
  return (await passwordHashOf(store, person.id)) !== null;
}

export async function mySessions(store: Store, person: Person): Promise<SessionView[]> {
  const rows = await listSessions(store.db, person.id, Date.now());
  return rows.map((row) => ({
    id: row.sid_hash,
    current: row.sid_hash === person.sidHash,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    userAgent: row.user_agent,
    address: row.address,
  }));
}

/** Ends one of a person's own sessions. Throws `not_found` when it is not theirs. */
export async function endMySession(store: Store, person: Person, sidHash: string): Promise<void> {
  await store.write(async (tx) => {
    if (!(await deleteSession(tx, person.id, sidHash))) throw new AppError("not_found", "There is no such session.");
    await audit(tx, {
      actor: person,
      action: "sign_out",
      object: person.email,
      outcome: "done",
      facts: { by: "list" },
    });
  });
  revoke(store, [{ kind: "session", sidHash }]);
}

/** Ends every session of a person, this one too, and stops what streams to them. */
export async function signOutEverywhere(store: Store, person: Person): Promise<void> {
  await store.write(async (tx) => {
    const ended = await deleteSessionsOf(tx, person.id);
    const facts = { sessions: ended.length };
    await audit(tx, { actor: person, action: "sign_out.everywhere", object: person.email, outcome: "done", facts });
  });
  revoke(store, [{ kind: "person", userId: person.id }]);
}

function withoutUndefined<T extends object>(change: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  // What is left out of the object has no undefined value.
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>;
  };
}
