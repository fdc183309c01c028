import { sql } from "kysely";
import { expect, test } from "vitest";
import { openStore } from "#lib/server/store/open.ts";
import { freshDatabase } from "#lib/server/store/postgres.testing.ts";
import { startProcess } from "#lib/server/store/process.testing.ts";
import { addConversation, addUser, runRow } from "#lib/server/store/rows.testing.ts";
import { temporaryFolder } from "#lib/server/store/testing.ts";

const opener = `
import { openStore } from "#lib/server/store/open.ts";
const { DATABASE_URL, DATA_DIR } = process.env;
const store = await openStore({ databaseUrl: DATABASE_URL || undefined, dataDir: DATA_DIR });
await store.db.selectFrom("messages").selectAll().execute();
await store.close();
console.log("opened");
`;

const places: [string, () => Promise<{ DATABASE_URL: string; DATA_DIR: string }>][] = [
  ["SQLite", async () => ({ DATABASE_URL: "", DATA_DIR: temporaryFolder() })],
  ["PostgreSQL", async () => ({ DATABASE_URL: await freshDatabase(), DATA_DIR: "" })],
];

test.each(places)("three processes that start at once all find the tables on %s", async (_name, place) => {
  const environment = await place();
  const processes = [1, 2, 3].map(() => startProcess(opener, environment));
  await Promise.all(processes.map(({ printed }) => printed("opened")));
  expect(await Promise.all(processes.map(({ ended }) => ended))).toEqual([0, 0, 0]);
});

test.each(places)("a database of a newer version is refused and left alone on %s", async (_name, place) => {
  const { DATABASE_URL, DATA_DIR } = await place();
  const options = { databaseUrl: DATABASE_URL === "" ? undefined : DATABASE_URL, dataDir: DATA_DIR };
  const store = await openStore(options);
  await store.write((tx) => sql`update schema_version set version = 9000`.execute(tx));
  await store.close();
  await expect(openStore(options)).rejects.toThrow("schema 9000");
});

test.each(places)("a database of the version before jobs gets them, and keeps its runs on %s", async (_name, place) => {
  const { DATABASE_URL, DATA_DIR } = await place();
  const options = { databaseUrl: DATABASE_URL === "" ? undefined : DATABASE_URL, dataDir: DATA_DIR };
  const store = await openStore(options);
  await store.write(async (tx) => {
    await addUser(tx, { id: "ann" });
    await addConversation(tx, { id: "c1", owner_id: "ann" });
    await tx
      .insertInto("runs")
      .values(runRow({ id: "r1", owner_id: "ann", conversation_id: "c1" }))
      .execute();
    for (const undo of [
      "drop index runs_waiting_for_credit",
      "alter table runs drop column routing",
      "alter table queued_messages drop column routing",
      "drop table jobs",
      "drop table openmarlin_accounts",
      "update schema_version set version = 2",
    ]) {
      await sql.raw(undo).execute(tx);
    }
  });
  await store.close();
  const again = await openStore(options);
  expect(await again.db.selectFrom("runs").select(["id", "routing"]).execute()).toEqual([{ id: "r1", routing: null }]);
  expect(await again.db.selectFrom("jobs").selectAll().execute()).toEqual([]);
  await again.close();
});
