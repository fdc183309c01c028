import { randomBytes } from "node:crypto";

export type IdKind =
  | "acct"
  | "auth"
  | "cs_sandbox"
  | "key"
  | "led"
  | "pi_sandbox"
  | "regs"
  | "req"
  | "task"
  | "topup"
  | "user"
  | "ws";

/** Nobody guesses one: registration sessions, approvals and checkouts are opened by their id alone. */
export function newId(kind: IdKind): string {
  return `${kind}_${randomBytes(16).toString("hex")}`;
}

/** Timestamps as the answers spell them. */
export function iso(at: number): string {
  return new Date(at).toISOString();
}

export function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at);
}
