import "server-only";
import { env } from "#lib/server/env.ts";
import { perProcess } from "#lib/server/per-process.ts";
import { SecretPieces } from "#lib/server/secret-pieces.ts";

/**
 * Every secret that this process knows: nothing of one may be logged, nor come back out of an upstream's mouth. Given by
 * the environment from the start, and what {@link knowSecret} was told.
 */
export function knownSecrets(): SecretPieces {
  const held = slot();
  held.pieces ??= new SecretPieces(held.values);
  return held.pieces;
}

/** Adds a credential that was stored or generated. */
export function knowSecret(value: string | null): void {
  const held = slot();
  if (value === null || held.values.has(value)) return;
  held.values.add(value);
  held.pieces = null;
}

interface KnownSecrets {
  values: Set<string>;
  pieces: SecretPieces | null;
}

function slot(): KnownSecrets {
  return perProcess<KnownSecrets>("known-secrets", () => {
    const { authSecret, dataKey, oidc, openclaw, openmarlin, databaseUrl } = env();
    const password = databaseUrl === undefined ? undefined : URL.parse(databaseUrl)?.password;
    const keys = [openclaw.token, openclaw.password, openmarlin.key];
    const given = [authSecret, dataKey, oidc?.clientSecret, password, ...keys];
    return { values: new Set(given.filter((value) => value !== undefined)), pieces: null };
  });
}
