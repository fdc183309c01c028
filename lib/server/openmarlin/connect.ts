import "server-only";
import { z } from "zod";
import { audit } from "#lib/server/audit/audit.ts";
import type { Person } from "#lib/server/auth/session.ts";
import { requestIdSchema } from "#lib/server/http/schemas.ts";
import type { JobEngine } from "#lib/server/jobs/engine.ts";
import { registrationSecretSchema } from "#lib/server/jobs/kinds/openmarlin-registration.ts";
import { jobView } from "#lib/server/jobs/view.ts";
import { isSandbox, openMarlinConnection } from "#lib/server/settings/connection.ts";
import { findJobToJoin } from "#lib/server/store/jobs.ts";
import { dataKeys } from "#lib/server/store/keys.ts";
import { findOpenMarlinAccount, removeOpenMarlinAccount } from "#lib/server/store/openmarlin-accounts.ts";
import { jobPurpose } from "#lib/server/store/reseal.ts";
import type { Store } from "#lib/server/store/store.ts";
import { AppError, isAppError } from "#lib/shared/errors.ts";
import type { JobView } from "#lib/shared/jobs.ts";
import type { OpenMarlinView } from "#lib/shared/openmarlin/connection-view.ts";

export const connectSchema = z.strictObject({ requestId: requestIdSchema });

/** What a person needs to approve a registration. Told to whoever began it, in the answer to that alone. */
export interface Handoff {
  /** As the upstream gave it, of an origin that is known. */
  authorizationUrl: string;
  deviceCode: string | null;
}

/** OpenMarlin as this person meets it. */
export async function openMarlinView(store: Store, person: Person): Promise<OpenMarlinView> {
  const connection = await openMarlinConnection().catch((error: unknown) => {
    if (isAppError(error) && error.code === "openmarlin_unconfigured") return null;
    throw error;
  });
  const sandbox = isSandbox();
  if (connection === null) {
    const off = { account: null, usable: false, seesMoney: false, registrationJobId: null };
    return { mode: "off", sandbox, host: null, authFlow: "device", ...off };
  }
  const { authFlow, origin, place } = connection;
  const shown = { sandbox, host: new URL(origin).host, authFlow };
  if (connection.sharedKey !== null) {
    const seesMoney = person.role === "admin";
    return { mode: "shared", ...shown, account: null, usable: true, seesMoney, registrationJobId: null };
  }
  const account = await findOpenMarlinAccount(store.db, person.id, place);
  const running = await findJobToJoin(store.db, joinKeyOf(person.id, place));
  return {
    mode: "person",
    ...shown,
    account:
      account === undefined
        ? null
        : {
            workspaceId: account.workspace_id,
            workspaceName: account.workspace_name,
            accountId: account.account_id,
            keyId: account.key_id,
            connectedAt: account.created_at,
          },
    usable: account !== undefined,
    seesMoney: account !== undefined,
    registrationJobId: running?.id ?? null,
  };
}

/**
 * Begins to connect an account, or joins the registration that is under way. The hand-off is in the answer only to the
 * request that began it: another tab sees the job, and can cancel it and begin again.
 */
export async function connectOpenMarlin(
  engine: JobEngine,
  person: Person,
  requestId: string,
): Promise<{ job: JobView; handoff: Handoff | null }> {
  const { place, sharedKey, authFlow } = await openMarlinConnection();
  if (sharedKey !== null) throw new AppError("openmarlin_shared_key", "One key serves everybody here.");
  const { job, joined } = await engine.submit({
    owner: { id: person.id, name: person.name },
    kind: "openmarlin_registration",
    requestId,
    place,
    title: "OpenMarlin",
    input: { authFlow },
    joinKey: joinKeyOf(person.id, place),
  });
  const mine = !joined || job.request_id === requestId;
  return { job: jobView(engine, job), handoff: mine ? handoffOf(job) : null };
}

/** Forgets a person's key. What was made with it stays at the upstream. */
export async function disconnectOpenMarlin(store: Store, person: Person): Promise<void> {
  const { place, sharedKey } = await openMarlinConnection();
  if (sharedKey !== null) throw new AppError("openmarlin_shared_key", "One key serves everybody here.");
  await store.write(async (tx) => {
    if (!(await removeOpenMarlinAccount(tx, person.id, place))) return;
    const actor = { id: person.id, name: person.name };
    await audit(tx, { actor, action: "openmarlin.disconnect", object: place, outcome: "done" });
  });
}

function joinKeyOf(personId: string, place: string): string {
  return `openmarlin_registration:${personId}:${place}`;
}

function handoffOf(job: { id: string; secret: string | null }): Handoff | null {
  if (job.secret === null) return null;
  const opened: unknown = JSON.parse(dataKeys().unseal(job.secret, jobPurpose(job.id)));
  const { authorizationUrl, deviceCode } = registrationSecretSchema.parse(opened);
  return { authorizationUrl, deviceCode };
}
