import "server-only";
import type { Env } from "#lib/server/env.ts";
import {
  defaultUserHeader,
  makeConnection,
  type OpenClawConnection,
} from "#lib/server/upstream/openclaw/connection.ts";
import { type BaseProblem, parseBase } from "#lib/server/upstream/origin.ts";
import type { GatewayAuth, OpenClawConnectionView, SettingSource } from "#lib/shared/connections.ts";

/** What an admin stored on the Connections page; sealed as a whole. */
export interface StoredOpenClaw {
  url?: string;
  auth?: GatewayAuth;
  /** The credential with the only address that it may be sent to. */
  credential?: { value: string; forUrl: string; at: number; byName: string };
  userHeader?: string;
  agents?: string[];
}

/** The connection that counts, and how it came about. */
export interface EffectiveOpenClaw {
  /** Null when nothing usable is configured. */
  connection: OpenClawConnection | null;
  /** Why a configured address is not usable. */
  problem: BaseProblem | null;
  view: OpenClawConnectionView;
}

/**
 * Environment over page, field by field. A credential goes only to the address it was given for: one from the
 * environment counts only beside an address from the environment, one from the page only with the address it was stored
 * for.
 */
export function effectiveOpenClaw(env: Env["openclaw"], stored: StoredOpenClaw): EffectiveOpenClaw {
  const url = pick(env.url, stored.url, null);
  const base = url.value === null ? null : parseBase(url.value);
  const usable = base !== null && !("problem" in base) ? base : null;
  const secret = url.source === "environment" ? environmentSecret(env) : null;
  const storedSecret = usable !== null && stored.credential?.forUrl === usable.url ? stored.credential : null;
  const auth = pick(env.auth, stored.auth, guessAuth(env, secret !== null, storedSecret !== null));
  const wantsSecret = auth.value === "token" || auth.value === "password";
  const userHeader = pick(env.userHeader, stored.userHeader, defaultUserHeader);
  const agents = pick(env.agents.length > 0 ? lowerCased(env.agents) : undefined, stored.agents, []);
  const credential = wantsSecret ? (secret?.value ?? storedSecret?.value ?? null) : null;
  return {
    connection:
      usable === null
        ? null
        : makeConnection({
            base: usable,
            auth: auth.value,
            credential,
            userHeader: userHeader.value,
            agents: agents.value,
            fingerprint: "real",
          }),
    problem: base !== null && "problem" in base ? base.problem : null,
    view: {
      url: { value: usable?.url ?? url.value, source: url.source },
      auth,
      credential: {
        set: credential !== null,
        source: secret !== null ? "environment" : storedSecret !== null ? "page" : "default",
        variable: secret?.variable ?? null,
        updatedAt: secret === null ? (storedSecret?.at ?? null) : null,
        updatedByName: secret === null ? (storedSecret?.byName ?? null) : null,
      },
      userHeader,
      agents,
    },
  };
}

/** True when an address is configured anywhere; decides whether the sandbox stands in. */
export function isConfigured(env: Env["openclaw"], stored: StoredOpenClaw): boolean {
  return env.url !== undefined || stored.url !== undefined;
}

function pick<T>(
  fromEnvironment: T | undefined,
  fromPage: T | undefined,
  otherwise: T,
): { value: T; source: SettingSource } {
  if (fromEnvironment !== undefined) return { value: fromEnvironment, source: "environment" };
  if (fromPage !== undefined) return { value: fromPage, source: "page" };
  return { value: otherwise, source: "default" };
}

function environmentSecret(env: Env["openclaw"]): { value: string; variable: string } | null {
  const token = env.token === undefined ? null : { value: env.token, variable: "OPENCLAW_GATEWAY_TOKEN" };
  const password = env.password === undefined ? null : { value: env.password, variable: "OPENCLAW_GATEWAY_PASSWORD" };
  return env.auth === "password" ? (password ?? token) : (token ?? password);
}

function guessAuth(env: Env["openclaw"], fromEnvironment: boolean, fromPage: boolean): GatewayAuth {
  if (fromEnvironment) return env.token === undefined ? "password" : "token";
  return fromPage ? "token" : "none";
}

function lowerCased(ids: string[]): string[] {
  return [...new Set(ids.map((id) => id.toLowerCase()))];
}
