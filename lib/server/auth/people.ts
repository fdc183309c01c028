import "server-only";
import type { Transaction } from "kysely";
import { audit } from "#lib/server/audit/audit.ts";
import { requireAuthorityOver } from "#lib/server/auth/invitations.ts";
import { type Revocation, revoke } from "#lib/server/auth/revocation.ts";
import type { Person } from "#lib/server/auth/session.ts";
import { listOpenInvitations } from "#lib/server/store/codes.ts";
import type { Schema } from "#lib/server/store/schema.ts";
import { deleteSessionsOf } from "#lib/server/store/sessions.ts";
import type { Store } from "#lib/server/store/store.ts";
import { countActiveAdmins, findUser, listUsers, type UserRow, updateUser } from "#lib/server/store/users.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { InvitationView, PersonView } from "#lib/shared/people.ts";

/** Everybody, and the invitations that are still open. */
export async function listPeople(store: Store): Promise<{ people: PersonView[]; invitations: InvitationView[] }> {
  const users = await listUsers(store.db);
  const names = new Map(users.map((user) => [user.id, user.name]));
  const invitations = await listOpenInvitations(store.db, Date.now());
  return {
    people: users.map(toView),
    invitations: invitations.map((row) => ({
      id: row.id,
      email: row.email,
      role: row.role,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      createdByName: names.get(row.created_by) ?? null,
    })),
  };
}

/**
 * Gives a person another role, or disables or enables them. Their sessions end, and what streams to them within 5 s.
 * Throws `not_found`, `forbidden`, or `last_admin` where nobody would be left to administer.
 */
export async function changePerson(
  store: Store,
  admin: Person,
  userId: string,
  change: { role?: "admin" | "member" | undefined; disabled?: boolean | undefined },
): Promise<PersonView> {
  const revocations: Revocation[] = [];
  const view = await store.write(async (tx) => {
    await lockAdmins(tx);
    const user = await findUser(tx, userId);
    if (user === undefined) throw new AppError("not_found", "There is no such person.");
    requireAuthorityOver(admin, user);
    const next = {
      ...user,
      role: change.role ?? user.role,
      disabled_at: change.disabled === undefined ? user.disabled_at : disabledAt(user, change.disabled),
    };
    const newRole = next.role !== user.role;
    const newState = (next.disabled_at === null) !== (user.disabled_at === null);
    if (!newRole && !newState) return toView(user);
    await updateUser(tx, userId, { role: next.role, disabled_at: next.disabled_at });
    // A real admin may close the demo account; it may not lock itself out.
    const mustRemain = user.is_demo === 0 || admin.isDemo;
    if (mustRemain && (await countActiveAdmins(tx, user.is_demo)) === 0) {
      throw new AppError("last_admin", "Somebody must be left to administer this server.");
    }
    const ended = await deleteSessionsOf(tx, userId);
    if (next.disabled_at !== null) revocations.push({ kind: "person", userId });
    else revocations.push(...ended.map((sidHash) => ({ kind: "session", sidHash }) as const));
    if (newRole) {
      await audit(tx, {
        actor: admin,
        action: "user.role",
        object: user.email,
        outcome: "done",
        facts: { from: user.role, to: next.role },
      });
    }
    if (newState) {
      const action = next.disabled_at === null ? "user.enable" : "user.disable";
      await audit(tx, { actor: admin, action, object: user.email, outcome: "done" });
    }
    return toView(next);
  });
  revoke(store, revocations);
  return view;
}

/**
 * Lets one change of who administers happen after the other. On PostgreSQL two admins could otherwise demote each other
 * at the same moment; SQLite has one writer anyway.
 */
async function lockAdmins(tx: Transaction<Schema>): Promise<void> {
  const row = { key: "lock.admins", value: "{}", sealed: 0, updated_at: Date.now(), updated_by: null };
  await tx
    .insertInto("settings")
    .values(row)
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ updated_at: row.updated_at }))
    .execute();
}

function disabledAt(user: UserRow, disabled: boolean): number | null {
  return disabled ? (user.disabled_at ?? Date.now()) : null;
}

function toView(user: UserRow): PersonView {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    role: user.role,
    isDemo: user.is_demo === 1,
    disabledAt: user.disabled_at,
    createdAt: user.created_at,
  };
}
