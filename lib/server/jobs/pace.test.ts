import { expect, it } from "vitest";
import { nextPollMs } from "./pace.ts";

const pace = { firstMs: 2000, longestMs: 300_000 };
const even = () => 0.5;

it.each([
  [{ ageMs: 0, failures: 0 }, 2000],
  [{ ageMs: 60_000, failures: 0 }, 6000],
  [{ ageMs: 72 * 3_600_000, failures: 0 }, 300_000],
  [{ ageMs: 0, failures: 3 }, 16_000],
  [{ ageMs: 0, failures: 50 }, 300_000],
  [{ ageMs: 0, failures: 0, retryAfterSeconds: 90 }, 90_000],
  [{ ageMs: 72 * 3_600_000, failures: 0, retryAfterSeconds: 5 }, 300_000],
])("a job of %o is asked about again in %i ms", (facts, ms) => {
  expect(nextPollMs(pace, facts, even)).toBeCloseTo(ms);
});

it("is uneven by at most 15 %, and never below the first interval", () => {
  const facts = { ageMs: 600_000, failures: 0 };
  expect(nextPollMs(pace, facts, () => 0)).toBeCloseTo(51_000);
  expect(nextPollMs(pace, facts, () => 1)).toBeCloseTo(69_000);
  expect(nextPollMs(pace, { ageMs: 0, failures: 0 }, () => 0)).toBe(2000);
});
