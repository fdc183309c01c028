import { expect, test } from "vitest";
import { addConversation, addMessage, addUser } from "#lib/server/store/rows.testing.ts";
import type { Store } from "#lib/server/store/store.ts";
import { eachDialect } from "#lib/server/store/testing.ts";
import { indexTerms, queryTerms } from "#lib/shared/search-terms.ts";

const texts = [
  "The deployment failed because the queue was full",
  "用消息队列解耦服务，部署失败了",
  "Café crème, naïve façade",
  "队列里没有消息",
  "人工智能 and Deploying models",
  "",
];

async function fill(store: Store): Promise<void> {
  await store.write(async (tx) => {
    for (const owner of ["ann", "bob"]) {
      await addUser(tx, { id: owner });
      await addConversation(tx, { id: `c-${owner}`, owner_id: owner });
    }
    for (const [index, text] of texts.entries()) {
      const id = `m${index}`;
      await addMessage(tx, { id, conversation_id: "c-ann", owner_id: "ann", seq: index, text });
    }
    await addMessage(tx, { id: "other", conversation_id: "c-bob", owner_id: "bob", seq: 1 });
  });
  await store.flow(function* () {
    for (const [index, text] of texts.entries()) {
      yield* store.search.put({ id: `m${index}`, ownerId: "ann", terms: indexTerms(text) });
    }
    yield* store.search.put({ id: "other", ownerId: "bob", terms: indexTerms("deploy 消息队列 bob") });
  });
}

eachDialect((_name, make) => {
  const finder =
    (store: Store) =>
    (query: string, mode: "any" | "all" = "all") =>
      store.search.find({ ownerId: "ann", terms: queryTerms(query), mode, limit: 50, offset: 0 });

  test("the owner's messages are found, newest first, and nobody else's", async () => {
    const store = await make();
    await fill(store);
    const find = finder(store);
    const found: Record<string, string[]> = {};
    for (const query of [
      "deployment ",
      "deploy",
      "deploy ",
      "DEPLOY failed",
      "消息",
      "队列",
      "消息队列",
      "智",
      "能",
      "服务",
      "cafe creme",
      "bob",
      "ann",
      "",
      "?!",
    ])
      found[query] = await find(query);
    expect(found).toEqual({
      "deployment ": ["m0"],
      deploy: ["m4", "m0"],
      "deploy ": [],
      "DEPLOY failed": [],
      消息: ["m3", "m1"],
      队列: ["m3", "m1"],
      消息队列: ["m1"],
      智: ["m4"],
      能: ["m4"],
      服务: ["m1"],
      "cafe creme": ["m2"],
      bob: [],
      ann: [],
      "": [],
      "?!": [],
    });
    expect(await find("消息队列 cafe models", "any")).toEqual(["m4", "m2", "m1"]);
  });

  test("pages follow each other, and hits are counted up to a bound", async () => {
    const store = await make();
    await fill(store);
    const query = { ownerId: "ann", terms: queryTerms("deploy 消息"), mode: "any" as const };
    const page = (offset: number) => store.search.find({ ...query, limit: 2, offset });
    expect([await page(0), await page(2), await page(4)]).toEqual([["m3", "m1"], [], []]);
    const broad = { ...query, terms: queryTerms("消息 deploy") };
    expect(await store.search.find({ ...broad, limit: 3, offset: 1 })).toEqual(["m3", "m1", "m0"]);
    expect(await store.search.count({ ...broad, atMost: 100 })).toBe(4);
    expect(await store.search.count({ ...broad, atMost: 3 })).toBe(3);
  });

  test("new terms take the place of old ones, and what is removed is not found", async () => {
    const store = await make();
    await fill(store);
    const find = finder(store);
    await store.flow(() => store.search.put({ id: "m0", ownerId: "ann", terms: "replaced" }));
    expect([await find("queue"), await find("replaced")]).toEqual([[], ["m0"]]);
    await store.write((tx) => store.search.remove(tx, ["m0", "m1", "unknown"]));
    expect([await find("replaced"), await find("消息")]).toEqual([[], ["m3"]]);
    await store.write((tx) => store.search.remove(tx, []));
  });

  test("messages of a deleted conversation are not found until it is restored", async () => {
    const store = await make();
    await fill(store);
    const setDeleted = (at: number | null) =>
      store.write((tx) => tx.updateTable("conversations").set({ deleted_at: at }).where("id", "=", "c-ann").execute());
    await setDeleted(5);
    expect(await finder(store)("消息")).toEqual([]);
    await setDeleted(null);
    expect(await finder(store)("消息")).toEqual(["m3", "m1"]);
  });

  test("nothing in a query is taken for the database's own syntax", async () => {
    const store = await make();
    await fill(store);
    for (const term of ['"', "'", "a' & 'b", 'x" OR "y', "NEAR(", "owner:bob", "\\", "*", "a:*", "(", ")", "!", "|"]) {
      await store.search.find({ ownerId: "ann", terms: [term], mode: "all", limit: 5, offset: 0 });
      expect(
        await store.search.find({ ownerId: "ann' | 'bob", terms: ["deploy"], mode: "all", limit: 5, offset: 0 }),
      ).toEqual([]);
    }
  });

  test("a message as long as may be is indexed and found", async () => {
    const store = await make();
    await fill(store);
    const text = Array.from(
      { length: 60_000 },
      (_, index) => `字${String.fromCodePoint(0x4e00 + (index % 20_000))}w${index}`,
    ).join(" ");
    await store.flow(() => store.search.put({ id: "m5", ownerId: "ann", terms: indexTerms(text) }));
    expect(await finder(store)("w17 ")).toEqual(["m5"]);
  });
});
