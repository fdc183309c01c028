import "server-only";
import { z } from "zod";
import { timeSchema, upstreamIdSchema, wordSchema } from "#lib/server/upstream/openmarlin/amounts.ts";
import { callOpenMarlin } from "#lib/server/upstream/openmarlin/call.ts";
import type { AuthFlow, OpenMarlinConnection } from "#lib/server/upstream/openmarlin/connection.ts";

/** What the key call takes as proof. The read of the session repeats it, so the session's id alone is a bearer secret. */
export type RegistrationProof = { device_code: string } | { callback_state: string };

const handoffSchema = z.object({
  device_code: z.string().min(1).max(500).optional(),
  callback_state: z.string().min(1).max(2000).optional(),
  authorization_url: z.string().max(4000).optional(),
});

const sessionSchema = z
  .object({
    registration_session_id: upstreamIdSchema,
    state: z.string().max(100),
    expires_at: timeSchema,
    handoff: handoffSchema.optional(),
  })
  .transform(({ registration_session_id, state, expires_at, handoff }) => ({
    id: registration_session_id,
    /** `pending_external_auth`, `completed`, `expired`, or a word of a later release. */
    state,
    expiresAt: expires_at,
    authorizationUrl: handoff?.authorization_url ?? null,
    proof: proofOf(handoff),
  }));

export type RegistrationSession = z.output<typeof sessionSchema>;

const issuedSchema = z.object({
  api_key: z.object({ key_id: upstreamIdSchema, workspace_id: upstreamIdSchema }),
  secret: z.string().min(8).max(1000),
});

/** Opens a session. Carries no credential. */
export function createRegistration(connection: OpenMarlinConnection, authFlow: AuthFlow): Promise<RegistrationSession> {
  const body = { provider: "workos", auth_flow: authFlow };
  return callOpenMarlin({ connection, key: null, path: "/v1/registration/sessions", body }, sessionSchema);
}

const watchedSchema = z.object({
  completion: z
    .object({
      account_id: wordSchema,
      workspace: z.object({ workspace_id: wordSchema, display_name: wordSchema }).optional(),
    })
    .nullish(),
});

/** Reads a session, and who it turned out to be once it is `completed`. */
export function readRegistration(connection: OpenMarlinConnection, sessionId: string) {
  const path = `/v1/registration/sessions/${encodeURIComponent(sessionId)}`;
  const schema = z.intersection(sessionSchema, watchedSchema).transform(({ completion, ...session }) => ({
    ...session,
    accountId: completion?.account_id ?? null,
    workspaceName: completion?.workspace?.display_name ?? null,
  }));
  return callOpenMarlin({ connection, key: null, path }, schema);
}

/** Issues the workspace key. Whether a second call is allowed is unknown, so it is made once. */
export async function issueKey(
  connection: OpenMarlinConnection,
  sessionId: string,
  proof: RegistrationProof,
  label: string,
): Promise<{ keyId: string; workspaceId: string; secret: string }> {
  const path = `/v1/registration/sessions/${encodeURIComponent(sessionId)}/api-keys`;
  const { api_key, secret } = await callOpenMarlin(
    { connection, key: null, path, body: { ...proof, label } },
    issuedSchema,
  );
  return { keyId: api_key.key_id, workspaceId: api_key.workspace_id, secret };
}

function proofOf(handoff: z.output<typeof handoffSchema> | undefined): RegistrationProof | null {
  if (handoff?.device_code !== undefined) return { device_code: handoff.device_code };
  if (handoff?.callback_state !== undefined) return { callback_state: handoff.callback_state };
  return null;
}
