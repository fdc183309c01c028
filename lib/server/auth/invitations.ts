import "server-only";
import type { Transaction } from "kysely";
import { type AuditEntry, audit } from "#lib/server/audit/audit.ts";
import { beginSession } from "#lib/server/auth/begin-session.ts";
import { demoIsOpen } from "#lib/server/auth/demo.ts";
import { createUser } from "#lib/server/auth/new-user.ts";
import { hashPassword, requireGoodPassword } from "#lib/server/auth/passwords.ts";
import { revoke } from "#lib/server/auth/revocation.ts";
import { hashSecret, newSecret } from "#lib/server/auth/secrets.ts";
import type { Person } from "#lib/server/auth/session.ts";
import type { Visit } from "#lib/server/auth/visits.ts";
import { limits } from "#lib/server/limits/limits.ts";
import {
  type CodeRow,
  claimCode,
  deleteOpenInvitation,
  deleteResetCodesOf,
  findOpenCode,
  insertCode,
  sweepCodes,
} from "#lib/server/store/codes.ts";
import { uuidv7 } from "#lib/server/store/ids.ts";
import type { Schema } from "#lib/server/store/schema.ts";
import { deleteSessionsOf } from "#lib/server/store/sessions.ts";
import type { Store } from "#lib/server/store/store.ts";
import { findUser, updateUser } from "#lib/server/store/users.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { LinkView, OneTimeLinkView } from "#lib/shared/people.ts";

/** A link as it is shown once, to the admin who made it, at the origin they use. Only the hash of its code is stored. */
export type OneTimeLink = Omit<OneTimeLinkView, "url">;

export function shownLink(link: OneTimeLink, origin: string): OneTimeLinkView {
  return { ...link, url: `${origin}/invite/${link.code}` };
}

/** Makes an invitation; with an e-mail address only that address can accept it. */
export async function invite(
  store: Store,
  admin: Person,
  wanted: { role: "admin" | "member"; email: string | null },
): Promise<OneTimeLink> {
  return store.write(async (tx) => {
    const link = await makeCode(tx, admin, { kind: "invite", ...wanted, userId: null, ageMs: limits.code.inviteMs });
    await audit(tx, {
      actor: admin,
      action: "invitation.create",
      object: wanted.email ?? link.id,
      outcome: "done",
      facts: { role: wanted.role },
    });
    return link;
  });
}

/** Makes a link with which a person sets a new password; earlier ones stop working. Throws `not_found` or `conflict`. */
export async function makeResetLink(store: Store, admin: Person, userId: string): Promise<OneTimeLink> {
  return store.write(async (tx) => {
    const user = await findUser(tx, userId);
    if (user === undefined) throw new AppError("not_found", "There is no such person.");
    if (user.disabled_at !== null) throw new AppError("conflict", "This person is disabled.");
    requireAuthorityOver(admin, user);
    await deleteResetCodesOf(tx, userId);
    const { email, role } = user;
    const link = await makeCode(tx, admin, { kind: "reset", email, role, userId, ageMs: limits.code.resetMs });
    await audit(tx, { actor: admin, action: "user.reset_link", object: email, outcome: "done" });
    return link;
  });
}

/** Takes an open invitation back. Throws `not_found`. */
export async function withdrawInvitation(store: Store, admin: Person, id: string): Promise<void> {
  await store.write(async (tx) => {
    const row = await deleteOpenInvitation(tx, id);
    if (row === undefined) throw new AppError("not_found", "There is no such open invitation.");
    await audit(tx, { actor: admin, action: "invitation.delete", object: row.email ?? id, outcome: "done" });
  });
}

/** What a link is for, shown to whoever holds it. Throws `code_invalid`. */
export async function describeLink(store: Store, code: string): Promise<LinkView> {
  const row = await findOpenCode(store.db, hashSecret(code), Date.now());
  if (row === undefined) throw codeInvalid();
  return { kind: row.kind, email: row.email, role: row.role, expiresAt: row.expires_at };
}

/**
 * Uses a link up: an invitation makes the person, a reset link sets their password and ends every session they had. Signs
 * in and returns the sid. Throws `code_invalid`, `invalid_input`, `password_weak` or `email_taken`; then the link stays
 * good.
 */
export async function acceptLink(
  store: Store,
  code: string,
  given: { name?: string | undefined; email?: string | undefined; password: string },
  visit: Visit & { replaces: string | null },
): Promise<string> {
  const row = await findOpenCode(store.db, hashSecret(code), Date.now());
  if (row === undefined) throw codeInvalid();
  const who = await identityOf(store, row, given);
  requireGoodPassword(given.password, who);
  const passwordHash = await hashPassword(given.password);
  const demoOpen = await demoIsOpen();
  const sid = await store.write(async (tx) => {
    const claimed = await claimCode(tx, hashSecret(code), Date.now());
    if (claimed === undefined) throw codeInvalid();
    if (claimed.kind === "reset") return setPassword(tx, claimed, { passwordHash, demoOpen }, visit);
    const { user, accepted } = await createInvited(tx, claimed, { ...who, passwordHash }, demoOpen);
    return beginSession(tx, user, { ...visit, method: "invitation" }, [accepted]);
  });
  if (row.kind === "reset" && row.user_id !== null) revoke(store, [{ kind: "person", userId: row.user_id }]);
  return sid;
}

/**
 * Makes the person of a claimed invitation; the caller writes the audit row `accepted` last. What a demo account invites is a demo account too, or the sandbox would be a
 * way into the real deployment.
 */
export async function createInvited(
  tx: Transaction<Schema>,
  invitation: CodeRow,
  who: { email: string; name: string; passwordHash: string | null },
  demoOpen: boolean,
): Promise<{ user: { id: string; name: string; email: string }; accepted: AuditEntry }> {
  const inviter = await findUser(tx, invitation.created_by);
  const isDemo = inviter?.is_demo === 1;
  if (isDemo && !demoOpen) throw codeInvalid();
  const user = await createUser(tx, { ...who, role: invitation.role, isDemo });
  const facts = { role: invitation.role, invitedBy: inviter?.name ?? null };
  const accepted = { actor: user, action: "invitation.accept", object: invitation.id, outcome: "done", facts } as const;
  return { user, accepted };
}

/** The people a demo account may change are demo accounts. Throws `forbidden`. */
export function requireAuthorityOver(admin: Person, user: { is_demo: number }): void {
  if (admin.isDemo && user.is_demo !== 1) {
    throw new AppError("forbidden", "The demo account cannot change other people's accounts.");
  }
}

export function codeInvalid(): AppError {
  return new AppError("code_invalid", "This link was used, has expired, or never existed.");
}

async function setPassword(
  tx: Transaction<Schema>,
  reset: CodeRow,
  { passwordHash, demoOpen }: { passwordHash: string; demoOpen: boolean },
  visit: Visit & { replaces: string | null },
): Promise<string> {
  const user = reset.user_id === null ? undefined : await findUser(tx, reset.user_id);
  if (user === undefined || user.disabled_at !== null || (user.is_demo === 1 && !demoOpen)) throw codeInvalid();
  await updateUser(tx, user.id, { password_hash: passwordHash });
  await deleteSessionsOf(tx, user.id);
  const facts = { by: "reset_link", address: visit.address };
  const changed = { actor: user, action: "user.password", object: user.email, outcome: "done", facts } as const;
  return beginSession(tx, user, { ...visit, method: "reset_link" }, [changed]);
}

async function identityOf(
  store: Store,
  row: CodeRow,
  given: { name?: string | undefined; email?: string | undefined },
): Promise<{ email: string; name: string }> {
  if (row.kind === "reset") {
    const user = row.user_id === null ? undefined : await findUser(store.db, row.user_id);
    if (user === undefined) throw codeInvalid();
    return { email: user.email, name: user.name };
  }
  const email = row.email ?? given.email;
  const missing = [...(given.name === undefined ? ["name"] : []), ...(email === undefined ? ["email"] : [])];
  if (given.name === undefined || email === undefined) {
    const fields = missing.map((path) => ({ path, message: "required" }));
    throw new AppError("invalid_input", "An invitation needs a name and an e-mail address.", { fields });
  }
  if (given.email !== undefined && given.email !== email) {
    const fields = [{ path: "email", message: "not_invited" }];
    throw new AppError("invalid_input", "This invitation is for another e-mail address.", { fields });
  }
  return { email, name: given.name };
}

async function makeCode(
  tx: Transaction<Schema>,
  admin: Person,
  wanted: Pick<CodeRow, "kind" | "email" | "role"> & { userId: string | null; ageMs: number },
): Promise<OneTimeLink> {
  const now = Date.now();
  const code = newSecret();
  const id = uuidv7(now);
  await sweepCodes(tx, now - limits.code.inviteMs);
  await insertCode(tx, {
    id,
    code_hash: hashSecret(code),
    kind: wanted.kind,
    email: wanted.email,
    user_id: wanted.userId,
    role: wanted.role,
    created_by: admin.id,
    created_at: now,
    expires_at: now + wanted.ageMs,
    used_at: null,
  });
  return { id, code, expiresAt: now + wanted.ageMs };
}
