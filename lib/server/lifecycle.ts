import "server-only";
import { perProcess } from "#lib/server/per-process.ts";

interface Lifecycle {
  state: "starting" | "ready" | "draining" | "closed";
  /** Why the process is not ready, for the log and the readiness check. */
  reason: string | null;
}

/**
 * Where this process stands between start and stop; one object a process. `draining` still serves while balancers look
 * elsewhere; `closed` refuses everything that would begin something.
 */
export function lifecycle(): Lifecycle {
  return perProcess<Lifecycle>("lifecycle", () => ({ state: "starting", reason: "starting" }));
}
