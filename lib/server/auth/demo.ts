import "server-only";
import { perProcess } from "#lib/server/per-process.ts";
import { isSandbox, readEffective } from "#lib/server/settings/connection.ts";

/**
 * Whether demo accounts open anything: only while the sandbox stands in for the upstreams. Asked of the stored settings
 * at most every few seconds, and never guessed: who cannot read them, refuses.
 */
export async function demoIsOpen(): Promise<boolean> {
  const known = perProcess("demo", () => ({ readAt: Number.NEGATIVE_INFINITY }));
  if (performance.now() - known.readAt < freshMs) return isSandbox();
  const { sandbox } = await readEffective();
  known.readAt = performance.now();
  return sandbox;
}

const freshMs = 4000;
