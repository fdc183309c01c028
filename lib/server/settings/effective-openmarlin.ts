import "server-only";
import type { Env } from "#lib/server/env.ts";
import { knowSecret } from "#lib/server/known-secrets.ts";
import {
  type AuthFlow,
  defaultServerUrl,
  type OpenMarlinConnection,
  parseServerUrl,
} from "#lib/server/upstream/openmarlin/connection.ts";
import type { SettingSource } from "#lib/shared/connections.ts";
import type { OpenMarlinConnectionView, ServerUrlProblem } from "#lib/shared/openmarlin/connection-view.ts";

/** What an admin stored about OpenMarlin on the Connections page; sealed as a whole. */
export interface StoredOpenMarlin {
  serverUrl?: string;
  /** People may connect accounts of their own. */
  registration?: boolean;
  /** One key for everybody, with the only address that it may be sent to. */
  apiKey?: { value: string; forUrl: string; at: number; byName: string };
  authFlow?: AuthFlow;
  /** With a key for everybody: how much of it one person may use in 24 hours. */
  dailyExecutions?: number;
  dailyVideos?: number;
}

/** The connection that counts, and how it came about. */
export interface EffectiveOpenMarlin {
  /** Null when OpenMarlin is not enabled, or its address is not usable. */
  connection: OpenMarlinConnection | null;
  problem: ServerUrlProblem | null;
  limits: { dailyExecutions: number | null; dailyVideos: number | null };
  view: OpenMarlinConnectionView;
}

/** Where OpenMarlin itself is known to send people, beside its own server. */
const knownHandoffOrigins = ["https://openmarlin.ai", "https://api.workos.com", "https://checkout.stripe.com"];

/**
 * Environment over page, field by field. The published address counts only once an address, a key, or registration was
 * set anywhere. A key goes only to the address it was given for.
 */
export function effectiveOpenMarlin(env: Env["openmarlin"], stored: StoredOpenMarlin): EffectiveOpenMarlin {
  const url = pick(env.url, stored.serverUrl, defaultServerUrl);
  const parsed = parseServerUrl(url.value);
  const origin = "origin" in parsed ? parsed.origin : null;
  const environmentKey = url.source === "page" ? undefined : env.key;
  const pageKey = origin !== null && stored.apiKey?.forUrl === origin ? stored.apiKey : undefined;
  const key = environmentKey ?? pageKey?.value ?? null;
  const authFlow = pick(env.authFlow, stored.authFlow, "device" as const);
  const enabled = isOpenMarlinConfigured(env, stored);
  knowSecret(key);
  return {
    connection:
      origin === null || !enabled
        ? null
        : {
            origin,
            place: origin,
            authFlow: authFlow.value,
            handoffOrigins: [origin, ...knownHandoffOrigins, ...env.handoffOrigins],
            artifactOrigins: [origin, ...env.artifactOrigins],
            sharedKey: key,
          },
    problem: "problem" in parsed ? parsed.problem : null,
    limits: { dailyExecutions: stored.dailyExecutions ?? null, dailyVideos: stored.dailyVideos ?? null },
    view: {
      enabled,
      serverUrl: { value: origin ?? url.value, source: url.source },
      problem: "problem" in parsed ? parsed.problem : null,
      registration: stored.registration === true,
      authFlow,
      apiKey: {
        set: key !== null,
        source: environmentKey !== undefined ? "environment" : pageKey !== undefined ? "page" : "default",
        updatedAt: environmentKey === undefined ? (pageKey?.at ?? null) : null,
        updatedByName: environmentKey === undefined ? (pageKey?.byName ?? null) : null,
      },
      dailyExecutions: stored.dailyExecutions ?? null,
      dailyVideos: stored.dailyVideos ?? null,
    },
  };
}

/** True when anything enables OpenMarlin; then the sandbox does not stand in by itself. */
export function isOpenMarlinConfigured(env: Env["openmarlin"], stored: StoredOpenMarlin): boolean {
  const given = [env.url, env.key, env.authFlow, stored.serverUrl, stored.apiKey];
  return stored.registration === true || given.some((value) => value !== undefined);
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
