import "server-only";
import { z } from "zod";
import { attachmentView } from "#lib/server/chat/attachment-view.ts";
import { type ImageType, imageTypes, sniffedBytes, sniffImageType } from "#lib/server/chat/image-type.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { log } from "#lib/server/log.ts";
import {
  bytesOfPerson,
  completeAttachment,
  deleteAttachment,
  insertAttachment,
  insertChunk,
} from "#lib/server/store/attachments.ts";
import { uuidv7 } from "#lib/server/store/ids.ts";
import { lockPerson } from "#lib/server/store/person-lock.ts";
import type { Store } from "#lib/server/store/store.ts";
import type { AttachmentView } from "#lib/shared/chat/types.ts";
import { AppError, isAppError } from "#lib/shared/errors.ts";

export const uploadQuerySchema = z.strictObject({ name: z.string().max(1000).default("") });

export interface Upload {
  /** As the browser says; display text only. */
  name: string;
  /** The request's headers: what is declared about the body. */
  headers: Headers;
  body: ReadableStream<Uint8Array> | null;
}

/**
 * Stores an image as it comes, in pieces of 256 kB and in constant memory. It exists once every byte is there; what was
 * broken off, is too large or is no image leaves nothing behind. Throws `unsupported_media_type`, `too_large`,
 * `storage_full` (the person's own limit) or `bad_request`.
 */
export async function receiveAttachment(store: Store, ownerId: string, upload: Upload): Promise<AttachmentView> {
  try {
    return await receive(store, ownerId, upload);
  } catch (error) {
    await readRest(upload.body);
    throw error;
  }
}

async function receive(store: Store, ownerId: string, upload: Upload): Promise<AttachmentView> {
  const declaredType = declaredTypeOf(upload.headers);
  const declaredBytes = declaredBytesOf(upload.headers);
  const id = uuidv7();
  let seq = 0;
  let sizeBytes = 0;
  let mediaType: ImageType | null = null;
  try {
    for await (const piece of inPieces(upload.body)) {
      sizeBytes += piece.byteLength;
      if (sizeBytes > limits.attachment.fileBytes) throw tooLarge();
      if (seq === 0) {
        mediaType = requireImage(piece, declaredType);
        const row = { id, ownerId, name: nameOf(upload.name, mediaType), mediaType };
        await reserve(store, row, declaredBytes ?? limits.attachment.fileBytes);
      }
      await store.write((tx) => insertChunk(tx, { attachmentId: id, seq, bytes: piece }));
      seq += 1;
    }
    if (mediaType === null) throw new AppError("bad_request", "The file is empty.");
    if (declaredBytes !== null && declaredBytes !== sizeBytes) {
      throw new AppError("bad_request", "The upload was cut: not as many bytes came as were declared.");
    }
    const whole = { id, sizeBytes };
    const row = await store.write((tx) => completeAttachment(tx, whole.id, whole.sizeBytes));
    if (row === undefined) throw new AppError("gone", "The upload took too long.");
    return attachmentView(row);
  } catch (error) {
    if (seq > 0 || mediaType !== null) await discard(store, id);
    throw error;
  }
}

function declaredTypeOf(headers: Headers): ImageType | null {
  const declared = (headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (declared === "application/octet-stream") return null;
  const known = imageTypes.find((type) => type === declared);
  if (known === undefined) throw notTaken();
  return known;
}

function declaredBytesOf(headers: Headers): number | null {
  const declared = headers.get("content-length");
  if (declared === null) return null;
  if (!/^\d{1,15}$/.test(declared)) throw new AppError("bad_request", "The content length is not a number.");
  if (Number(declared) > limits.attachment.fileBytes) throw tooLarge();
  return Number(declared);
}

function requireImage(beginning: Uint8Array, declared: ImageType | null): ImageType {
  const found = sniffImageType(beginning.subarray(0, sniffedBytes));
  if (found === null || (declared !== null && found !== declared)) throw notTaken();
  return found;
}

/** Takes the room before the bytes come, so that uploads at the same time cannot pass the limit together. */
async function reserve(
  store: Store,
  row: { id: string; ownerId: string; name: string; mediaType: ImageType },
  sizeBytes: number,
): Promise<void> {
  await store.write(async (tx) => {
    await lockPerson(tx, row.ownerId);
    if ((await bytesOfPerson(tx, row.ownerId)) + sizeBytes > limits.attachment.personBytes) {
      const facts = { limitBytes: limits.attachment.personBytes };
      throw new AppError("storage_full", "The attachments of this person take all the room there is.", { facts });
    }
    await insertAttachment(tx, {
      id: row.id,
      owner_id: row.ownerId,
      message_id: null,
      name: row.name,
      media_type: row.mediaType,
      size_bytes: sizeBytes,
      complete: 0,
      created_at: Date.now(),
    });
  });
}

async function discard(store: Store, id: string): Promise<void> {
  // What cannot be removed now is removed with the other broken uploads.
  await store
    .write((tx) => deleteAttachment(tx, id))
    .catch((error: unknown) => log().warn({ message: "A broken upload could not be removed at once.", error }));
}

/** The name without folders and without characters that hide or turn around what stands there. */
function nameOf(name: string, mediaType: ImageType): string {
  const last = name.toWellFormed().split(/[/\\]/).at(-1) ?? "";
  const clean = last
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u200b\u202a-\u202e\u2066-\u2069\ufeff]/gu, "")
    .trim()
    .slice(0, limits.attachment.nameChars)
    .toWellFormed();
  return clean === "" ? `image.${mediaType.slice("image/".length)}` : clean;
}

/** The body in pieces of exactly 256 kB, but for the last. */
async function* inPieces(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Buffer> {
  if (body === null) return;
  const size = limits.attachment.chunkBytes;
  const reader = body.getReader();
  let held: Uint8Array[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await nextPart(reader);
      if (done) break;
      held.push(value);
      bytes += value.byteLength;
      if (bytes < size) continue;
      let whole = Buffer.concat(held);
      for (; whole.byteLength >= size; whole = whole.subarray(size)) yield whole.subarray(0, size);
      held = [whole];
      bytes = whole.byteLength;
    }
    if (bytes > 0) yield Buffer.concat(held);
  } finally {
    reader.releaseLock();
  }
}

/**
 * Reads on what is left of a refused upload, within bounds: an answer while the browser still sends would reset the
 * connection, and the browser would never see it.
 */
async function readRest(body: ReadableStream<Uint8Array> | null): Promise<void> {
  if (body === null) return;
  const reader = body.getReader();
  const leave = () => reader.cancel().catch(() => undefined);
  const timer = setTimeout(leave, limits.attachment.refusedMs);
  try {
    for (let bytes = 0; bytes <= limits.attachment.refusedBytes; ) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.byteLength;
    }
  } catch {
    // The browser has left, so nobody waits for the answer.
  } finally {
    clearTimeout(timer);
    await leave();
  }
}

async function nextPart(reader: ReadableStreamDefaultReader<Uint8Array>) {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    const error = new AppError("bad_request", "The upload was broken off: nothing came for too long.");
    timer = setTimeout(() => reject(error), limits.attachment.idleMs);
  });
  try {
    return await Promise.race([reader.read(), silence]);
  } catch (error) {
    if (isAppError(error)) throw error;
    throw new AppError("bad_request", "The upload was broken off.", { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function notTaken(): AppError {
  return new AppError(
    "unsupported_media_type",
    "Only PNG, JPEG, GIF and WebP images are taken, declared as what they are.",
  );
}

function tooLarge(): AppError {
  const limitBytes = limits.attachment.fileBytes;
  return new AppError("too_large", `The file is larger than ${limitBytes} bytes.`, { facts: { limitBytes } });
}
