import "server-only";
import { randomBytes } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { env } from "#lib/server/env.ts";
import { knowSecret } from "#lib/server/known-secrets.ts";
import { perProcess } from "#lib/server/per-process.ts";
import { type SealingKeys, sealingKeys } from "#lib/server/store/seal.ts";

/** The secret that signs sessions. Throws one sentence when it is missing or short. */
export function authSecret(): string {
  return keys().authSecret;
}

/** What DATA_KEY is for: sealing credentials and keying the audit chain. */
export function dataKeys(): SealingKeys {
  return keys().data;
}

function keys(): Keys {
  return perProcess("keys", () => loadKeys(env()));
}

export interface Keys {
  authSecret: string;
  data: SealingKeys;
}

export interface KeySource {
  authSecret?: string | undefined;
  dataKey?: string | undefined;
  databaseUrl?: string | undefined;
  dataDir: string;
}

/** The files of a data folder that a backup of its database is worth nothing without. */
export const keyFileNames = { authSecret: "auth-secret", dataKey: "data-key" } as const;

/**
 * The two secrets: as given, else from the data folder, where they are made on first use. With PostgreSQL they must be
 * given, because every process needs the same ones. Fewer than 32 bytes are refused.
 */
export function loadKeys({ authSecret: givenSecret, dataKey, databaseUrl, dataDir }: KeySource): Keys {
  if (databaseUrl !== undefined && (givenSecret === undefined || dataKey === undefined)) {
    throw new Error("With DATABASE_URL, AUTH_SECRET and DATA_KEY must be set: every process needs the same ones.");
  }
  const secret = givenSecret ?? keptIn(dataDir, keyFileNames.authSecret);
  if (Buffer.byteLength(secret) < 32) throw new Error("AUTH_SECRET is too short: give at least 32 bytes.");
  const sealing = dataKey ?? keptIn(dataDir, keyFileNames.dataKey);
  knowSecret(secret);
  knowSecret(sealing);
  return { authSecret: secret, data: sealingKeys(sealing) };
}

function keptIn(dataDir: string, name: string): string {
  const file = path.join(/*turbopackIgnore: true*/ dataDir, name);
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ENOENT") throw error;
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(36).toString("base64url")}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  try {
    // Linking fails where the name exists, so that of two processes that start at once one key wins.
    linkSync(draft, file);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file, "utf8").trim();
}
