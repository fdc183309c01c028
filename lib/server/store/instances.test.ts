import { expect, test } from "vitest";
import { expiredInstances, heartbeat, registerInstance, removeInstance } from "#lib/server/store/instances.ts";
import { eachDialect } from "#lib/server/store/testing.ts";

eachDialect((_name, make) => {
  test("every start has a higher epoch than any before, also after rows were removed", async () => {
    const store = await make();
    const first = await registerInstance(store);
    const second = await registerInstance(store);
    await removeInstance(store, second);
    const third = await registerInstance(store);
    expect([second > first, third > second]).toEqual([true, true]);
  });

  test("a silent process expires by the database's clock, a living one does not", async () => {
    const store = await make();
    const silent = await registerInstance(store);
    const living = await registerInstance(store);
    await store.write((tx) =>
      tx
        .updateTable("instances")
        .set((e) => ({ heartbeat_at: e("heartbeat_at", "-", 60_000) }))
        .execute(),
    );
    expect(await heartbeat(store, living)).toBe(true);
    expect(await expiredInstances(store, 30_000)).toEqual([silent]);
    expect(await expiredInstances(store, -1)).toEqual([silent, living]);
    await removeInstance(store, silent);
    expect(await heartbeat(store, silent)).toBe(false);
    expect(await expiredInstances(store, 30_000)).toEqual([]);
  });
});
