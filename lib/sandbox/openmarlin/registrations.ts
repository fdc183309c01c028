import { randomBytes, randomInt } from "node:crypto";
import { z } from "zod";
import { ControlRefusal } from "#lib/sandbox/control-refusal.ts";
import { keyView } from "#lib/sandbox/openmarlin/accounts.ts";
import { refuse, sendJson } from "#lib/sandbox/openmarlin/answers.ts";
import { bodyOf } from "#lib/sandbox/openmarlin/body.ts";
import { iso, newId } from "#lib/sandbox/openmarlin/ids.ts";
import { grantOf, type OpenShop, pageUrl, type Visit } from "#lib/sandbox/openmarlin/shop.ts";
import type { SandboxStore } from "#lib/sandbox/store.ts";

export const registrationTables = `
CREATE TABLE IF NOT EXISTS openmarlin_registrations (
  id TEXT PRIMARY KEY, auth_flow TEXT NOT NULL, proof TEXT NOT NULL, authorization_id TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, completed_at INTEGER, workspace_id TEXT,
  is_new_account INTEGER NOT NULL DEFAULT 0, key_id TEXT
) WITHOUT ROWID;
`;

export interface Registration {
  id: string;
  authFlow: "device" | "workos_callback";
  /** The device code, or the callback state. */
  proof: string;
  /** What the address of the page carries; never the id of the session, which is a secret. */
  authorizationId: string;
  createdAt: number;
  expiresAt: number;
  completedAt: number | null;
  workspaceId: string | null;
  isNewAccount: 0 | 1;
  keyId: string | null;
}

export type Registrations = ReturnType<typeof makeRegistrations>;

export function makeRegistrations({ db }: SandboxStore) {
  const columns =
    "id, auth_flow AS authFlow, proof, authorization_id AS authorizationId, created_at AS createdAt, expires_at AS expiresAt, completed_at AS completedAt, workspace_id AS workspaceId, is_new_account AS isNewAccount, key_id AS keyId";
  const byId = db.prepare<[string], Registration>(`SELECT ${columns} FROM openmarlin_registrations WHERE id = ?`);
  const byAuthorization = db.prepare<[string], Registration>(
    `SELECT ${columns} FROM openmarlin_registrations WHERE authorization_id = ?`,
  );
  const insert = db.prepare(
    `INSERT INTO openmarlin_registrations (id, auth_flow, proof, authorization_id, created_at, expires_at)
     VALUES (@id, @authFlow, @proof, @authorizationId, @createdAt, @expiresAt)`,
  );
  const complete = db.prepare(
    "UPDATE openmarlin_registrations SET completed_at = @at, workspace_id = @workspaceId, is_new_account = @isNew WHERE id = @id",
  );
  const expire = db.prepare("UPDATE openmarlin_registrations SET expires_at = ? WHERE id = ?");
  const keyIssued = db.prepare("UPDATE openmarlin_registrations SET key_id = ? WHERE id = ?");
  return {
    find: (id: string) => byId.get(id),
    findByAuthorization: (id: string) => byAuthorization.get(id),
    create(authFlow: Registration["authFlow"], lifetimeMs: number): Registration {
      const now = Date.now();
      const session: Registration = {
        id: newId("regs"),
        authFlow,
        proof: authFlow === "device" ? deviceCode() : randomBytes(24).toString("base64url"),
        authorizationId: newId("auth"),
        createdAt: now,
        expiresAt: now + Math.ceil(lifetimeMs),
        completedAt: null,
        workspaceId: null,
        isNewAccount: 0,
        keyId: null,
      };
      insert.run(session);
      return session;
    },
    complete: (id: string, workspaceId: string, isNew: boolean): void =>
      void complete.run({ id, workspaceId, isNew: isNew ? 1 : 0, at: Date.now() }),
    expire: (id: string): void => void expire.run(Date.now(), id),
    keyIssued: (id: string, keyId: string): void => void keyIssued.run(keyId, id),
  };
}

const sessionBody = z.strictObject({ provider: z.literal("workos"), auth_flow: z.enum(["device", "workos_callback"]) });

/** POST /v1/registration/sessions. Nobody needs to be known; no idempotency. */
export async function createRegistration(shop: OpenShop, { exchange }: Visit): Promise<void> {
  const { auth_flow } = await bodyOf(exchange, sessionBody);
  const { clock, settings } = shop.sandbox;
  const lifetimeMs = exchange.plan.registration_expires?.ms ?? clock.scaled(settings.openmarlin.registrationMs);
  sendJson(exchange.wire, 201, view(shop, shop.registrations.create(auth_flow, lifetimeMs)));
}

/** GET /v1/registration/sessions/:id. The id alone opens it. */
export function readRegistration(shop: OpenShop, { exchange, id }: Visit): void {
  sendJson(exchange.wire, 200, view(shop, known(shop, id)));
}

const keyBody = z.strictObject({
  device_code: z.string().optional(),
  callback_state: z.string().optional(),
  label: z.string().trim().min(1).max(200).default("OpenClaw bootstrap"),
});

/**
 * POST /v1/registration/sessions/:id/api-keys. Whether a second call is allowed is unknown; here it is refused, so that
 * a key whose answer was lost is lost.
 */
export async function issueKey(shop: OpenShop, { exchange, id }: Visit): Promise<void> {
  const body = await bodyOf(exchange, keyBody);
  const session = known(shop, id);
  const state = stateOf(session);
  if (state === "expired") throw refuse("registration_session_expired");
  const { given, other } =
    session.authFlow === "device"
      ? { given: body.device_code, other: body.callback_state }
      : { given: body.callback_state, other: body.device_code };
  if (given !== session.proof || other !== undefined) throw refuse("invalid_request");
  if (state === "pending_external_auth" || session.workspaceId === null) throw refuse("registration_session_pending");
  if (session.keyId !== null) throw refuse("api_key_already_issued");
  const { key, secret } = shop.accounts.issueKey(session.workspaceId, body.label);
  shop.registrations.keyIssued(session.id, key.id);
  sendJson(exchange.wire, 201, { api_key: keyView(key), secret });
}

/** What the page that a person opens shows. */
export function authorizationView(shop: OpenShop, authorizationId: string) {
  const session = opened(shop, authorizationId);
  return {
    auth_flow: session.authFlow,
    state: stateOf(session),
    created_at: iso(session.createdAt),
    expires_at: iso(session.expiresAt),
    landing_url: session.authFlow === "device" ? null : landingUrl(shop),
  };
}

/** The person agrees. With the device flow the code that the app showed must be typed here. */
export function approve(
  shop: OpenShop,
  authorizationId: string,
  given: { email: string; device_code?: string | undefined },
) {
  const session = opened(shop, authorizationId);
  const state = stateOf(session);
  if (state !== "pending_external_auth") throw new ControlRefusal(409, `The session is ${state}.`);
  if (session.authFlow === "device" && plain(given.device_code ?? "") !== plain(session.proof))
    throw new ControlRefusal(400, "This is not the code of this session.");
  shop.sandbox.store.db.transaction(() => {
    const { workspace, isNew } = shop.accounts.workspaceOf(given.email, grantOf(shop));
    shop.registrations.complete(session.id, workspace.id, isNew);
  })();
  return authorizationView(shop, authorizationId);
}

export function expireRegistration(shop: OpenShop, authorizationId: string) {
  const session = opened(shop, authorizationId);
  if (stateOf(session) === "completed") throw new ControlRefusal(409, "The session is completed.");
  shop.registrations.expire(session.id);
  return authorizationView(shop, authorizationId);
}

function known(shop: OpenShop, id: string): Registration {
  const session = shop.registrations.find(id);
  if (session === undefined) throw refuse("registration_session_not_found");
  return session;
}

function opened(shop: OpenShop, authorizationId: string): Registration {
  const session = shop.registrations.findByAuthorization(authorizationId);
  if (session === undefined) throw new ControlRefusal(404, "No such authorization.");
  return session;
}

/** A completed session does not expire, whenever the key is asked for: the sandbox's choice. */
function stateOf({ completedAt, expiresAt }: Registration): "pending_external_auth" | "completed" | "expired" {
  if (completedAt !== null) return "completed";
  return Date.now() >= expiresAt ? "expired" : "pending_external_auth";
}

function view(shop: OpenShop, session: Registration) {
  const authorizationUrl = pageUrl(shop, `authorize/${session.authorizationId}`);
  const workspace = session.workspaceId === null ? undefined : shop.accounts.find(session.workspaceId);
  return {
    registration_session_id: session.id,
    state: stateOf(session),
    auth_flow: session.authFlow,
    provider: "workos",
    created_at: iso(session.createdAt),
    expires_at: iso(session.expiresAt),
    handoff:
      session.authFlow === "device"
        ? { type: "device", device_code: session.proof, authorization_url: authorizationUrl }
        : {
            type: "browser",
            callback_state: session.proof,
            authorization_url: authorizationUrl,
            redirect_uri: landingUrl(shop),
          },
    ...(workspace === undefined
      ? {}
      : {
          completion: {
            account_id: workspace.accountId,
            is_new_account: session.isNewAccount === 1,
            workspace: { workspace_id: workspace.id, slug: workspace.slug, display_name: workspace.displayName },
            provider_identity: {
              provider: "workos",
              provider_subject: workspace.subject,
              primary_email: workspace.email,
            },
            // The second value is not in the contract.
            credential_bootstrap: { status: session.keyId === null ? "pending_api_key_issue" : "api_key_issued" },
          },
        }),
  };
}

function landingUrl(shop: OpenShop): string {
  return pageUrl(shop, "authorized");
}

/** Letters and digits that are not taken for each other. */
function deviceCode(): string {
  const letters = "BCDFGHJKLMNPQRSTVWXZ23456789";
  const four = () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join("");
  return `${four()}-${four()}`;
}

/** As a person types it. */
function plain(code: string): string {
  return code.replaceAll(/[\s-]/g, "").toUpperCase();
}
