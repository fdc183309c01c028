import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { draftSchema, readDraft, saveDraft, scopeParams } from "#lib/server/chat/drafts.ts";
import { addPerson, refusal, talk } from "#lib/server/chat/turns.testing.ts";
import { pngUpload } from "#lib/server/chat/upload.testing.ts";
import { receiveAttachment } from "#lib/server/chat/upload.ts";
import { limits } from "#lib/server/limits/limits.ts";
import type { Store } from "#lib/server/store/store.ts";
import { eachDialect } from "#lib/server/store/testing.ts";

eachDialect((_name, make) => {
  let store: Store;
  beforeAll(async () => {
    store = await make();
  });
  afterAll(() => store.close());

  test("a draft is empty until it is kept, and then the same on every device", async () => {
    const owner = await addPerson(store);
    const { conversationId } = await talk(store, owner, "hi", "hello");
    expect(await readDraft(store, owner, conversationId)).toEqual({ text: "", attachments: [], version: 0 });
    const image = await receiveAttachment(store, owner, pngUpload(40));
    const draft = { text: " 你好\n\n\tworld ", attachmentIds: [image.id], version: 0 };
    const kept = { text: draft.text, attachments: [image], version: 1 };
    expect(await saveDraft(store, owner, conversationId, draft)).toEqual(kept);
    expect(await readDraft(store, owner, conversationId)).toEqual(kept);
    expect(await readDraft(store, owner, "new")).toEqual({ text: "", attachments: [], version: 0 });
    const emptied = await saveDraft(store, owner, conversationId, { text: "", attachmentIds: [], version: 1 });
    expect(emptied).toEqual({ text: "", attachments: [], version: 2 });
  });

  test("of two tabs the slower one gets both texts", async () => {
    const owner = await addPerson(store);
    await saveDraft(store, owner, "new", { text: "start", attachmentIds: [], version: 0 });
    const outcomes = await Promise.allSettled(
      ["left", "right"].map((text) => saveDraft(store, owner, "new", { text, attachmentIds: [], version: 1 })),
    );
    const [won] = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    const [lost] = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    expect(lost).toMatchObject({
      code: "version_conflict",
      facts: { text: won?.text ?? "?", version: 2, attachmentIds: "" },
    });
    expect(await readDraft(store, owner, "new")).toEqual(won);
  });

  test("two first saves at once do not overwrite each other", async () => {
    const owner = await addPerson(store);
    const outcomes = await Promise.allSettled(
      ["left", "right"].map((text) => saveDraft(store, owner, "new", { text, attachmentIds: [], version: 0 })),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((await readDraft(store, owner, "new")).version).toBe(1);
  });

  test("a draft from before the store was restored is a conflict, not an overwrite", async () => {
    const owner = await addPerson(store);
    const late = saveDraft(store, owner, "new", { text: "x", attachmentIds: [], version: 7 });
    expect(await refusal(late)).toBe("version_conflict");
    expect((await readDraft(store, owner, "new")).version).toBe(0);
  });

  test("a draft belongs to one person, and holds only their own images", async () => {
    const owner = await addPerson(store);
    const stranger = await addPerson(store);
    const { conversationId } = await talk(store, owner, "hi", "hello");
    const image = await receiveAttachment(store, owner, pngUpload(40));
    await saveDraft(store, owner, "new", { text: "mine", attachmentIds: [image.id], version: 0 });
    const draft = { text: "x", attachmentIds: [], version: 0 };
    expect(await refusal(readDraft(store, stranger, conversationId))).toBe("not_found");
    expect(await refusal(saveDraft(store, stranger, conversationId, draft))).toBe("not_found");
    for (const id of [image.id, randomUUID()]) {
      expect(await refusal(saveDraft(store, stranger, "new", { ...draft, attachmentIds: [id] }))).toBe("not_found");
    }
    expect(await readDraft(store, stranger, "new")).toEqual({ text: "", attachments: [], version: 0 });
  });

  test("an image that was sent leaves the draft", async () => {
    const owner = await addPerson(store);
    const image = await receiveAttachment(store, owner, pngUpload(40));
    await saveDraft(store, owner, "new", { text: "look", attachmentIds: [image.id], version: 0 });
    await talk(store, owner, "look", "I see", { conversationId: null, parentId: null, attachmentIds: [image.id] });
    expect(await readDraft(store, owner, "new")).toEqual({ text: "look", attachments: [], version: 1 });
  });
});

test.each([
  { text: "x", attachmentIds: [] },
  { text: "x", attachmentIds: [], version: -1 },
  { text: "x", attachmentIds: [], version: 1.5 },
  { text: "x", attachmentIds: [], version: "1" },
  { text: "x".repeat(limits.draftChars + 1), attachmentIds: [], version: 0 },
  { text: "a\0b", attachmentIds: [], version: 0 },
  { text: "\ud800", attachmentIds: [], version: 0 },
  { text: "x", attachmentIds: ["1"], version: 0 },
  { text: "x", attachmentIds: Array(9).fill(randomUUID()), version: 0 },
  { text: "x", attachmentIds: [], version: 0, ownerId: randomUUID() },
])("a draft that is not one is refused (%#)", (body) => {
  expect(draftSchema.safeParse(body).success).toBe(false);
});

test.each(["New", "", "__proto__", "../new", "00000000-0000-0000-0000-00000000000G"])("%j names no draft", (scope) => {
  expect(scopeParams.safeParse({ scope }).success).toBe(false);
});
