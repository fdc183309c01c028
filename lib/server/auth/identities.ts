import "server-only";
import { audit } from "#lib/server/audit/audit.ts";
import { demoIsOpen } from "#lib/server/auth/demo.ts";
import { emailSchema, nameSchema } from "#lib/server/auth/fields.ts";
import type { OidcIntent } from "#lib/server/auth/intents.ts";
import { codeInvalid, createInvited } from "#lib/server/auth/invitations.ts";
import type { IdentityClaims } from "#lib/server/auth/next-auth.ts";
import { mayEnter } from "#lib/server/auth/sign-in.ts";
import { beginAttempt } from "#lib/server/auth/sign-in-limits.ts";
import type { Visit } from "#lib/server/auth/visits.ts";
import { claimCode } from "#lib/server/store/codes.ts";
import { insertIdentity, userOfIdentity } from "#lib/server/store/identities.ts";
import { readSession } from "#lib/server/store/sessions.ts";
import type { Store } from "#lib/server/store/store.ts";
import { findUser } from "#lib/server/store/users.ts";
import { AppError } from "#lib/shared/errors.ts";

/**
 * The id of the person whom an identity of the OpenID Connect provider signs in. An identity becomes somebody's by a
 * signed-in person who asked to link it, or with an invitation; never because an e-mail address is the same. Throws
 * `identity_not_linked`, `identity_taken`, `code_invalid`, `email_taken` or `sign_in_failed`.
 */
export async function personOfIdentity(
  store: Store,
  claims: IdentityClaims,
  asked: { intent: OidcIntent | null; presentedSidHash: string | null; visit: Visit },
): Promise<string> {
  if (claims.subject === "") throw new AppError("sign_in_failed", "The provider did not say who this is.");
  const { intent } = asked;
  if (intent?.kind === "invite") return acceptWithIdentity(store, claims, intent.codeHash);
  if (intent?.kind === "link") return linkIdentity(store, claims, intent.sidHash, asked.presentedSidHash);
  const userId = await userOfIdentity(store.db, claims.issuer, claims.subject);
  const user = userId === undefined ? undefined : await findUser(store.db, userId);
  if (user?.id && (await mayEnter(user))) return user.id;
  const { address } = asked.visit;
  const attempt = await beginAttempt(store, `identity:${claims.issuer}|${claims.subject}`, address);
  if (attempt.noteworthy) {
    await audit(store, {
      actor: user === undefined ? null : user,
      action: "sign_in",
      object: user?.email ?? "unknown identity",
      outcome: "refused",
      facts: { method: "oidc", issuer: claims.issuer, address },
    });
  }
  throw new AppError("identity_not_linked", "Nobody here has linked this identity.");
}

async function linkIdentity(
  store: Store,
  claims: IdentityClaims,
  sidHash: string,
  presentedSidHash: string | null,
): Promise<string> {
  // Only the session that asked may be linked, and only while it lives.
  const session = sidHash === presentedSidHash ? await readSession(store, sidHash) : undefined;
  if (session === undefined || session.disabled_at !== null || session.expires_at <= Date.now()) {
    throw new AppError("unauthenticated", "Sign in first, then link the identity.");
  }
  await store.write(async (tx) => {
    const { issuer, subject } = claims;
    if (!(await insertIdentity(tx, { issuer, subject, userId: session.id, at: Date.now() }))) {
      if ((await userOfIdentity(tx, issuer, subject)) === session.id) return;
      throw new AppError("identity_taken", "This identity belongs to another account.");
    }
    await audit(tx, {
      actor: session,
      action: "identity.link",
      object: session.email,
      outcome: "done",
      facts: { issuer },
    });
  });
  return session.id;
}

async function acceptWithIdentity(store: Store, claims: IdentityClaims, codeHash: string): Promise<string> {
  const demoOpen = await demoIsOpen();
  return store.write(async (tx) => {
    const invitation = await claimCode(tx, codeHash, Date.now());
    if (invitation === undefined || invitation.kind !== "invite") throw codeInvalid();
    const email = emailSchema.safeParse(invitation.email ?? claims.email);
    if (!email.success) throw new AppError("sign_in_failed", "The provider did not name an e-mail address.");
    const name = nameSchema.safeParse(claims.name?.slice(0, 80) ?? email.data.split("@")[0]?.slice(0, 80));
    const who = { email: email.data, name: name.success ? name.data : "?", passwordHash: null };
    const { user, accepted } = await createInvited(tx, invitation, who, demoOpen);
    const { issuer, subject } = claims;
    if (!(await insertIdentity(tx, { issuer, subject, userId: user.id, at: Date.now() }))) {
      throw new AppError("identity_taken", "This identity belongs to another account.");
    }
    await audit(tx, accepted);
    return user.id;
  });
}
