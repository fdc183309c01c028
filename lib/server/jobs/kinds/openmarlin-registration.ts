import "server-only";
import { z } from "zod";
import { defineKind, type JobAtWork, type JobStep } from "#lib/server/jobs/kind.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { openMarlinConnection } from "#lib/server/settings/connection.ts";
import { hurryJobs } from "#lib/server/store/jobs.ts";
import { dataKeys } from "#lib/server/store/keys.ts";
import { putOpenMarlinAccount } from "#lib/server/store/openmarlin-accounts.ts";
import { accountPurpose } from "#lib/server/store/reseal.ts";
import { isKnownUrl, type OpenMarlinConnection } from "#lib/server/upstream/openmarlin/connection.ts";
import { createRegistration, issueKey, readRegistration } from "#lib/server/upstream/openmarlin/registration.ts";
import { AppError, isAppError } from "#lib/shared/errors.ts";

const inputSchema = z.object({ authFlow: z.enum(["device", "workos_callback"]) });

type Job = JobAtWork<z.output<typeof inputSchema>>;

/** What is sealed with a registration: the session's id alone can mint a key. */
export const registrationSecretSchema = z.object({
  sessionId: z.string(),
  authorizationUrl: z.string(),
  /** Shown once, to the person who asked. */
  deviceCode: z.string().nullable(),
});

/**
 * A person connects an account of their own. The server asks about the session until it is completed or expired, across
 * restarts; then the key is issued, once, and stored sealed in the same transaction that ends the job.
 */
export const openMarlinRegistration = defineKind<z.output<typeof inputSchema>>({
  kind: "openmarlin_registration",
  input: inputSchema,
  pace: { firstMs: 2000, longestMs: 10_000 },
  deadlineMs: limits.openmarlin.registrationMs,
  repeatable: false,
  cancellable: ["waiting_for_person", "unknown"],
  audited: "openmarlin.connect",
  async submit({ row, input }) {
    const connection = await connectionOf(row.place);
    const session = await createRegistration(connection, input.authFlow);
    const { authorizationUrl } = session;
    if (authorizationUrl === null || !isKnownUrl(authorizationUrl, connection.handoffOrigins)) {
      throw new AppError("openmarlin_handoff_refused", "The authorisation page is not at a known origin.", {
        facts: { host: authorizationUrl === null ? "" : (URL.parse(authorizationUrl)?.host ?? "") },
      });
    }
    const deviceCode = session.proof !== null && "device_code" in session.proof ? session.proof.device_code : null;
    return {
      state: "waiting_for_person",
      upstreamState: session.state,
      // The id of the session is a secret, so it is no upstream id.
      secret: { sessionId: session.id, authorizationUrl, deviceCode },
      result: { host: new URL(authorizationUrl).host, expiresAt: session.expiresAt },
    };
  },
  async poll(job) {
    const connection = await connectionOf(job.row.place);
    // A key was asked for, and its answer never came: whether there is one, and a second may be had, nobody can say.
    if (job.row.upstream_state === issuing) return lostKey;
    const { sessionId } = registrationSecretSchema.parse(job.secret);
    const session = await readRegistration(connection, sessionId);
    const upstreamState = session.state;
    if (session.state === "expired") return { state: "expired", upstreamState };
    if (session.state === "pending_external_auth") return { state: "waiting_for_person", upstreamState };
    if (session.state !== "completed") return { state: "unknown", upstreamState };
    if (session.proof === null) throw new AppError("openmarlin_malformed", "The session does not repeat its proof.");
    await job.mark({ upstream_state: issuing });
    return connect(job, connection, session, session.proof);
  },
});

const issuing = "issuing_key";
const lostKey: JobStep = {
  state: "create_unknown",
  problem: { code: "openmarlin_cut" },
  audit: { action: "openmarlin.connect", outcome: "unknown" },
};

async function connect(
  { row, store }: Job,
  connection: OpenMarlinConnection,
  session: Awaited<ReturnType<typeof readRegistration>>,
  proof: NonNullable<typeof session.proof>,
): Promise<JobStep> {
  try {
    const issued = await issueKey(connection, session.id, proof, "Breakwater");
    const account = {
      user_id: row.owner_id,
      place: row.place,
      sealed_key: dataKeys().seal(issued.secret, accountPurpose(row.owner_id, row.place)),
      key_id: issued.keyId,
      account_id: session.accountId,
      workspace_id: issued.workspaceId,
      workspace_name: session.workspaceName,
      created_at: Date.now(),
    };
    const { keyId, workspaceId } = issued;
    return {
      state: "succeeded",
      upstreamState: "completed",
      result: { keyId, workspaceId, workspaceName: session.workspaceName, accountId: session.accountId },
      async alongside(tx) {
        await putOpenMarlinAccount(tx, account);
        await hurryJobs(tx, store, row.owner_id, row.place);
      },
      audit: { action: "openmarlin.connect", outcome: "done", facts: { keyId, workspaceId } },
    };
  } catch (error) {
    const code = isAppError(error) ? error.code : "internal";
    // The request never left: it may be made at the next check.
    if (code === "openmarlin_unreachable") return { state: "waiting_for_person", upstreamState: "completed" };
    if (isAppError(error) && typeof error.facts?.["status"] === "number" && error.facts["status"] < 500) {
      return {
        state: "failed",
        upstreamState: "completed",
        problem: { code },
        audit: { action: "openmarlin.connect", outcome: "failed", facts: { code } },
      };
    }
    return lostKey;
  }
}

async function connectionOf(place: string): Promise<OpenMarlinConnection> {
  const connection = await openMarlinConnection();
  if (connection.place !== place) throw new AppError("sandbox_data", "This was begun at another upstream.");
  return connection;
}
