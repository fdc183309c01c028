import "server-only";
import type { z } from "zod";
import { AppError } from "#lib/shared/errors.ts";

/** A place in a list as an opaque word. */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

/** The place that {@link encodeCursor} wrote; throws `invalid_input` for anything else. */
export function decodeCursor<S extends z.ZodType>(schema: S, cursor: string): z.output<S> {
  const parsed = schema.safeParse(parseJson(Buffer.from(cursor, "base64url").toString("utf8")));
  if (parsed.success) return parsed.data;
  throw new AppError("invalid_input", "The cursor is not one of ours.", {
    fields: [{ path: "cursor", message: "Ask for the first page again." }],
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
