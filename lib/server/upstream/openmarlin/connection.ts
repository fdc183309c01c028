import "server-only";
import { parseBase } from "#lib/server/upstream/origin.ts";
import type { ServerUrlProblem } from "#lib/shared/openmarlin/connection-view.ts";

/** A usable connection to OpenMarlin. It has no key in it: those are people's, except one for the whole deployment. */
export interface OpenMarlinConnection {
  /** Bare: the client's paths all begin with `/v1`. */
  origin: string;
  /** Names the upstream in stored rows: `sandbox:<id>`, or the origin. */
  place: string;
  authFlow: AuthFlow;
  /** Origins that a person may be sent to, to approve or to pay. */
  handoffOrigins: readonly string[];
  /** Origins that a result may be read from. */
  artifactOrigins: readonly string[];
  /** The deployment's own key, which stands above those of people; null where each person has one. */
  sharedKey: string | null;
}

export type AuthFlow = "device" | "workos_callback";

/** The published address of the API. */
export const defaultServerUrl = "https://api.openmarlin.ai";

/** Reads OPENMARLIN_SERVER_URL: a bare origin, https except on private networks. */
export function parseServerUrl(text: string): { origin: string } | { problem: ServerUrlProblem } {
  const base = parseBase(text);
  if ("problem" in base) return base;
  const { hostname, pathname } = new URL(text.trim());
  if (/^(www\.)?openmarlin\.ai\.?$/.test(hostname)) return { problem: "website" };
  return pathname === "/" ? { origin: base.origin } : { problem: "path" };
}

/** Whether an address that an upstream names may be opened: https, or one of the sandbox's own, of an origin we know. */
export function isKnownUrl(url: string, origins: readonly string[]): boolean {
  const parsed = URL.parse(url);
  if (parsed === null || url.length > 4000) return false;
  if (parsed.username !== "" || parsed.password !== "") return false;
  return origins.includes(parsed.origin);
}
