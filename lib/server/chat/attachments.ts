import "server-only";
import { contentDisposition } from "#lib/server/http/content-disposition.ts";
import { pulledBody } from "#lib/server/http/pulled-body.ts";
import { limits } from "#lib/server/limits/limits.ts";
import {
  type AttachmentRow,
  deleteFreeAttachment,
  deleteOrphans,
  findAttachment,
  readChunk,
} from "#lib/server/store/attachments.ts";
import { getStore } from "#lib/server/store/open.ts";
import type { Store } from "#lib/server/store/store.ts";
import { AppError } from "#lib/shared/errors.ts";

/** A person's image as a response that no page can run and no cache keeps. */
export async function serveAttachment(store: Store, ownerId: string, id: string): Promise<Response> {
  const row = await ownAttachment(store, ownerId, id);
  return new Response(pulledBody(chunksOf(store, row)), {
    headers: {
      "content-type": row.media_type,
      "content-length": String(row.size_bytes),
      "content-disposition": contentDisposition("inline", row.name),
      "content-security-policy": "default-src 'none'; sandbox",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

/** A person's image, whole. Throws `not_found` when it is not theirs. */
export async function loadAttachmentBytes(
  store: Store,
  ownerId: string,
  id: string,
): Promise<{ mediaType: string; bytes: Uint8Array }> {
  const row = await ownAttachment(store, ownerId, id);
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(store, row)) chunks.push(chunk);
  return { mediaType: row.media_type, bytes: Buffer.concat(chunks) };
}

/** {@link loadAttachmentBytes} from the store of this process. */
export function loadImage(ownerId: string, id: string): Promise<{ mediaType: string; bytes: Uint8Array }> {
  return loadAttachmentBytes(getStore(), ownerId, id);
}

/** Deletes an image that was not sent. Throws `conflict` when a message, sent or queued, has it. */
export async function removeAttachment(store: Store, ownerId: string, id: string): Promise<void> {
  if (await store.write((tx) => deleteFreeAttachment(tx, ownerId, id))) return;
  await ownAttachment(store, ownerId, id);
  throw new AppError("conflict", "This image belongs to a message.");
}

const eraseBatch = 50;

/**
 * Erases images older than this that are in no message, draft or queue, and uploads that were broken off. Returns how
 * many there were.
 */
export async function eraseOrphanAttachments(store: Store, olderThanMs: number): Promise<number> {
  const before = Date.now() - olderThanMs;
  const brokenBefore = Date.now() - limits.brokenUploadMs;
  for (let erased = 0; ; ) {
    const count = await store.write((tx) => deleteOrphans(tx, { before, brokenBefore, limit: eraseBatch }));
    erased += count;
    if (count < eraseBatch) return erased;
  }
}

async function ownAttachment(store: Store, ownerId: string, id: string): Promise<AttachmentRow> {
  const row = await findAttachment(store.db, ownerId, id);
  if (row === undefined) throw new AppError("not_found", "This image does not exist.");
  return row;
}

async function* chunksOf(store: Store, row: AttachmentRow): AsyncGenerator<Uint8Array> {
  for (let seq = 0, sent = 0; sent < row.size_bytes; seq += 1) {
    const bytes = await readChunk(store.db, row.id, seq);
    if (bytes === undefined) throw new AppError("gone", "The image was deleted meanwhile.");
    sent += bytes.byteLength;
    yield bytes;
  }
}
