import "server-only";

/** The images that are taken and shown: bitmaps that run nothing. */
export const imageTypes = ["image/png", "image/jpeg", "image/gif", "image/webp"] as const;

export type ImageType = (typeof imageTypes)[number];

/** How many bytes {@link sniffImageType} needs. */
export const sniffedBytes = 12;

/** What the first bytes of a file say that it is; null for everything that is not taken. */
export function sniffImageType(bytes: Uint8Array): ImageType | null {
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return "image/png";
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return "image/jpeg";
  if (startsWith(bytes, ascii("GIF87a")) || startsWith(bytes, ascii("GIF89a"))) return "image/gif";
  if (startsWith(bytes, ascii("RIFF")) && startsWith(bytes.subarray(8), ascii("WEBP"))) return "image/webp";
  return null;
}

function startsWith(bytes: Uint8Array, beginning: ArrayLike<number>): boolean {
  return bytes.length >= beginning.length && Array.from(beginning).every((byte, index) => bytes[index] === byte);
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
