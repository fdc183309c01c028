import "server-only";
import type { Upload } from "#lib/server/chat/upload.ts";

const pngBeginning = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Bytes that begin as a PNG does; the rest counts up, so that a piece in the wrong place shows. */
export function pngBytes(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let index = 0; index < size; index += 1) bytes[index] = (index * 7 + (index >> 8)) % 251;
  bytes.set(pngBeginning);
  return bytes;
}

/** An upload as a browser makes it. */
export function pngUpload(size: number, name = "cat.png"): Upload {
  return uploadOf(pngBytes(size), { "content-type": "image/png", "content-length": String(size) }, name);
}

export function uploadOf(bytes: Uint8Array<ArrayBuffer>, headers: Record<string, string>, name = "cat.png"): Upload {
  return { name, headers: new Headers(headers), body: new Response(bytes).body };
}
