import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  eraseOrphanAttachments,
  loadAttachmentBytes,
  removeAttachment,
  serveAttachment,
} from "#lib/server/chat/attachments.ts";
import { deleteConversation, restoreConversation } from "#lib/server/chat/conversations.ts";
import { saveDraft } from "#lib/server/chat/drafts.ts";
import { addPerson, beginTurn, enqueue, refusal, talk } from "#lib/server/chat/turns.testing.ts";
import { pngBytes, pngUpload, uploadOf } from "#lib/server/chat/upload.testing.ts";
import { receiveAttachment, type Upload } from "#lib/server/chat/upload.ts";
import { limits } from "#lib/server/limits/limits.ts";
import type { Store } from "#lib/server/store/store.ts";
import { eachDialect } from "#lib/server/store/testing.ts";

const { chunkBytes, fileBytes, personBytes } = limits.attachment;

eachDialect((_name, make) => {
  let store: Store;
  beforeAll(async () => {
    store = await make();
  });
  afterAll(() => store.close());

  async function rowsOf(ownerId: string): Promise<number> {
    return (await store.db.selectFrom("attachments").select("id").where("owner_id", "=", ownerId).execute()).length;
  }

  async function chunkRows(): Promise<number> {
    return (await store.db.selectFrom("attachment_chunks").select("seq").execute()).length;
  }

  describe("an upload", () => {
    test.each([12, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes + 5])(
      "of %i bytes comes back byte for byte",
      async (size) => {
        const owner = await addPerson(store);
        const view = await receiveAttachment(store, owner, pngUpload(size));
        expect(view).toEqual({ id: expect.any(String), name: "cat.png", mediaType: "image/png", sizeBytes: size });
        const loaded = await loadAttachmentBytes(store, owner, view.id);
        expect(loaded.mediaType).toBe("image/png");
        expect(Buffer.compare(loaded.bytes, pngBytes(size))).toBe(0);
        const response = await serveAttachment(store, owner, view.id);
        expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), pngBytes(size))).toBe(0);
        expect(Object.fromEntries(response.headers)).toEqual({
          "content-type": "image/png",
          "content-length": String(size),
          "content-disposition": "inline; filename=\"cat.png\"; filename*=UTF-8''cat.png",
          "content-security-policy": "default-src 'none'; sandbox",
          "cross-origin-resource-policy": "same-origin",
          "cache-control": "private, no-store",
          "x-content-type-options": "nosniff",
        });
      },
    );

    test("of the largest size is taken, and one byte more is not, whatever was declared", async () => {
      const owner = await addPerson(store);
      expect((await receiveAttachment(store, owner, pngUpload(fileBytes))).sizeBytes).toBe(fileBytes);
      const before = await chunkRows();
      const tooLarge = pngBytes(fileBytes + 1);
      const declared = { "content-type": "image/png", "content-length": String(fileBytes + 1) };
      const error = await receiveAttachment(store, owner, uploadOf(tooLarge, declared)).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: "too_large", facts: { limitBytes: fileBytes } });
      expect(await refusal(receiveAttachment(store, owner, uploadOf(tooLarge, { "content-type": "image/png" })))).toBe(
        "too_large",
      );
      expect([await rowsOf(owner), await chunkRows()]).toEqual([1, before]);
    });

    test.each([
      ["text/plain", pngBytes(20)],
      ["image/svg+xml", new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg'/>")],
      ["image/png", new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg'/>")],
      ["image/png", new TextEncoder().encode("<!doctype html><script>1</script>")],
      ["image/jpeg", pngBytes(20)],
      ["image/png", pngBytes(20).slice(0, 5)],
      ["", pngBytes(20)],
      ["application/octet-stream", new TextEncoder().encode("RIFF1234WAVEfmt ")],
    ])("declared as %j that is not such an image is refused and leaves nothing", async (type, bytes) => {
      const owner = await addPerson(store);
      const upload = uploadOf(bytes, type === "" ? {} : { "content-type": type });
      expect(await refusal(receiveAttachment(store, owner, upload))).toBe("unsupported_media_type");
      expect(await rowsOf(owner)).toBe(0);
    });

    test.each([
      ["image/jpeg", [0xff, 0xd8, 0xff, 0xe0]],
      ["image/gif", [...Buffer.from("GIF89a")]],
      ["image/webp", [...Buffer.from("RIFF1234WEBPVP8 ")]],
    ])("of %s is known by its first bytes, also when it says octet-stream", async (type, beginning) => {
      const owner = await addPerson(store);
      const bytes = new Uint8Array([...beginning, ...Array(20).fill(0)]);
      for (const declared of [type, "application/octet-stream", `${type.toUpperCase()}; q=1`]) {
        const view = await receiveAttachment(store, owner, uploadOf(bytes, { "content-type": declared }, ""));
        expect(view).toMatchObject({ mediaType: type, name: `image.${type.slice(6)}` });
      }
    });

    test("that is empty, cut, or breaks off leaves nothing behind", async () => {
      const owner = await addPerson(store);
      const before = await chunkRows();
      const png = { "content-type": "image/png" };
      const empty = uploadOf(new Uint8Array(), png);
      const cut = uploadOf(pngBytes(chunkBytes * 2), { ...png, "content-length": String(chunkBytes * 2 + 1) });
      const longer = uploadOf(pngBytes(chunkBytes * 2), { ...png, "content-length": "20" });
      const nothing: Upload = { name: "x", headers: new Headers(png), body: null };
      let asked = 0;
      const broken: Upload = {
        name: "x",
        headers: new Headers(png),
        body: new ReadableStream({
          pull(controller) {
            asked += 1;
            if (asked < 4) controller.enqueue(pngBytes(chunkBytes));
            else controller.error(new Error("the browser left"));
          },
        }),
      };
      for (const upload of [empty, cut, longer, nothing, broken]) {
        expect(await refusal(receiveAttachment(store, owner, upload))).toBe("bad_request");
      }
      expect([await rowsOf(owner), await chunkRows()]).toEqual([0, before]);
    });

    test("that is refused is read to its end, so that the browser gets the answer", async () => {
      const owner = await addPerson(store);
      let left = 20;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          left -= 1;
          if (left === 0) controller.close();
          else controller.enqueue(new TextEncoder().encode("<svg/>".repeat(10_000)));
        },
      });
      const upload = { name: "x", headers: new Headers({ "content-type": "image/png" }), body };
      expect(await refusal(receiveAttachment(store, owner, upload))).toBe("unsupported_media_type");
      expect(left).toBe(0);
    });

    test("does not exist before it is whole, and counts towards the person's room meanwhile", async () => {
      const owner = await addPerson(store);
      const parts = [pngBytes(chunkBytes), pngBytes(10)];
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          const part = parts.shift();
          if (part === undefined) return controller.close();
          if (parts.length === 0) await held;
          controller.enqueue(part);
        },
      });
      const headers = new Headers({ "content-type": "image/png" });
      const uploading = receiveAttachment(store, owner, { name: "slow.png", headers, body });
      let id: string | undefined;
      while (id === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        id = (await store.db.selectFrom("attachments").select("id").where("owner_id", "=", owner).executeTakeFirst())
          ?.id;
      }
      expect(await refusal(loadAttachmentBytes(store, owner, id))).toBe("not_found");
      expect(await refusal(saveDraft(store, owner, "new", { text: "", attachmentIds: [id], version: 0 }))).toBe(
        "not_found",
      );
      release();
      expect((await uploading).sizeBytes).toBe(chunkBytes + 10);
    });

    test("stops at the room of one person, also when several come at once", async () => {
      const owner = await addPerson(store);
      const first = await receiveAttachment(store, owner, pngUpload(20));
      await store.write((tx) =>
        tx
          .updateTable("attachments")
          .set({ size_bytes: personBytes - 50 })
          .where("id", "=", first.id)
          .execute(),
      );
      const outcomes = await Promise.all(
        [1, 2, 3].map(() =>
          receiveAttachment(store, owner, pngUpload(20)).then(
            () => "taken",
            (e) => e.code,
          ),
        ),
      );
      expect(outcomes.sort()).toEqual(["storage_full", "taken", "taken"]);
      expect((await receiveAttachment(store, await addPerson(store), pngUpload(20))).sizeBytes).toBe(20);
    });

    test("gets a name that is only a name", async () => {
      const owner = await addPerson(store);
      const names = ["../../etc/passwd.png", "C:\\temp\\猫.png", "a\u202egnp.exe\n", "x".repeat(500), " \u0000 "];
      const views = await Promise.all(names.map((name) => receiveAttachment(store, owner, pngUpload(20, name))));
      const shown = views.map(({ name }) => name);
      expect(shown).toEqual(["passwd.png", "猫.png", "agnp.exe", "x".repeat(200), "image.png"]);
      const served = await serveAttachment(store, owner, views[1]?.id ?? "");
      expect(served.headers.get("content-disposition")).toBe(
        "inline; filename=\"_.png\"; filename*=UTF-8''%E7%8C%AB.png",
      );
      await served.body?.cancel();
    });
  });

  describe("an image", () => {
    test("is read and removed by its owner alone", async () => {
      const owner = await addPerson(store);
      const stranger = await addPerson(store);
      const { id } = await receiveAttachment(store, owner, pngUpload(20));
      for (const [who, which] of [
        [stranger, id],
        [owner, randomUUID()],
      ] as const) {
        expect(await refusal(serveAttachment(store, who, which))).toBe("not_found");
        expect(await refusal(loadAttachmentBytes(store, who, which))).toBe("not_found");
        expect(await refusal(removeAttachment(store, who, which))).toBe("not_found");
      }
      const before = await chunkRows();
      await removeAttachment(store, owner, id);
      expect(await refusal(removeAttachment(store, owner, id))).toBe("not_found");
      expect(await chunkRows()).toBe(before - 1);
    });

    test("of a message, sent or queued, stays", async () => {
      const owner = await addPerson(store);
      const sent = await receiveAttachment(store, owner, pngUpload(20));
      const queued = await receiveAttachment(store, owner, pngUpload(20));
      const intent = { kind: "send" as const, parentId: null, text: "", attachmentIds: [sent.id] };
      const turn = await beginTurn(store, owner, intent);
      await enqueue(store, owner, turn.run.conversation_id, "and this", [queued.id]);
      for (const { id } of [sent, queued]) expect(await refusal(removeAttachment(store, owner, id))).toBe("conflict");
      expect((await loadAttachmentBytes(store, owner, sent.id)).bytes).toHaveLength(20);
    });

    test("goes and comes back with its conversation", async () => {
      const owner = await addPerson(store);
      const who = { ownerId: owner, origin: "real" };
      const { id } = await receiveAttachment(store, owner, pngUpload(20));
      const { conversationId } = await talk(store, owner, "look", "I see", {
        conversationId: null,
        parentId: null,
        attachmentIds: [id],
      });
      await deleteConversation(store, who, conversationId, { stop: async () => undefined });
      expect(await refusal(serveAttachment(store, owner, id))).toBe("not_found");
      await restoreConversation(store, who, conversationId);
      expect((await loadAttachmentBytes(store, owner, id)).bytes).toHaveLength(20);
    });

    test("that nobody needs is erased after a day, one in a message, draft or queue is not", async () => {
      const owner = await addPerson(store);
      const images = [];
      for (let index = 0; index < 6; index += 1) images.push(await receiveAttachment(store, owner, pngUpload(20)));
      const [lost, drafted, queued, sent, fresh, broken] = images.map(({ id }) => id);
      if (!lost || !drafted || !queued || !sent || !fresh || !broken) throw new Error("Six were uploaded.");
      await saveDraft(store, owner, "new", { text: "", attachmentIds: [drafted], version: 0 });
      const intent = { kind: "send" as const, parentId: null, text: "", attachmentIds: [sent] };
      const turn = await beginTurn(store, owner, intent);
      await enqueue(store, owner, turn.run.conversation_id, "next", [queued]);
      const ageMs = limits.orphanAttachmentMs;
      await store.write(async (tx) => {
        const old = { created_at: Date.now() - ageMs - 1000 };
        await tx.updateTable("attachments").set(old).where("id", "in", [lost, drafted, queued, sent]).execute();
        const cut = { created_at: Date.now() - limits.brokenUploadMs - 1000, complete: 0 };
        await tx.updateTable("attachments").set(cut).where("id", "=", broken).execute();
      });
      expect(await eraseOrphanAttachments(store, ageMs)).toBe(2);
      const left = await store.db.selectFrom("attachments").select("id").where("owner_id", "=", owner).execute();
      expect(new Set(left.map(({ id }) => id))).toEqual(new Set([drafted, queued, sent, fresh]));
      expect(await eraseOrphanAttachments(store, ageMs)).toBe(0);
    });
  });
});
