import { expect, test } from "vitest";
import { sealingKeys } from "#lib/server/store/seal.ts";
import { getSetting, listSettings, putSettings, removeSettings, resealSettings } from "#lib/server/store/settings.ts";
import { eachDialect } from "#lib/server/store/testing.ts";

const keys = sealingKeys("a key of quite enough bytes to serve");

eachDialect((_name, make) => {
  test("settings are put, replaced, listed by prefix and removed", async () => {
    const store = await make();
    const put = (key: string, value: unknown, sealed = false, at = 1) =>
      store.write((tx) => putSettings(tx, keys, at, [{ key, value, sealed, updatedBy: "ann" }]));
    await put("openclaw.url", "http://a");
    await put("openclaw.token", { token: "s3cret" }, true);
    await put("other", [1, 2]);
    await put("openclaw.url", "http://b", false, 7);
    expect(await getSetting(store, keys, "openclaw.url")).toEqual({
      key: "openclaw.url",
      value: "http://b",
      sealed: false,
      updatedAt: 7,
      updatedBy: "ann",
    });
    expect((await listSettings(store, keys, "openclaw.")).map(({ key, value }) => [key, value])).toEqual([
      ["openclaw.token", { token: "s3cret" }],
      ["openclaw.url", "http://b"],
    ]);
    expect(await listSettings(store, keys)).toHaveLength(3);
    const rows = await store.db.selectFrom("settings").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain("s3cret");
    await store.write((tx) => removeSettings(tx, ["openclaw.token", "unknown"]));
    expect(await getSetting(store, keys, "openclaw.token")).toBeUndefined();
  });

  test("a sealed value that was moved to another row does not open", async () => {
    const store = await make();
    await store.write((tx) => putSettings(tx, keys, 1, [{ key: "a", value: "x", sealed: true, updatedBy: null }]));
    await store.write((tx) => tx.updateTable("settings").set({ key: "b" }).execute());
    await expect(getSetting(store, keys, "b")).rejects.toThrow("does not open");
  });

  test("after a change of keys everything is sealed with the new one", async () => {
    const store = await make();
    const after = "another key of quite enough bytes to serve";
    await store.write((tx) =>
      putSettings(tx, keys, 1, [
        { key: "a", value: "x", sealed: true, updatedBy: null },
        { key: "b", value: "y", sealed: false, updatedBy: null },
      ]),
    );
    const during = sealingKeys(`v2:${after},v1:a key of quite enough bytes to serve`);
    expect([await resealSettings(store, during), await resealSettings(store, during)]).toEqual([1, 0]);
    expect((await listSettings(store, sealingKeys(`v2:${after}`))).map(({ value }) => value)).toEqual(["x", "y"]);
  });
});
