import type { z } from "zod";
import { BodyTooLarge, type Exchange } from "#lib/sandbox/exchange.ts";
import { invalid, refuse } from "#lib/sandbox/openclaw/answers.ts";

/** The JSON of a request; an empty body counts as `{}`. The content type is not looked at. Throws 400 or 413. */
export async function jsonBody(exchange: Exchange, maxBytes: number): Promise<unknown> {
  let bytes: Buffer;
  try {
    bytes = await exchange.body(maxBytes);
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error;
    throw refuse(413, "invalid_request_error", "Payload too large", { Connection: "close" });
  }
  const text = bytes.toString();
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    // The raw message of V8, as the real one sends it.
    throw invalid(error instanceof Error ? error.message : "Invalid JSON");
  }
}

/** The body by its schema. Throws 400 with the first problem, `path: message`. */
export function parsed<S extends z.ZodType>(schema: S, body: unknown): z.infer<S> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const problem = result.error.issues[0];
  throw invalid(`${problem?.path.join(".") ?? ""}: ${problem?.message ?? "Invalid input"}`);
}
