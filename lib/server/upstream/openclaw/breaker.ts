import "server-only";
import { perProcess } from "#lib/server/per-process.ts";
import { lockedOut } from "#lib/server/upstream/openclaw/failures.ts";
import { AppError, isAppError } from "#lib/shared/errors.ts";

/**
 * Keeps wrong credentials from being sent again: a gateway with rate limiting locks out the whole server, right
 * credential included, after a few. After one refusal nothing is sent with that credential any more, and during a
 * lockout nothing is sent at all. Keyed by the digest of address and credential, so a new credential starts afresh.
 */
interface BreakerState {
  refusedDigest: string | null;
  refusedAt: number;
  lockedOrigin: string | null;
  /** Monotonic, ms. */
  lockedUntil: number;
}

/** What the breaker needs to know of a connection. */
export interface Guarded {
  origin: string;
  digest: string;
  auth: string;
}

/** Throws `gateway_unauthorized` or `gateway_locked_out` while nothing may be sent. */
export function guard(connection: Guarded): void {
  const held = state();
  if (held.lockedOrigin === connection.origin) {
    const leftMs = held.lockedUntil - performance.now();
    if (leftMs > 0) throw lockedOut(Math.min(300, Math.max(1, Math.ceil(leftMs / 1000))));
    held.lockedOrigin = null;
  }
  if (held.refusedDigest === connection.digest) {
    throw new AppError("gateway_unauthorized", "The gateway refused this credential; it is not sent again.");
  }
}

/** Learns from the failure of a call and hands it on. */
export function learn(connection: Guarded, error: unknown): unknown {
  if (!isAppError(error)) return error;
  const held = state();
  if (error.code === "gateway_locked_out") {
    held.lockedOrigin = connection.origin;
    held.lockedUntil = performance.now() + (error.retryAfterSeconds ?? 60) * 1000;
  }
  // Behind an identity-aware proxy a refusal is about one person, and a 403 about a scope, not about the credential.
  const aboutCredential = error.facts?.["status"] === 401 && connection.auth !== "trusted-proxy";
  if (error.code === "gateway_unauthorized" && aboutCredential) {
    held.refusedDigest = connection.digest;
    held.refusedAt = performance.now();
  }
  return error;
}

/** The credential was accepted, or an admin gave it anew. */
export function forgetRefusal(): void {
  state().refusedDigest = null;
}

/** True when this credential was refused less than `ms` ago: even an admin's own check then does not send it again. */
export function refusedWithin(connection: Guarded, ms: number): boolean {
  const held = state();
  return held.refusedDigest === connection.digest && performance.now() - held.refusedAt < ms;
}

function state(): BreakerState {
  return perProcess("openclaw.breaker", () => ({
    refusedDigest: null,
    refusedAt: 0,
    lockedOrigin: null,
    lockedUntil: 0,
  }));
}
