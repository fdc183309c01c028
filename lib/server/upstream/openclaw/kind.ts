import "server-only";
import { perProcess } from "#lib/server/per-process.ts";

/** `old` has no `/v1/models`; `unknown` was not asked yet. */
export type GatewayKind = "current" | "old" | "unknown";

/** Which release line answers at an address, as last seen; it decides the model's spelling and the first time limit. */
export function gatewayKind(connection: { url: string }): GatewayKind {
  return kinds().get(connection.url) ?? "unknown";
}

/** Remembers what an address turned out to be. */
export function rememberKind(connection: { url: string }, kind: GatewayKind): void {
  const known = kinds();
  // Addresses change rarely; the bound is for a page that tries many.
  if (known.size > 20) known.clear();
  known.set(connection.url, kind);
}

function kinds(): Map<string, GatewayKind> {
  return perProcess("openclaw.kinds", () => new Map<string, GatewayKind>());
}
