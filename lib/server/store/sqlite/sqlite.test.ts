import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { run } from "#lib/server/store/flow.ts";
import { lockDataDir } from "#lib/server/store/lock.ts";
import { startProcess } from "#lib/server/store/process.testing.ts";
import { backUp, restore } from "#lib/server/store/sqlite/backup.ts";
import { databaseFileName, openSqliteStore } from "#lib/server/store/sqlite/store.ts";
import type { Store } from "#lib/server/store/store.ts";
import { temporaryFolder } from "#lib/server/store/testing.ts";

/** Writes one setting a step, forever, and prints the name of each only after it is stored. */
const writer = `
import { run } from "#lib/server/store/flow.ts";
import { openSqliteStore } from "#lib/server/store/sqlite/store.ts";
const store = await openSqliteStore({ dataDir: process.env.DATA_DIR });
const put = store.statement("put", (db, arg) =>
  db.insertInto("settings").values({ key: arg("key"), value: arg("value"), sealed: 0, updated_at: 1, updated_by: null }));
for (let i = 0; ; i += 1) {
  const key = "k" + String(i).padStart(7, "0");
  await store.flow(() => run(put, { key, value: "x".repeat(i % 5000) }));
  console.log(key);
  if (i % 50 === 49) await new Promise((resolve) => setImmediate(resolve));
}
`;

async function keysOf(store: Store): Promise<string[]> {
  return (await store.db.selectFrom("settings").select("key").orderBy("key").execute()).map(({ key }) => key);
}

function put(store: Store, key: string, value = "1"): Promise<number> {
  const statement = store.statement<never, { key: string; value: string }>("put", (db, arg) =>
    db
      .insertInto("settings")
      .values({ key: arg("key"), value: arg("value"), sealed: 0, updated_at: 1, updated_by: null }),
  );
  return store.flow(() => run(statement, { key, value }));
}

test("a kill in the middle of writing loses nothing that was acknowledged, and the file stays whole", async () => {
  const dataDir = temporaryFolder();
  const { printed, child, ended } = startProcess(writer, { DATA_DIR: dataDir });
  await printed("k0000300");
  child.kill("SIGKILL");
  await ended;
  const acknowledged = (await printed("k")).match(/^k\d{7}$/gm) ?? [];
  const store = await openSqliteStore({ dataDir });
  const stored = await keysOf(store);
  await store.close();
  expect(acknowledged.filter((key) => !stored.includes(key))).toEqual([]);
  const database = new Sqlite(path.join(dataDir, databaseFileName));
  expect(database.pragma("integrity_check", { simple: true })).toBe("ok");
  database.close();
});

test("a backup taken while the server writes is whole, and restores", async () => {
  const dataDir = temporaryFolder();
  const file = path.join(temporaryFolder(), "deep", "backup.sqlite");
  const { printed, child, ended } = startProcess(writer, { DATA_DIR: dataDir });
  await printed("k0000100");
  await backUp(dataDir, file);
  await expect(backUp(dataDir, file)).rejects.toThrow("exists already");
  child.kill("SIGKILL");
  await ended;
  expect(readdirSync(path.dirname(file))).toEqual(["backup.sqlite"]);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const before = await openSqliteStore({ dataDir });
  const all = await keysOf(before);
  await before.close();
  const kept = await restore(dataDir, file);
  const after = await openSqliteStore({ dataDir });
  const restored = await keysOf(after);
  await after.close();
  expect(restored.length).toBeGreaterThan(100);
  expect(all.slice(0, restored.length)).toEqual(restored);

  const keptFile = new Sqlite(kept ?? "");
  expect(keptFile.prepare("select count(*) from settings").pluck().get()).toBe(all.length);
  keptFile.close();
});

test("restore refuses while a server runs, and refuses what is no backup, and changes nothing then", async () => {
  const dataDir = temporaryFolder();
  const store = await openSqliteStore({ dataDir });
  await put(store, "mine");
  const file = path.join(temporaryFolder(), "backup.sqlite");
  await backUp(dataDir, file);
  await store.close();
  const lock = await lockDataDir(dataDir);
  await expect(restore(dataDir, file)).rejects.toThrow("already running");
  lock.release();
  await expect(restore(dataDir, import.meta.filename)).rejects.toThrow("not a whole database");
  await expect(restore(dataDir, `${file}.none`)).rejects.toThrow("no file");
  const foreign = path.join(temporaryFolder(), "foreign.sqlite");
  new Sqlite(foreign).exec("create table t (a)").close();
  await expect(restore(dataDir, foreign)).rejects.toThrow("not a whole database");
  const again = await openSqliteStore({ dataDir });
  expect(await keysOf(again)).toEqual(["mine"]);
  await again.close();
  expect(readdirSync(dataDir).filter((name) => /restoring|before/.test(name))).toEqual([]);
});

test("a full disk fails loudly, takes back half work, and is over as soon as there is room", async () => {
  const dataDir = temporaryFolder();
  const made = await openSqliteStore({ dataDir });
  await made.close();
  const pages = statSync(path.join(dataDir, databaseFileName)).size / 4096;
  const store = await openSqliteStore({ dataDir, maxPages: pages + 40 });
  await put(store, "large", "x".repeat(100_000));
  const full = await Promise.allSettled([
    put(store, "small"),
    put(store, "too-large", "x".repeat(300_000)),
    put(store, "small-too"),
  ]);
  const refusals = full.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  expect(refusals.length).toBeGreaterThan(0);
  for (const refusal of refusals) expect(refusal).toMatchObject({ code: "storage_full" });
  const stored = full.flatMap((outcome, index) =>
    outcome.status === "fulfilled" ? [["small", "too-large", "small-too"][index]] : [],
  );
  expect(await keysOf(store)).toEqual(["large", ...stored]);
  await expect(
    store.write(async (tx) => {
      await tx.updateTable("settings").set({ value: "changed" }).where("key", "=", "large").execute();
      const values = { key: "x", value: "x".repeat(300_000), sealed: 0, updated_at: 1, updated_by: null };
      await tx.insertInto("settings").values(values).execute();
    }),
  ).rejects.toMatchObject({ code: "storage_full" });
  await store.write((tx) => tx.deleteFrom("settings").where("key", "=", "large").execute());
  await put(store, "after", "x".repeat(50_000));
  expect(await keysOf(store)).toContain("after");
  await store.close();
});

test("the reading connection refuses to write", async () => {
  const store = await openSqliteStore({ dataDir: temporaryFolder() });
  await expect(store.db.deleteFrom("settings").execute()).rejects.toThrow("readonly");
  await store.close();
});

test("the log is emptied by the worker once it is large and nothing happens", async () => {
  const dataDir = temporaryFolder();
  const store = await openSqliteStore({ dataDir });
  for (let index = 0; index < 12; index += 1) await put(store, `k${index}`, "x".repeat(1_000_000));
  const log = path.join(dataDir, `${databaseFileName}-wal`);
  expect(statSync(log).size).toBeGreaterThan(8 * 1024 * 1024);
  await expect.poll(() => statSync(log).size, { timeout: 20_000, interval: 200 }).toBe(0);
  await store.close();
  expect(existsSync(log)).toBe(false);
});
