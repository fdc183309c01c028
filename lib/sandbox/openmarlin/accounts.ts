import { createHash, randomBytes } from "node:crypto";
import { iso, isoOrNull, newId } from "#lib/sandbox/openmarlin/ids.ts";
import type { Ledger } from "#lib/sandbox/openmarlin/ledger.ts";
import type { SandboxStore } from "#lib/sandbox/store.ts";

/** An account has one workspace here, so one row tells both. */
export const accountTables = `
CREATE TABLE IF NOT EXISTS openmarlin_workspaces (
  id TEXT PRIMARY KEY, account_id TEXT NOT NULL UNIQUE, email TEXT NOT NULL UNIQUE, subject TEXT NOT NULL,
  slug TEXT NOT NULL, display_name TEXT NOT NULL, created_at INTEGER NOT NULL,
  missing TEXT CHECK (missing IN ('workspace', 'account')),
  referral_code TEXT NOT NULL, signed_up INTEGER NOT NULL DEFAULT 0, qualified INTEGER NOT NULL DEFAULT 0,
  rewarded INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS openmarlin_keys (
  id TEXT PRIMARY KEY, workspace_id TEXT NOT NULL REFERENCES openmarlin_workspaces (id), digest TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL, label TEXT NOT NULL, created_at INTEGER NOT NULL, last_used_at INTEGER
) WITHOUT ROWID;
`;

export interface Workspace {
  id: string;
  accountId: string;
  email: string;
  subject: string;
  slug: string;
  displayName: string;
  /** What an administrator of the real thing took away. */
  missing: "workspace" | "account" | null;
  referralCode: string;
  signedUp: number;
  qualified: number;
  rewarded: number;
}

export interface Key {
  id: string;
  workspaceId: string;
  status: "active" | "inactive";
  label: string;
  createdAt: number;
  lastUsedAt: number | null;
}

export type Accounts = ReturnType<typeof makeAccounts>;

export function makeAccounts({ db }: SandboxStore, ledger: Ledger) {
  const workspaceColumns =
    "id, account_id AS accountId, email, subject, slug, display_name AS displayName, missing, referral_code AS referralCode, signed_up AS signedUp, qualified, rewarded";
  const keyColumns =
    "id, workspace_id AS workspaceId, status, label, created_at AS createdAt, last_used_at AS lastUsedAt";
  const byId = db.prepare<[string], Workspace>(`SELECT ${workspaceColumns} FROM openmarlin_workspaces WHERE id = ?`);
  const byEmail = db.prepare<[string], Workspace>(
    `SELECT ${workspaceColumns} FROM openmarlin_workspaces WHERE email = ?`,
  );
  const all = db.prepare<[], Workspace>(
    `SELECT ${workspaceColumns} FROM openmarlin_workspaces ORDER BY created_at, id`,
  );
  const insert = db.prepare(
    `INSERT INTO openmarlin_workspaces (id, account_id, email, subject, slug, display_name, created_at, referral_code)
     VALUES (@id, @accountId, @email, @subject, @slug, @displayName, @at, @referralCode)`,
  );
  const insertKey = db.prepare(
    `INSERT INTO openmarlin_keys (id, workspace_id, digest, status, label, created_at)
     VALUES (@id, @workspaceId, @digest, 'active', @label, @createdAt)`,
  );
  const keyByDigest = db.prepare<[string], Key>(`SELECT ${keyColumns} FROM openmarlin_keys WHERE digest = ?`);
  const keysOf = db.prepare<[string], Key>(
    `SELECT ${keyColumns} FROM openmarlin_keys WHERE workspace_id = ? ORDER BY created_at, id`,
  );
  const used = db.prepare("UPDATE openmarlin_keys SET last_used_at = ? WHERE id = ?");
  const setKeyStatus = db.prepare("UPDATE openmarlin_keys SET status = ? WHERE id = ?");
  const setMissing = db.prepare("UPDATE openmarlin_workspaces SET missing = ? WHERE id = ?");
  const setReferrals = db.prepare(
    "UPDATE openmarlin_workspaces SET signed_up = @signedUp, qualified = @qualified, rewarded = @rewarded WHERE id = @id",
  );

  return {
    find: (id: string): Workspace | undefined => byId.get(id),
    list: (): Workspace[] => all.all(),
    keysOf: (workspaceId: string): Key[] => keysOf.all(workspaceId),

    /** The workspace of whoever has this address; a new one begins with `grant` hundredths. */
    workspaceOf(email: string, grant: number): { workspace: Workspace; isNew: boolean } {
      const address = email.toLowerCase();
      const known = byEmail.get(address);
      if (known !== undefined) return { workspace: known, isNew: false };
      const id = newId("ws");
      const name = address.slice(0, address.indexOf("@"));
      insert.run({
        id,
        accountId: newId("acct"),
        email: address,
        subject: newId("user"),
        slug: `${name.replaceAll(/[^a-z0-9]+/g, "-")}-${id.slice(-4)}`,
        displayName: `${name}'s workspace`,
        at: Date.now(),
        referralCode: randomBytes(4).toString("hex").toUpperCase(),
      });
      if (grant > 0) ledger.credit(id, { type: "signup_grant", hundredths: grant, referenceId: id });
      const workspace = byId.get(id);
      if (workspace === undefined) throw new Error("The new workspace is not there.");
      return { workspace, isNew: true };
    },
    /** A key of this workspace, with the only showing of its secret: the file has a digest. */
    issueKey(workspaceId: string, label: string): { key: Key; secret: string } {
      const secret = `claw_wsk_${randomBytes(24).toString("hex")}`;
      const key: Key = {
        id: newId("key"),
        workspaceId,
        status: "active",
        label,
        createdAt: Date.now(),
        lastUsedAt: null,
      };
      insertKey.run({ ...key, digest: digest(secret) });
      return { key, secret };
    },
    keyOf: (secret: string): Key | undefined => keyByDigest.get(digest(secret)),
    keyUsed: (id: string): void => void used.run(Date.now(), id),
    setKeyStatus: (id: string, status: Key["status"]): boolean => setKeyStatus.run(status, id).changes > 0,
    setMissing: (id: string, missing: Workspace["missing"]): void => void setMissing.run(missing, id),
    setReferrals: (id: string, counts: { signedUp: number; qualified: number; rewarded: number }): void =>
      void setReferrals.run({ id, ...counts }),
  };
}

/** As answers show a key. */
export function keyView({ id, workspaceId, status, label, createdAt, lastUsedAt }: Key) {
  return {
    key_id: id,
    workspace_id: workspaceId,
    status,
    created_at: iso(createdAt),
    last_used_at: isoOrNull(lastUsedAt),
    label,
  };
}

function digest(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
