import "server-only";
import { z } from "zod";

/** Our own ids: lower-case UUIDs. Anything else cannot name a row. */
export const idSchema = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);

/** A request id made by a browser. */
export const requestIdSchema = z.uuid().transform((value) => value.toLowerCase());

/** Route params of `[id]`. */
export const idParams = z.strictObject({ id: idSchema });

/** Agent ids as OpenClaw spells them; echoed into a header and a model name, hence strict. */
export const agentIdSchema = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/i);

/** `provider/model` or a bare model id. */
export const modelSchema = z.string().regex(/^[a-z0-9][a-z0-9._:@/-]{0,127}$/i);

/** Text that a person wrote, to be kept as it is. Lone surrogates and NUL cannot be stored by every database. */
export function textSchema(maxChars: number) {
  return z
    .string()
    .max(maxChars)
    .refine((text) => text.isWellFormed() && !text.includes("\0"), "The text must be well-formed Unicode.");
}
