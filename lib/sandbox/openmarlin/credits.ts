/**
 * Money inside the sandbox: whole hundredths of a credit, so that sums are exact. The contract names neither a smallest
 * unit nor a limit; both are the sandbox's choice.
 */
export function toAmount(hundredths: number): { amount: number; unit: "credits" } {
  return { amount: hundredths / 100, unit: "credits" };
}

/**
 * The hundredths in a number of credits. Null for what is finer than a hundredth, not finite, or not more than nothing.
 * The client subtracts floats to find a shortfall, so 1.0999999999999999 is 1.1.
 */
export function hundredthsIn(credits: number): number | null {
  const hundredths = Math.round(credits * 100);
  if (!(hundredths > 0 && hundredths <= mostHundredths)) return null;
  return Math.abs(credits * 100 - hundredths) < 1e-6 ? hundredths : null;
}

const mostHundredths = 10_000_000;

/** The sandbox's own rate. With a tenth of a dollar a credit, a hundredth of a credit is a whole thousandth of a dollar. */
export const usdPerCredit = 0.1;

export function toUsd(hundredths: number): { amount: number; unit: "usd" } {
  return { amount: hundredths / 1000, unit: "usd" };
}
