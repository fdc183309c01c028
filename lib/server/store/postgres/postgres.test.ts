import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { run } from "#lib/server/store/flow.ts";
import { openStore } from "#lib/server/store/open.ts";
import { openPostgresStore } from "#lib/server/store/postgres/store.ts";
import { freshDatabase } from "#lib/server/store/postgres.testing.ts";
import type { Store } from "#lib/server/store/store.ts";
import { postgresFolder, removePostgresFolder, startPostgres, stopPostgres } from "#scripts/support/postgres.ts";

async function twoProcesses(): Promise<{ here: Store; there: Store; url: string }> {
  const url = await freshDatabase();
  const here = await openPostgresStore({ databaseUrl: url });
  const there = await openPostgresStore({ databaseUrl: url });
  onTestFinished(async () => {
    await here.close();
    await there.close();
  });
  return { here, there, url };
}

/** Listens, and waits until the listening has begun. */
async function heardBy(listener: Store, speaker: Store): Promise<string[][]> {
  const heard: string[][] = [];
  listener.wake.listen((topics) => void heard.push(topics));
  await expect
    .poll(
      () => {
        speaker.wake.notify(["are-you-there"]);
        return heard.length;
      },
      { timeout: 10_000 },
    )
    .toBeGreaterThan(0);
  return heard;
}

function put(store: Store, key: string): Promise<number> {
  const statement = store.statement<never, { key: string }>("put", (db, arg) =>
    db.insertInto("settings").values({ key: arg("key"), value: "1", sealed: 0, updated_at: 1, updated_by: null }),
  );
  return store.flow(() => run(statement, { key }));
}

test("another process hears the topics, once and all of them, also when they are more than one payload holds", async () => {
  const { here, there } = await twoProcesses();
  const heard = await heardBy(there, here);
  const own: string[][] = [];
  here.wake.listen((topics) => void own.push(topics));
  const topics = Array.from({ length: 1000 }, (_, index) => `run-${index}-${"x".repeat(30)}`);
  here.wake.notify(topics);
  here.wake.notify(topics.slice(0, 10));
  here.wake.notify(["last"]);
  await expect.poll(() => heard.flat().includes("last"), { timeout: 10_000 }).toBe(true);
  const counted = heard.flat().filter((topic) => topic.startsWith("run-"));
  expect(counted).toEqual(topics);
  expect(own.flat()).toEqual([]);
});

test("who stops listening hears no more", async () => {
  const { here, there } = await twoProcesses();
  const heard = await heardBy(there, here);
  const quiet: string[][] = [];
  there.wake.listen((topics) => void quiet.push(topics))();
  here.wake.notify(["word"]);
  await expect.poll(() => heard.flat().includes("word"), { timeout: 10_000 }).toBe(true);
  expect(quiet).toEqual([]);
});

test("lost connections come back by themselves, and the listener is told that it may have missed something", async () => {
  const { here, there, url } = await twoProcesses();
  const heard = await heardBy(there, here);
  await put(here, "before");
  const outsider = new pg.Client(url);
  await outsider.connect();
  await outsider.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
  );
  await outsider.end();
  await expect.poll(() => heard.flat().includes("*"), { timeout: 20_000 }).toBe(true);
  here.wake.notify(["after"]);
  await expect.poll(() => heard.flat().includes("after"), { timeout: 10_000 }).toBe(true);
  await expect.poll(() => put(here, "after").catch(() => 0), { timeout: 10_000 }).toBe(1);
});

test("a connection that is cut inside a transaction loses that transaction and nothing else", async () => {
  const { here, url } = await twoProcesses();
  const outsider = new pg.Client(url);
  await outsider.connect();
  const cut = here.write(async (tx) => {
    await tx
      .insertInto("settings")
      .values({ key: "half", value: "1", sealed: 0, updated_at: 1, updated_by: null })
      .execute();
    await outsider.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction' and datname = current_database()",
    );
    await tx.selectFrom("settings").selectAll().execute();
  });
  await expect(cut).rejects.toMatchObject({ code: "store_unavailable" });
  await outsider.end();
  await put(here, "whole");
  expect(await here.db.selectFrom("settings").select("key").execute()).toEqual([{ key: "whole" }]);
});

test("while the server is away everything says so, and afterwards everything works, without a restart of ours", async () => {
  const folder = postgresFolder();
  onTestFinished(() => removePostgresFolder(folder));
  const first = await startPostgres(folder);
  const databaseUrl = first.url("postgres");
  const store = await openPostgresStore({ databaseUrl });
  onTestFinished(() => store.close());
  await put(store, "before");
  await stopPostgres(first.pid);

  const code = "store_unavailable";
  await expect(put(store, "meanwhile")).rejects.toMatchObject({ code });
  await expect(store.ping()).rejects.toMatchObject({ code });
  await expect(store.db.selectFrom("settings").selectAll().execute()).rejects.toMatchObject({ code });
  await expect(store.write((tx) => tx.deleteFrom("settings").execute())).rejects.toMatchObject({ code });
  await expect(openStore({ databaseUrl, dataDir: "" })).rejects.toMatchObject({ code });
  store.wake.notify(["nobody hears this"]);

  const second = await startPostgres(folder, { port: first.port });
  onTestFinished(() => stopPostgres(second.pid));
  await put(store, "after");
  expect(await store.db.selectFrom("settings").select("key").orderBy("key").execute()).toEqual([
    { key: "after" },
    { key: "before" },
  ]);
});

test("two flows that want each other's row do not wait for ever", async () => {
  const { here, there } = await twoProcesses();
  await put(here, "a");
  await put(here, "b");
  const touch = (store: Store) =>
    store.statement<never, { key: string }>("touch", (db, arg) =>
      db.updateTable("settings").set({ value: "2" }).where("key", "=", arg("key")),
    );
  const both = (store: Store, first: string, second: string) =>
    store.flow(function* () {
      yield* run(touch(store), { key: first });
      yield* run(touch(store), { key: second });
    });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 6 }, (_, index) => (index % 2 === 0 ? both(here, "a", "b") : both(there, "b", "a"))),
  );
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "store_unavailable" });
  }
  expect(outcomes.some(({ status }) => status === "fulfilled")).toBe(true);
});
