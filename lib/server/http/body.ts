import "server-only";
import { AppError } from "#lib/shared/errors.ts";

/** Reads a JSON body of at most `maxBytes`. Throws `unsupported_media_type`, `too_large` or `bad_request`. */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  if (!isJson(request.headers.get("content-type") ?? "")) {
    throw new AppError("unsupported_media_type", "The body must be application/json.");
  }
  const bytes = await readBytes(request, maxBytes);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new AppError("bad_request", "The body is not valid JSON in UTF-8.", { cause: error });
  }
}

/**
 * What a route gets that takes no body: nothing, or an empty object of JSON. Throws as {@link readJson} does where
 * something else came, so that no form of another page reaches such a route either.
 */
export async function readNothing(request: Request): Promise<unknown> {
  const { headers } = request;
  const hasBody = Number(headers.get("content-length") ?? 0) > 0 || headers.has("transfer-encoding");
  if (!hasBody && isJson(headers.get("content-type") ?? "application/json")) return {};
  return readJson(request, 1024);
}

/** The whole body, at most `maxBytes`. Throws `too_large`. */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  // A declared length is what the server enforces, so the whole body can be read at once.
  if (declared > 0) return new Uint8Array(await request.arrayBuffer());
  if (request.body === null) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body) {
    size += part.byteLength;
    if (size > maxBytes) throw tooLarge(maxBytes);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function isJson(contentType: string): boolean {
  return /^application\/json\s*(;|$)/i.test(contentType);
}

function tooLarge(limitBytes: number): AppError {
  return new AppError("too_large", `The body is larger than ${limitBytes} bytes.`, { facts: { limitBytes } });
}
