import type { Clock } from "#lib/sandbox/clock.ts";
import type { FaultDesk } from "#lib/sandbox/faults.ts";
import type { RequestLog } from "#lib/sandbox/request-log.ts";
import type { Settings } from "#lib/sandbox/settings.ts";
import type { SandboxStore } from "#lib/sandbox/store.ts";

/** What every part of one running sandbox shares. */
export interface Sandbox {
  store: SandboxStore;
  settings: Settings;
  clock: Clock;
  faults: FaultDesk;
  log: RequestLog;
  /** Where the OpenMarlin part listens; empty until it does. */
  openmarlinOrigin: string;
  /** Token or password of the gateway. */
  token: string;
  controlToken: string;
  startedAt: number;
}
