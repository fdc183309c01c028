import { sql } from "kysely";
import { expect, test } from "vitest";
import { isForeignKeyViolation, isUniqueViolation } from "#lib/server/store/faults.ts";
import { all, one, run } from "#lib/server/store/flow.ts";
import { addConversation, addMessage, addUser, runRow } from "#lib/server/store/rows.testing.ts";
import type { Store } from "#lib/server/store/store.ts";
import { eachDialect } from "#lib/server/store/testing.ts";

function statements(store: Store) {
  return {
    put: store.statement<never, { key: string; at: number }>("test_put", (db, arg) =>
      db
        .insertInto("settings")
        .values({ key: arg("key"), value: "1", sealed: 0, updated_at: arg("at"), updated_by: null }),
    ),
    raise: store.statement<{ updated_at: number }, { key: string; by: number }>("test_raise", (db, arg) =>
      db
        .updateTable("settings")
        .set((e) => ({ updated_at: e("updated_at", "+", arg("by")) }))
        .where("key", "=", arg("key"))
        .returning("updated_at"),
    ),
    keys: store.statement<{ key: string }, Record<string, never>>("test_keys", (db) =>
      db.selectFrom("settings").select("key").where("sealed", "=", 0).orderBy("key"),
    ),
  };
}

async function keysOf(store: Store): Promise<string[]> {
  const rows = await store.db.selectFrom("settings").select("key").orderBy("key").execute();
  return rows.map(({ key }) => key);
}

eachDialect((name, make) => {
  test("a flow hands back rows and counts, and what it wrote is there for everyone", async () => {
    const store = await make();
    const { put, raise, keys } = statements(store);
    const result = await store.flow(function* () {
      const added = yield* run(put, { key: "a", at: 5 });
      const raised = yield* one(raise, { key: "a", by: 1_700_000_000_000 });
      const missing = yield* one(raise, { key: "b", by: 1 });
      return { added, raised, missing, keys: yield* all(keys, {}) };
    });
    expect(result).toEqual({
      added: 1,
      raised: { updated_at: 1_700_000_000_005 },
      missing: undefined,
      keys: [{ key: "a" }],
    });
    expect(await keysOf(store)).toEqual(["a"]);
    expect(await store.read(keys, {})).toEqual([{ key: "a" }]);
  });

  test("a flow that throws leaves nothing behind, and says what it threw", async () => {
    const store = await make();
    const { put } = statements(store);
    const failing = store.flow(function* () {
      yield* run(put, { key: "a", at: 1 });
      throw new Error("changed its mind");
    });
    await expect(failing).rejects.toThrow("changed its mind");
    expect(await keysOf(store)).toEqual([]);
    await store.flow(() => run(put, { key: "b", at: 1 }));
    expect(await keysOf(store)).toEqual(["b"]);
  });

  test("of flows that arrive together a failing one takes back only its own work", async () => {
    const store = await make();
    const { put } = statements(store);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 150 }, (_, index) =>
        store.flow(function* () {
          yield* run(put, { key: `k${index}`, at: index });
          if (index % 3 === 1) throw new Error("no");
          if (index % 3 === 2) yield* run(put, { key: `k${index}`, at: index });
          return index;
        }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(50);
    expect(isUniqueViolation(outcomes[2]?.status === "rejected" ? outcomes[2].reason : undefined)).toBe(true);
    expect(await keysOf(store)).toHaveLength(50);
  });

  test("flows and writes that change one row at once lose no change", async () => {
    const store = await make();
    const { put, raise } = statements(store);
    await store.flow(() => run(put, { key: "a", at: 0 }));
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        index % 2 === 0
          ? store.flow(() => one(raise, { key: "a", by: 1 }))
          : store.write(async (tx) => {
              const row = await tx
                .selectFrom("settings")
                .select("updated_at")
                .where("key", "=", "a")
                .forUpdate()
                .executeTakeFirstOrThrow();
              await tx
                .updateTable("settings")
                .set({ updated_at: row.updated_at + 1 })
                .where("key", "=", "a")
                .execute();
            }),
      ),
    );
    const row = await store.db.selectFrom("settings").select("updated_at").executeTakeFirst();
    expect(row?.updated_at).toBe(40);
  });

  test("a write that rejects leaves nothing behind, and nobody sees an open one", async () => {
    const store = await make();
    const seen: string[][] = [];
    const failing = store.write(async (tx) => {
      await tx
        .insertInto("settings")
        .values({ key: "a", value: "1", sealed: 0, updated_at: 1, updated_by: null })
        .execute();
      seen.push(await keysOf(store));
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect([...seen, await keysOf(store)]).toEqual([[], []]);
  });

  test("numbers come back as numbers, bytes as bytes, and text as it went in", async () => {
    const store = await make();
    const text = "žluťoučký 你好 😀\n'\"\\ %s";
    const bytes = new Uint8Array([0, 255, 1, 128]);
    await store.write(async (tx) => {
      await addUser(tx, { id: "u", name: text, created_at: 1_763_000_000_123 });
      await tx
        .insertInto("attachments")
        .values({
          id: "f",
          owner_id: "u",
          message_id: null,
          name: "f",
          media_type: "image/png",
          size_bytes: 5_000_000_000,
          complete: 1,
          created_at: 1,
        })
        .execute();
      await tx.insertInto("attachment_chunks").values({ attachment_id: "f", seq: 0, bytes }).execute();
    });
    const user = await store.db.selectFrom("users").select(["name", "created_at"]).executeTakeFirst();
    expect(user).toEqual({ name: text, created_at: 1_763_000_000_123 });
    const totals = await store.db
      .selectFrom("attachments")
      .select((e) => [e.fn.countAll<number>().as("count"), e.fn.sum<number>("size_bytes").as("bytes")])
      .executeTakeFirst();
    expect(totals).toEqual({ count: 1, bytes: 5_000_000_000 });
    const chunk = await store.db.selectFrom("attachment_chunks").select("bytes").executeTakeFirst();
    expect(new Uint8Array(chunk?.bytes ?? [])).toEqual(bytes);
  });

  test("text with a zero character is stored", async () => {
    const store = await make();
    await store.write((tx) => addUser(tx, { id: "u", name: "a\0b" }));
    const user = await store.db.selectFrom("users").select("name").executeTakeFirst();
    expect(user?.name).toBe(name === "sqlite" ? "a\0b" : "a\uFFFDb");
  });

  test("a value of the wrong type is refused", async () => {
    const store = await make();
    const wrong = store.write((tx) =>
      sql`insert into audit_head (id, seq, mac) values ('not a number', 1, 'x')`.execute(tx),
    );
    await expect(wrong).rejects.toThrow();
  });

  test("a request id is used once a person, and one run a conversation is active", async () => {
    const store = await make();
    await store.write(async (tx) => {
      await addUser(tx, { id: "u" });
      await addConversation(tx, { id: "c", owner_id: "u" });
      await addConversation(tx, { id: "d", owner_id: "u" });
      await tx
        .insertInto("runs")
        .values(runRow({ id: "r1", owner_id: "u", conversation_id: "c" }))
        .execute();
    });
    const add = (row: Parameters<typeof runRow>[0]) =>
      store
        .write((tx) => tx.insertInto("runs").values(runRow(row)).execute())
        .then(
          () => "stored",
          (error: unknown) => (isUniqueViolation(error) ? "refused" : error),
        );
    expect(await add({ id: "r2", owner_id: "u", conversation_id: "d", request_id: "r1" })).toBe("refused");
    expect(await add({ id: "r3", owner_id: "u", conversation_id: "c" })).toBe("refused");
    expect(await add({ id: "r4", owner_id: "u", conversation_id: "c", active: 0, state: "complete" })).toBe("stored");
    expect(await add({ id: "r5", owner_id: "u", conversation_id: "d" })).toBe("stored");
  });

  test("deleting a person deletes everything that is theirs and nothing else", async () => {
    const store = await make();
    await store.write(async (tx) => {
      for (const id of ["u", "v"]) {
        await addUser(tx, { id });
        await addConversation(tx, { id: `c-${id}`, owner_id: id });
        await addMessage(tx, { id: `m-${id}`, conversation_id: `c-${id}`, owner_id: id, seq: 1 });
        await tx
          .insertInto("runs")
          .values(runRow({ id: `r-${id}`, owner_id: id, conversation_id: `c-${id}` }))
          .execute();
        await tx
          .insertInto("run_chunks")
          .values({ message_id: `m-${id}`, seq: 1, text: "x" })
          .execute();
      }
    });
    await store.flow(function* () {
      for (const id of ["u", "v"]) yield* store.search.put({ id: `m-${id}`, ownerId: id, terms: "word" });
    });
    await store.write((tx) => tx.deleteFrom("users").where("id", "=", "u").execute());
    for (const table of ["users", "conversations", "messages", "runs", "run_chunks"] as const) {
      const rows = await store.db.selectFrom(table).selectAll().execute();
      expect(rows, table).toHaveLength(1);
    }
    const find = (ownerId: string) =>
      store.search.find({ ownerId, terms: ["word"], mode: "all", limit: 10, offset: 0 });
    expect([await find("u"), await find("v")]).toEqual([[], ["m-v"]]);
  });

  test("a row that names a missing one is refused", async () => {
    const store = await make();
    const lost = store.write((tx) => addConversation(tx, { id: "c", owner_id: "nobody" }));
    expect(await lost.catch(isForeignKeyViolation)).toBe(true);
  });

  test("a statement says what is missing, and one name has one meaning", async () => {
    const store = await make();
    const { put } = statements(store);
    const incomplete = { key: "a" } as unknown as { key: string; at: number };
    await expect(store.flow(() => run(put, incomplete))).rejects.toThrow("test_put needs at");
    expect(statements(store).put.sql).toBe(put.sql);
    expect(() => store.statement("test_put", (db) => db.selectFrom("users").select("id"))).toThrow("test_put");
  });

  test("constants stand in the text of a statement, where the planner sees them", async () => {
    const store = await make();
    const statement = store.statement<{ id: string }, { id: string }>("test_active", (db, arg) =>
      db.selectFrom("runs").select("id").where("conversation_id", "=", arg("id")).where("active", "=", 1),
    );
    expect(statement.sql).toContain('"active" = 1');
    expect(statement.parameters).toEqual([{ arg: "id" }]);
  });

  test("it answers a ping and knows the time", async () => {
    const store = await make();
    await store.ping();
    expect(Math.abs((await store.now()) - Date.now())).toBeLessThan(60_000);
  });

  test("once closed it says that it is not available", async () => {
    const store = await make();
    const { put } = statements(store);
    await store.ping();
    await store.close();
    const code = "store_unavailable";
    await expect(store.flow(() => run(put, { key: "a", at: 1 }))).rejects.toMatchObject({ code });
    await expect(keysOf(store)).rejects.toMatchObject({ code });
    await expect(store.ping()).rejects.toMatchObject({ code });
  });
});
