import "server-only";
import { z } from "zod";
import { creditsOf } from "#lib/shared/money.ts";

/** A JSON number of credits, exact from here on. */
export const creditsSchema = z.number().transform((value, context) => {
  const amount = creditsOf(value);
  if (amount !== null) return amount;
  context.addIssue("not an amount");
  return z.NEVER;
});

/** `{amount, unit}`. The unit is a word for people; only credits are known. */
export const amountSchema = z.object({ amount: creditsSchema, unit: z.string().regex(/^[\w /-]{1,32}$/) });

/** A time as upstreams write it, in milliseconds; null for anything else. */
export const timeSchema = z
  .unknown()
  .optional()
  .transform((value) => {
    if (typeof value !== "string") return null;
    const at = Date.parse(value);
    return Number.isFinite(at) ? at : null;
  });

/** A word or name for display; null for anything else. */
export const wordSchema = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === "string" && value !== "" ? value.toWellFormed().slice(0, 300) : null));

/** An id that is sent back in a path. */
export const upstreamIdSchema = z.string().regex(/^[\w.:~-]{1,200}$/);
