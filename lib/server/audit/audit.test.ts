import { describe, expect, it } from "vitest";
import { GET as getAudit } from "#app/api/audit/route.ts";
import { audit, withAudit } from "#lib/server/audit/audit.ts";
import { verifyAudit } from "#lib/server/audit/verify.ts";
import { ada, ben, firstAdmin, join, signIn, signOut } from "#lib/server/auth/people.testing.ts";
import { codeOf, openHouse, TestBrowser, testCode } from "#lib/server/auth/testing.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { dataKeys } from "#lib/server/store/keys.ts";
import { sealingKeys } from "#lib/server/store/seal.ts";
import type { Store } from "#lib/server/store/store.ts";
import { eachDialect } from "#lib/server/store/testing.ts";
import type { AuditView } from "#lib/shared/people.ts";

const actor = { id: "0197f000-0000-7000-8000-000000000001", name: "Ada" };
const note = (store: Store, object: string) => audit(store, { actor, action: "test.note", object, outcome: "done" });
const verify = (store: Store) => verifyAudit(store, dataKeys().auditKeys);

async function fiveRows(dialect: Store["dialect"]): Promise<Store> {
  const store = await openHouse({ dialect });
  for (const object of ["one", "two", "three", "four", "five"]) await note(store, object);
  return store;
}

eachDialect((dialect) => {
  it("chains rows from the first on", async () => {
    const store = await openHouse({ dialect });
    expect(await verify(store)).toEqual({ whole: true, rows: 0 });
    expect(await note(store, "one")).toBe(1);
    expect(await note(store, "two")).toBe(2);
    expect(await verify(store)).toEqual({ whole: true, rows: 2 });
  });

  it("chains appends that come at once, each with a number of its own", async () => {
    const store = await openHouse({ dialect });
    const seqs = await Promise.all(Array.from({ length: 25 }, (_, at) => note(store, `row ${at}`)));
    expect(seqs.sort((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, at) => at + 1));
    expect(await verify(store)).toEqual({ whole: true, rows: 25 });
  });

  it("leaves no row when the transaction that it belongs to fails", async () => {
    const store = await fiveRows(dialect);
    const failing = store.write(async (tx) => {
      await audit(tx, { actor, action: "test.note", object: "six", outcome: "done" });
      throw new Error("on purpose");
    });
    await expect(failing).rejects.toThrow("on purpose");
    expect(await verify(store)).toEqual({ whole: true, rows: 5 });
    expect(await note(store, "six")).toBe(6);
  });

  it("finds a row whose words were changed, wherever it stands", async () => {
    const changes = {
      object: "x",
      actor_name: "Eve",
      action: "x",
      outcome: "failed",
      facts: '{"a":1}',
      at: 1,
      actor_id: null,
    };
    const store = await fiveRows(dialect);
    for (const [column, value] of Object.entries(changes)) {
      const before = await store.db.selectFrom("audit_log").selectAll().where("seq", "=", 3).executeTakeFirstOrThrow();
      await store.write((tx) =>
        tx
          .updateTable("audit_log")
          .set({ [column]: value })
          .where("seq", "=", 3)
          .execute(),
      );
      expect(await verify(store), column).toEqual({ whole: false, rows: 2, brokenAt: 3, reason: "row_altered" });
      await store.write((tx) => tx.updateTable("audit_log").set(before).where("seq", "=", 3).execute());
    }
    expect(await verify(store)).toEqual({ whole: true, rows: 5 });
  });

  it("finds rows in another order, left out, put in, or cut off at the end", async () => {
    const renumber = (store: Store, from: number, to: number) =>
      store.write((tx) => tx.updateTable("audit_log").set({ seq: to }).where("seq", "=", from).execute());

    const swapped = await fiveRows(dialect);
    await renumber(swapped, 2, 99);
    await renumber(swapped, 3, 2);
    await renumber(swapped, 99, 3);
    expect(await verify(swapped)).toMatchObject({ whole: false, brokenAt: 2, reason: "row_altered" });

    const left = await fiveRows(dialect);
    await left.write((tx) => tx.deleteFrom("audit_log").where("seq", "=", 4).execute());
    expect(await verify(left)).toEqual({ whole: false, rows: 3, brokenAt: 4, reason: "row_missing" });
    // Later appends do not heal it.
    await note(left, "six");
    expect(await verify(left)).toMatchObject({ whole: false, brokenAt: 4 });

    const closed = await fiveRows(dialect);
    await closed.write((tx) => tx.deleteFrom("audit_log").where("seq", "=", 1).execute());
    for (const seq of [2, 3, 4, 5]) await renumber(closed, seq, seq - 1);
    expect(await verify(closed)).toMatchObject({ whole: false, brokenAt: 1, reason: "row_altered" });

    const cut = await fiveRows(dialect);
    await cut.write((tx) => tx.deleteFrom("audit_log").where("seq", ">", 3).execute());
    expect(await verify(cut)).toEqual({ whole: false, rows: 3, brokenAt: 4, reason: "rows_cut_off" });
    await note(cut, "six");
    expect(await verify(cut)).toMatchObject({ whole: false, brokenAt: 4, reason: "row_missing" });
  });

  it("finds rows cut off together with a head moved back, and everything removed", async () => {
    const store = await fiveRows(dialect);
    await store.write(async (tx) => {
      await tx.deleteFrom("audit_log").where("seq", ">", 3).execute();
      const last = await tx.selectFrom("audit_log").select("mac").where("seq", "=", 3).executeTakeFirstOrThrow();
      await tx.updateTable("audit_head").set({ seq: 3, mac: last.mac }).execute();
    });
    expect(await verify(store)).toEqual({ whole: false, rows: 3, brokenAt: 3, reason: "head_altered" });
    await store.write((tx) => tx.deleteFrom("audit_head").execute());
    expect(await verify(store)).toMatchObject({ whole: false, reason: "head_missing" });

    const wiped = await openHouse({ dialect });
    await firstAdmin();
    expect(await verify(wiped)).toMatchObject({ whole: true });
    await wiped.write(async (tx) => {
      await tx.deleteFrom("audit_log").execute();
      await tx.deleteFrom("audit_head").execute();
    });
    expect(await verify(wiped)).toMatchObject({ whole: false, reason: "head_missing" });
  });

  it("is whole with a key that was replaced meanwhile, and broken with another key", async () => {
    const store = await fiveRows(dialect);
    const old = process.env["DATA_KEY"] ?? "";
    const fresh = "a data key that came later of 32 bytes or more";
    expect(await verifyAudit(store, sealingKeys(`v2:${fresh},v1:${old}`).auditKeys)).toEqual({ whole: true, rows: 5 });
    expect(await verifyAudit(store, sealingKeys(fresh).auditKeys)).toMatchObject({ whole: false, brokenAt: 1 });
  });

  it("writes the intent before the deed and the outcome after it", async () => {
    const store = await openHouse({ dialect });
    const rows = () => store.db.selectFrom("audit_log").select(["outcome", "facts"]).orderBy("seq").execute();
    const intent = { actor, action: "test.deed", object: "thing", facts: { size: 3 } };
    const result = await withAudit(store, intent, async () => {
      expect(await rows()).toEqual([{ outcome: "intent", facts: '{"size":3}' }]);
      return "the result";
    });
    expect(result).toBe("the result");
    const fail = (message: string) =>
      withAudit(store, { ...intent, isUnknown: (error) => String(error).includes("lost") }, () =>
        Promise.reject(new Error(message)),
      );
    await expect(fail("refused")).rejects.toThrow("refused");
    await expect(fail("answer lost")).rejects.toThrow("answer lost");
    expect((await rows()).map(({ outcome }) => outcome)).toEqual([
      "intent",
      "done",
      "intent",
      "failed",
      "intent",
      "unknown",
    ]);
    expect((await rows())[1]?.facts).toBe('{"size":3,"intent":1}');
    expect(await verify(store)).toEqual({ whole: true, rows: 6 });
  });

  it("holds what people did, in order, for admins alone, page by page", async () => {
    const store = await openHouse({ dialect });
    const admin = await firstAdmin();
    const member = await join(admin, ben);
    await signIn(new TestBrowser(), { ...ben, password: "not the passphrase" });
    await signIn(new TestBrowser(), { email: "hunter2 typed in the wrong field", password: "x" });
    await signOut(member);
    const read = async (query: string) => {
      const response = await admin.get(getAudit, `/api/audit${query}`);
      return (await response.json()) as { rows: AuditView[]; nextBefore: number | null };
    };
    const { rows } = await read("");
    expect(rows.map(({ action, outcome, actorName }) => [action, outcome, actorName])).toEqual([
      ["sign_out", "done", ben.name],
      ["sign_in", "refused", ""],
      ["sign_in", "refused", ben.name],
      ["sign_in", "done", ben.name],
      ["invitation.accept", "done", ben.name],
      ["invitation.create", "done", ada.name],
      ["sign_in", "done", ada.name],
      ["set_up", "done", ada.name],
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/hunter2|passphrase/);
    expect(JSON.stringify(rows)).not.toContain(testCode);
    const first = await read("?limit=3");
    expect(first.rows).toEqual(rows.slice(0, 3));
    expect((await read(`?before=${first.nextBefore}`)).rows).toEqual(rows.slice(3));
    expect((await read("?action=invitation")).rows).toEqual(rows.slice(4, 6));
    expect((await read("?limit=8")).nextBefore).toBeNull();
    expect(await codeOf(await member.get(getAudit, "/api/audit"))).toBe("unauthenticated");
    const other = new TestBrowser();
    await signIn(other, ben);
    expect(await codeOf(await other.get(getAudit, "/api/audit"))).toBe("forbidden");
    expect(await verify(store)).toMatchObject({ whole: true });
  });

  it("is not filled by a flood of failed sign-ins", async () => {
    const store = await openHouse({ dialect });
    await firstAdmin();
    const flood = limits.signIn.failuresPerAccount + 10;
    await Promise.all(
      Array.from({ length: flood }, () => signIn(new TestBrowser(), { ...ada, password: "a wrong guess" })),
    );
    const refused = await store.db.selectFrom("audit_log").select("seq").where("outcome", "=", "refused").execute();
    expect(refused).toHaveLength(limits.signIn.failuresPerAccount);
    expect(await verify(store)).toMatchObject({ whole: true });
  });
});

describe("the page of the audit log", () => {
  it("refuses odd questions", async () => {
    await openHouse();
    const admin = await firstAdmin();
    for (const query of [
      "before=0",
      "before=-1",
      "before=x",
      "limit=0",
      "limit=100000",
      "action=%25",
      "action='",
      "x=1",
    ]) {
      expect(await codeOf(await admin.get(getAudit, `/api/audit?${query}`)), query).toBe("invalid_input");
    }
  });
});
