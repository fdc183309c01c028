import "server-only";
import { createHash } from "node:crypto";
import { networkInterfaces } from "node:os";
import { knowSecret } from "#lib/server/known-secrets.ts";
import { perProcess } from "#lib/server/per-process.ts";
import type { UpstreamBase } from "#lib/server/upstream/origin.ts";
import type { GatewayAuth } from "#lib/shared/connections.ts";

/** A usable connection to one gateway. Holds the credential: it never leaves the server, nor enters a log. */
export interface OpenClawConnection {
  /** Base address as an admin reads it. */
  url: string;
  origin: string;
  /** "" or the path under which the gateway is served. */
  prefix: string;
  auth: GatewayAuth;
  credential: string | null;
  /** Header with the person's address in trusted-proxy mode. */
  userHeader: string;
  /** Agent ids for gateways without `/v1/models`. */
  agents: string[];
  /** `sandbox:<id>` or `real`: marks the data made through it. */
  fingerprint: string;
  /** Stands for address and credential where one must be compared. */
  digest: string;
}

/** Puts a connection together and computes its digest. */
export function makeConnection(parts: {
  base: UpstreamBase;
  auth: GatewayAuth;
  credential: string | null;
  userHeader?: string | undefined;
  agents?: string[];
  fingerprint: string;
}): OpenClawConnection {
  const { base, auth, credential, fingerprint } = parts;
  knowSecret(credential);
  return {
    url: base.url,
    origin: base.origin,
    prefix: base.prefix,
    auth,
    credential,
    userHeader: parts.userHeader ?? defaultUserHeader,
    agents: parts.agents ?? [],
    fingerprint,
    digest: createHash("sha256")
      .update(JSON.stringify([base.url, auth, credential]))
      .digest("hex"),
  };
}

/** The header that OpenClaw's documentation names for trusted-proxy mode. */
export const defaultUserHeader = "x-forwarded-user";

/** Whom a request is made for, in trusted-proxy mode. */
export interface RequestingPerson {
  id: string;
  email: string;
}

/**
 * Headers that say who we are. Without a shared secret the gateway grants what `x-openclaw-scopes` asks for: no more is
 * asked than the call needs, and `operator.admin` only for a model override, which demands it.
 */
export function authHeaders(
  connection: OpenClawConnection,
  options: { person?: RequestingPerson | undefined; overridesModel?: boolean } = {},
): Record<string, string> {
  const { auth, credential } = connection;
  const scopes = {
    "x-openclaw-scopes": options.overridesModel === true ? "operator.write,operator.admin" : "operator.write",
  };
  switch (auth) {
    case "token":
    case "password":
      return credential === null ? {} : { authorization: `Bearer ${credential}` };
    case "none":
      return scopes;
    case "trusted-proxy":
      return { ...scopes, "x-forwarded-for": ownAddress(), [connection.userHeader]: identityOf(options.person) };
  }
}

/**
 * In this mode the gateway takes us for a proxy and demands a client address that is not loopback (seen on 2026.9.6:
 * `proxy_attribution_required` without). What a browser sent is never passed on: the client we name is this machine.
 */
function ownAddress(): string {
  return perProcess("openclaw.own-address", () => {
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    return addresses.find(({ internal, family }) => !internal && family === "IPv4")?.address ?? documentationAddress;
  });
}

/** Belongs to nobody (RFC 5737); for machines without a network. */
const documentationAddress = "192.0.2.1";

/** An address that fits a header; an id of ours where it would not. */
function identityOf(person: RequestingPerson | undefined): string {
  if (person === undefined) return "breakwater";
  return /^[\x21-\x7e]{1,254}$/.test(person.email) ? person.email : person.id;
}
