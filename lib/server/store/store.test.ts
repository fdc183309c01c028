import { expect, test } from "vitest";
import { run } from "#lib/server/store/flow.ts";
import { eachDialect } from "#lib/server/store/testing.ts";

eachDialect((_name, make) => {
  test("a flow writes what a read then sees", async () => {
    const store = await make();
    const put = store.statement<never, { key: string; at: number }>("put", (db, arg) =>
      db
        .insertInto("settings")
        .values({ key: arg("key"), value: "1", sealed: 0, updated_at: arg("at"), updated_by: null }),
    );
    expect(await store.flow(() => run(put, { key: "a", at: 5 }))).toBe(1);
    expect(await store.db.selectFrom("settings").selectAll().execute()).toMatchObject([{ key: "a", updated_at: 5 }]);
    await store.write((tx) => tx.selectFrom("settings").selectAll().forUpdate().execute());
  });
});
