import { setTimeout as delay } from "node:timers/promises";
import type { Settings } from "#lib/sandbox/settings.ts";

/** All waiting in the sandbox. Every wait ends early with an AbortError when `signal` aborts. */
export interface Clock {
  /** Waits `ms` as it is: the pace a directive asks for, a fault's delay. */
  exactly(ms: number, signal: AbortSignal): Promise<void>;
  /** A wait of the real upstream, in its real duration, times `timeScale`. */
  upstream(ms: number, signal: AbortSignal): Promise<void>;
  /** The pace of an authored agent, times `paceScale`. */
  pace(ms: number, signal: AbortSignal): Promise<void>;
  /** A duration of the real upstream in our time, for what expires rather than waits. */
  scaled(ms: number): number;
}

export function makeClock(settings: Settings): Clock {
  return {
    exactly: wait,
    upstream: (ms, signal) => wait(ms * settings.timeScale, signal),
    pace: (ms, signal) => wait(ms * settings.paceScale, signal),
    scaled: (ms) => ms * settings.timeScale,
  };
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (ms > 0) await delay(ms, undefined, { signal });
}
