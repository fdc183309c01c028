import "server-only";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { limits, type RateName } from "#lib/server/limits/limits.ts";
import { perProcess } from "#lib/server/per-process.ts";
import { AppError } from "#lib/shared/errors.ts";

/**
 * Takes one point of `rate` from `key` (a person's id, or an address). Throws `rate_limited` with the seconds to wait.
 * Counted per process: behind a balancer a person may do this much at each.
 */
export async function takeRate(rate: RateName, key: string): Promise<void> {
  const limiter = perProcess(`rate.${rate}`, () => {
    const { points, windowMs } = limits.rates[rate];
    return new RateLimiterMemory({ keyPrefix: rate, points, duration: windowMs / 1000 });
  });
  try {
    await limiter.consume(key);
  } catch (refusal) {
    const waitMs = (refusal as { msBeforeNext?: number }).msBeforeNext ?? 1000;
    throw new AppError("rate_limited", "Too many requests.", { retryAfterSeconds: Math.ceil(waitMs / 1000) });
  }
}
