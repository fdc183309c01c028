import "server-only";
import type { Pace } from "#lib/server/jobs/kind.ts";

/**
 * Milliseconds until a job is asked about again: a tenth of its age between the limits of its kind, doubled for each
 * check in a row that told nothing, never sooner than the upstream said, a little uneven so that many do not come at once.
 */
export function nextPollMs(
  { firstMs, longestMs }: Pace,
  facts: { ageMs: number; failures: number; retryAfterSeconds?: number | undefined },
  random: () => number = Math.random,
): number {
  const byAge = Math.min(longestMs, Math.max(firstMs, facts.ageMs / 10));
  const backedOff = Math.min(longestMs, byAge * 2 ** Math.min(facts.failures, 10));
  const uneven = Math.max(firstMs, backedOff * (0.85 + 0.3 * random()));
  return Math.max(uneven, (facts.retryAfterSeconds ?? 0) * 1000);
}
