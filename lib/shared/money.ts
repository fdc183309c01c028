/**
 * An exact amount of credits: a decimal as text in its shortest form, `"0"`, `"12.5"`, `"-3"`. Upstreams send JSON
 * numbers; they become text at once, and are never added as floating point.
 */
export type Credits = string;

/** What a number from an upstream says, or null when it is no amount: not finite, or beyond what credits can be. */
export function creditsOf(value: number): Credits | null {
  if (!Number.isFinite(value) || Math.abs(value) > 1e15) return null;
  const scaled = scale(plainDecimal(value));
  return scaled === null ? null : unscale(scaled);
}

/** The JSON number that an upstream is sent. */
export function creditsNumber(amount: Credits): number {
  return Number(amount);
}

/** Negative, zero or positive, as `a` is less than, equal to or greater than `b`. */
export function compareCredits(a: Credits, b: Credits): number {
  const difference = scaledOf(a) - scaledOf(b);
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

export function addCredits(a: Credits, b: Credits): Credits {
  return unscale(scaledOf(a) + scaledOf(b));
}

export function subtractCredits(a: Credits, b: Credits): Credits {
  return unscale(scaledOf(a) - scaledOf(b));
}

/** How much is missing: required less current, at least nothing. */
export function shortfallOf(current: Credits, required: Credits): Credits {
  return compareCredits(required, current) > 0 ? subtractCredits(required, current) : "0";
}

/** The amount that a shortfall asks for: rounded up to what can be bought. Where nothing is missing, `required` itself. */
export function topUpFor(current: Credits, required: Credits): Credits {
  const missing = shortfallOf(current, required);
  const wanted = scaledOf(missing === "0" ? required : missing);
  const rounded = ((wanted + unit - 1n) / unit) * unit;
  return unscale(rounded < unit ? unit : rounded);
}

/** Hundredths of a credit: the finest amount that is bought. The upstream names no unit; this is this server's choice. */
export const topUpDecimals = 2;
/** The largest single top-up, in credits. */
export const topUpAtMost: Credits = "10000";

export type AmountProblem = "not_a_number" | "not_positive" | "too_fine" | "too_large";

/**
 * An amount as a person typed it: digits with a point or a comma before the decimals, spaces around allowed. Nothing is
 * rounded: what cannot be bought exactly is refused, with the reason.
 */
export function parseTopUp(text: string): { amount: Credits } | { problem: AmountProblem } {
  const plain = text.trim().replace(",", ".");
  if (!/^[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})$/.test(plain)) return { problem: "not_a_number" };
  const [, sign = "", whole = "", fraction = ""] = /^([+-]?)(\d*)\.?(\d*)$/.exec(plain) ?? [];
  const decimals = fraction.replace(/0+$/, "");
  if (sign === "-" || /^0*$/.test(whole + decimals)) return { problem: "not_positive" };
  if (decimals.length > topUpDecimals) return { problem: "too_fine" };
  const amount = unscale(BigInt(whole === "" ? "0" : whole) * one + BigInt(decimals.padEnd(scaleDecimals, "0")));
  return compareCredits(amount, topUpAtMost) > 0 ? { problem: "too_large" } : { amount };
}

/** An amount the way a language writes it, exact to the last digit. */
export function formatCredits(amount: Credits, locale: string): string {
  // A decimal as text is written by Intl without a detour through floating point.
  return new Intl.NumberFormat(locale, { maximumFractionDigits: scaleDecimals }).format(amount as `${number}`);
}

const scaleDecimals = 12;
const one = 10n ** BigInt(scaleDecimals);
const unit = 10n ** BigInt(scaleDecimals - topUpDecimals);

function scaledOf(amount: Credits): bigint {
  const scaled = scale(amount);
  if (scaled === null) throw new RangeError("This is not an amount of credits.");
  return scaled;
}

/** Digits beyond the twelfth decimal are floating point noise and are dropped. */
function scale(decimal: string): bigint | null {
  const found = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal);
  if (found === null) return null;
  const [, sign, whole = "0", fraction = ""] = found;
  const value = BigInt(whole) * one + BigInt(fraction.slice(0, scaleDecimals).padEnd(scaleDecimals, "0"));
  return sign === "-" ? -value : value;
}

function unscale(value: bigint): Credits {
  const size = value < 0n ? -value : value;
  const fraction = (size % one).toString().padStart(scaleDecimals, "0").replace(/0+$/, "");
  const whole = (size / one).toString();
  return `${value < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** The shortest decimal that means this number, without an exponent. */
function plainDecimal(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(scaleDecimals) : text;
}
