import type { z } from "zod";
import { BodyTooLarge, type Exchange } from "#lib/sandbox/exchange.ts";
import { type ErrorCode, refuse } from "#lib/sandbox/openmarlin/answers.ts";

const maxBodyBytes = 1_000_000;

/**
 * The JSON body by its schema. Throws `invalid_request`, or the code that `codes` has for the first field at fault.
 * How large a body may be and what happens to unknown fields is not in the contract; here they are refused, since the
 * client sends none.
 */
export async function bodyOf<S extends z.ZodType>(
  exchange: Exchange,
  schema: S,
  codes: Record<string, ErrorCode> = {},
): Promise<z.infer<S>> {
  const result = schema.safeParse(await jsonOf(exchange));
  if (result.success) return result.data;
  const field = String(result.error.issues[0]?.path[0] ?? "");
  throw refuse(codes[field] ?? "invalid_request");
}

async function jsonOf(exchange: Exchange): Promise<unknown> {
  try {
    return JSON.parse((await exchange.body(maxBodyBytes)).toString());
  } catch (error) {
    if (error instanceof BodyTooLarge) throw refuse("payload_too_large");
    if (error instanceof SyntaxError) throw refuse("invalid_request");
    throw error;
  }
}
