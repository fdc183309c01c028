import "server-only";
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** What can be done with DATA_KEY; the key itself stays inside. */
export interface SealingKeys {
  /**
   * Encrypts and authenticates a text, as `v1.…`. `purpose` must be the same when it is opened: a sealed value that was
   * moved to another row does not open.
   */
  seal(plain: string, purpose: string): string;
  /** Throws when the text was changed, was sealed for another purpose, or its key is not among those given. */
  unseal(sealed: string, purpose: string): string;
  /** Whether a value was sealed with an older key and should be sealed again. */
  isOld(sealed: string): boolean;
  /** Keys of the audit chain, newest first: rows are written with the first and checked against all. */
  auditKeys: readonly Buffer[];
}

/**
 * Reads DATA_KEY: one key, or `v2:<key>,v1:<key>` while an old one is being replaced. The highest version seals.
 * Throws one sentence when a key has fewer than 32 bytes or the list makes no sense.
 */
export function sealingKeys(dataKey: string): SealingKeys {
  const versions = parse(dataKey);
  const newest = versions[0];
  if (newest === undefined) throw new Error("DATA_KEY is empty.");

  return {
    seal(plain, purpose) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", newest.sealing, nonce).setAAD(Buffer.from(purpose));
      const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
      return `v${newest.version}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url")}`;
    },
    unseal(sealed, purpose) {
      const { version, bytes } = take(sealed);
      const key = versions.find((candidate) => candidate.version === version);
      if (key === undefined)
        throw new Error(`A stored secret needs version ${version} of DATA_KEY, which is not given.`);
      try {
        const decipher = createDecipheriv("aes-256-gcm", key.sealing, bytes.subarray(0, nonceBytes))
          .setAAD(Buffer.from(purpose))
          .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
        return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString();
      } catch (cause) {
        throw new Error("A stored secret does not open: DATA_KEY is another one, or the row was changed.", { cause });
      }
    },
    isOld: (sealed) => take(sealed).version !== newest.version,
    auditKeys: versions.map(({ audit }) => audit),
  };
}

const nonceBytes = 12;
const tagBytes = 16;

interface Version {
  version: number;
  sealing: Buffer;
  audit: Buffer;
}

function parse(dataKey: string): Version[] {
  const listed = /^v\d+:/.test(dataKey);
  const versions = (listed ? dataKey.split(",") : [`v1:${dataKey}`]).map((entry) => {
    const [, version, secret] = /^v([1-9]\d{0,5}):(.*)$/s.exec(entry.trim()) ?? [];
    if (version === undefined || secret === undefined) {
      throw new Error("DATA_KEY is not valid: write one key, or a list such as v2:<new key>,v1:<old key>.");
    }
    if (Buffer.byteLength(secret) < 32) throw new Error("DATA_KEY is too short: give at least 32 bytes.");
    return { version: Number(version), sealing: derive(secret, "seal"), audit: derive(secret, "audit") };
  });
  if (new Set(versions.map(({ version }) => version)).size !== versions.length) {
    throw new Error("DATA_KEY names a version twice.");
  }
  return versions.sort((a, b) => b.version - a.version);
}

function derive(secret: string, use: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "breakwater", use, 32));
}

function take(sealed: string): { version: number; bytes: Buffer } {
  const [, version, body] = /^v(\d{1,6})\.([\w-]+)$/.exec(sealed) ?? [];
  if (version === undefined || body === undefined) throw new Error("A stored secret is not sealed as expected.");
  return { version: Number(version), bytes: Buffer.from(body, "base64url") };
}
