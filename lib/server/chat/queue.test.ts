import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deleteConversation } from "#lib/server/chat/conversations.ts";
import { changeQueued, queuedChangeSchema, queuedDeleteSchema, removeQueued } from "#lib/server/chat/queue.ts";
import { addPerson, beginTurn, enqueue, refusal } from "#lib/server/chat/turns.testing.ts";
import { pngUpload } from "#lib/server/chat/upload.testing.ts";
import { receiveAttachment } from "#lib/server/chat/upload.ts";
import { viewConversation, viewQuerySchema } from "#lib/server/chat/view.ts";
import { limits } from "#lib/server/limits/limits.ts";
import type { Store } from "#lib/server/store/store.ts";
import { eachDialect } from "#lib/server/store/testing.ts";

eachDialect((_name, make) => {
  let store: Store;
  beforeAll(async () => {
    store = await make();
  });
  afterAll(() => store.close());

  async function running() {
    const owner = await addPerson(store);
    const turn = await beginTurn(store, owner, { kind: "send", parentId: null, text: "a", attachmentIds: [] });
    return { owner, id: turn.run.conversation_id };
  }

  async function queueOf(ownerId: string, id: string) {
    return (await viewConversation(store, { ownerId, origin: "real" }, id, viewQuerySchema.parse({}))).queue;
  }

  test("a waiting message takes another text and keeps its place and its images", async () => {
    const { owner, id } = await running();
    const image = await receiveAttachment(store, owner, pngUpload(20));
    const first = await enqueue(store, owner, id, "first", [image.id]);
    const second = await enqueue(store, owner, id, "second");
    const changed = await changeQueued(store, owner, first.id, { text: "first, better", version: 1 });
    expect(changed).toEqual({ ...first, text: "first, better", version: 2, attachments: [image] });
    expect(await queueOf(owner, id)).toEqual([changed, second]);
    expect((await changeQueued(store, owner, first.id, { text: "", version: 2 })).text).toBe("");
    expect(await refusal(changeQueued(store, owner, second.id, { text: " \n", version: 1 }))).toBe("invalid_input");
  });

  test("of two tabs the slower one is told what stands there", async () => {
    const { owner, id } = await running();
    const item = await enqueue(store, owner, id, "text");
    const outcomes = await Promise.allSettled(
      ["left", "right"].map((text) => changeQueued(store, owner, item.id, { text, version: 1 })),
    );
    const lost = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    const [kept] = await queueOf(owner, id);
    expect(lost).toMatchObject([{ code: "version_conflict", facts: { text: kept?.text ?? "?", version: 2 } }]);
    expect(await refusal(removeQueued(store, owner, item.id, 1))).toBe("version_conflict");
    await removeQueued(store, owner, item.id, 2);
    expect(await queueOf(owner, id)).toEqual([]);
    expect(await refusal(removeQueued(store, owner, item.id, undefined))).toBe("not_found");
  });

  test("nobody else's, no missing and no deleted one is touched", async () => {
    const { owner, id } = await running();
    const stranger = await addPerson(store);
    const item = await enqueue(store, owner, id, "mine");
    for (const [who, which] of [
      [stranger, item.id],
      [owner, randomUUID()],
    ] as const) {
      expect(await refusal(changeQueued(store, who, which, { text: "x", version: 1 }))).toBe("not_found");
      expect(await refusal(removeQueued(store, who, which, undefined))).toBe("not_found");
    }
    expect(await queueOf(owner, id)).toEqual([item]);
    await deleteConversation(store, { ownerId: owner, origin: "real" }, id, { stop: async () => undefined });
    expect(await refusal(changeQueued(store, owner, item.id, { text: "x", version: 1 }))).toBe("not_found");
    expect(await refusal(removeQueued(store, owner, item.id, 1))).toBe("not_found");
  });
});

test.each([
  {},
  { text: "x" },
  { text: "x", version: 0 },
  { text: "x", version: "1" },
  { text: "a\0", version: 1 },
  { text: "x".repeat(limits.message.textChars + 1), version: 1 },
  { text: "x", version: 1, seq: 0 },
])("a change that is not one is refused (%#)", (body) => {
  expect(queuedChangeSchema.safeParse(body).success).toBe(false);
});

test("the version in an address is a whole number, or absent", () => {
  expect(queuedDeleteSchema.parse({ version: "3" })).toEqual({ version: 3 });
  expect(queuedDeleteSchema.parse({})).toEqual({});
  for (const version of ["", "x", "1.5", "-1", "0"])
    expect(queuedDeleteSchema.safeParse({ version }).success).toBe(false);
});
