import { describe, expect, it } from "vitest";
import { POST as postPassword } from "#app/api/me/password/route.ts";
import { GET as getMe, PATCH as patchMe } from "#app/api/me/route.ts";
import { DELETE as deleteSession } from "#app/api/me/sessions/[id]/route.ts";
import { GET as getSessions } from "#app/api/me/sessions/route.ts";
import { POST as signOutEverywhere } from "#app/api/me/sign-out-everywhere/route.ts";
import { PATCH as patchPerson } from "#app/api/people/[id]/route.ts";
import { GET as getPeople } from "#app/api/people/route.ts";
import { ada, ben, eve, firstAdmin, idOf, join, signIn, whoIs } from "#lib/server/auth/people.testing.ts";
import { onRevoked, type Revocation, watchSession } from "#lib/server/auth/revocation.ts";
import { getSession, requireSession } from "#lib/server/auth/session.ts";
import { codeOf, openHouse, TestBrowser } from "#lib/server/auth/testing.ts";
import { openPostgresStore } from "#lib/server/store/postgres/store.ts";
import { eachDialect } from "#lib/server/store/testing.ts";

eachDialect((dialect) => {
  const change = (admin: TestBrowser, id: string, body: unknown) =>
    admin.send(patchPerson, `/api/people/${id}`, body, { id }, "PATCH");

  it("reads the role and the name from the store at each call", async () => {
    const store = await openHouse({ dialect });
    const admin = await firstAdmin();
    expect((await getSession(admin.requestHeaders()))?.user).toMatchObject({
      role: "admin",
      name: ada.name,
      isDemo: false,
    });
    await store.write((tx) => tx.updateTable("users").set({ role: "member", name: "Other" }).execute());
    expect((await getSession(admin.requestHeaders()))?.user).toMatchObject({ role: "member", name: "Other" });
    expect(await codeOf(await admin.get(getPeople, "/api/people"))).toBe("forbidden");
    // Stored by a newer version, say.
    await store.write((tx) =>
      tx
        .updateTable("users")
        .set({ role: "owner" as "admin" })
        .execute(),
    );
    expect(await getSession(admin.requestHeaders())).toBeNull();
    await expect(requireSession(admin.requestHeaders())).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it("ends the sessions of a person who is disabled, tells who listens, and lets them back when enabled", async () => {
    const store = await openHouse({ dialect });
    const admin = await firstAdmin();
    const member = await join(admin, ben);
    const id = await idOf(member);
    const session = await requireSession(member.requestHeaders());
    const heard: Revocation[] = [];
    const streamsEnded: string[] = [];
    onRevoked(store, (revocation) => heard.push(revocation));
    watchSession(store, { userId: id, sidHash: session.user.sidHash }, () => {
      streamsEnded.push("one");
    });
    const response = await change(admin, id, { disabled: true });
    expect(await response.json()).toMatchObject({ person: { id, disabledAt: expect.any(Number) } });
    expect(await whoIs(member)).toBe(401);
    expect(heard).toContainEqual({ kind: "person", userId: id });
    expect(streamsEnded).toEqual(["one"]);
    expect(await codeOf(await signIn(new TestBrowser(), ben))).toBe("invalid_credentials");
    await change(admin, id, { disabled: false });
    expect(await whoIs(member)).toBe(401);
    expect((await signIn(member, ben)).status).toBe(200);
    expect(await whoIs(member)).toMatchObject({ email: ben.email });
  });

  it("ends a watched session that went without a word, as when another process could not tell", async () => {
    const store = await openHouse({ dialect });
    const admin = await firstAdmin();
    const { user } = await requireSession(admin.requestHeaders());
    const ended = new Promise<void>(
      (resolve) => void watchSession(store, { userId: user.id, sidHash: user.sidHash }, resolve),
    );
    await store.write((tx) => tx.deleteFrom("sessions").execute());
    await ended;
  });

  it("lets nobody but admins see or change people", async () => {
    await openHouse({ dialect });
    const admin = await firstAdmin();
    const member = await join(admin, ben);
    const id = await idOf(admin);
    expect(await codeOf(await member.get(getPeople, "/api/people"))).toBe("forbidden");
    expect(await codeOf(await change(member, id, { role: "member" }))).toBe("forbidden");
    expect(await codeOf(await new TestBrowser().get(getPeople, "/api/people"))).toBe("unauthenticated");
    expect(await whoIs(admin)).toMatchObject({ role: "admin" });
    const listed = (await (await admin.get(getPeople, "/api/people")).json()) as { people: object[] };
    expect(listed.people).toHaveLength(2);
    expect(JSON.stringify(listed)).not.toMatch(/argon2|hash/i);
  });

  it("keeps the last admin, also when two admins demote each other at once", async () => {
    const store = await openHouse({ dialect });
    const admin = await firstAdmin();
    const adminId = await idOf(admin);
    expect(await codeOf(await change(admin, adminId, { role: "member" }))).toBe("last_admin");
    expect(await codeOf(await change(admin, adminId, { disabled: true }))).toBe("last_admin");
    const second = await join(admin, eve, "admin");
    const secondId = await idOf(second);
    const both = [change(admin, secondId, { role: "member" }), change(second, adminId, { disabled: true })];
    const statuses = (await Promise.all(both)).map(({ status }) => status);
    const left = await store.db
      .selectFrom("users")
      .select("id")
      .where("role", "=", "admin")
      .where("disabled_at", "is", null)
      .execute();
    expect(left).toHaveLength(1);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  });

  it("shows a person their sessions and lets them end one, all others by a new password, or all", async () => {
    await openHouse({ dialect });
    const admin = await firstAdmin();
    const member = await join(admin, ben);
    const phone = new TestBrowser();
    const tablet = new TestBrowser();
    await signIn(phone, ben);
    await signIn(tablet, ben);
    const listed = (await (await member.get(getSessions, "/api/me/sessions")).json()) as {
      sessions: { id: string; current: boolean; userAgent: string }[];
    };
    expect(listed.sessions).toHaveLength(3);
    expect(listed.sessions.filter(({ current }) => current)).toHaveLength(1);
    const phoneId = (await requireSession(phone.requestHeaders())).user.sidHash;
    const end = (who: TestBrowser, id: string) =>
      who.send(deleteSession, `/api/me/sessions/${id}`, undefined, { id }, "DELETE");
    expect(await codeOf(await end(admin, phoneId))).toBe("not_found");
    expect((await end(member, phoneId)).status).toBe(204);
    expect(await whoIs(phone)).toBe(401);

    const next = "a fresh long passphrase";
    const password = (current: string, wanted: string) =>
      member.send(postPassword, "/api/me/password", { current, next: wanted });
    expect(await codeOf(await password("not the passphrase", next))).toBe("invalid_credentials");
    expect(await codeOf(await password(ben.password, "short"))).toBe("password_weak");
    expect(await whoIs(tablet)).toMatchObject({ email: ben.email });
    expect((await password(ben.password, next)).status).toBe(204);
    expect(await whoIs(tablet)).toBe(401);
    expect(await whoIs(member)).toMatchObject({ email: ben.email });

    await signIn(tablet, { ...ben, password: next });
    const everywhere = await member.send(signOutEverywhere, "/api/me/sign-out-everywhere");
    expect(everywhere.status).toBe(204);
    expect(member.cookies.has("breakwater.session")).toBe(false);
    expect(await whoIs(tablet)).toBe(401);
    expect(await whoIs(admin)).toMatchObject({ email: ada.email });
  });
});

describe("on PostgreSQL, another process", () => {
  it("tells this one that a person was disabled or a session ended", async () => {
    const store = await openHouse({ dialect: "postgres" });
    const other = await openPostgresStore({ databaseUrl: process.env["DATABASE_URL"] ?? "" });
    const heard: Revocation[] = [];
    const both = new Promise<void>((resolve) => {
      onRevoked(store, (revocation) => {
        if (heard.push(revocation) >= 2) resolve();
      });
    });
    // Listening begins with a connection of its own, which takes a moment.
    const repeat = setInterval(() => other.wake.notify(["user:someone", "session:some-hash", "run-id"]), 100);
    await both;
    clearInterval(repeat);
    await other.close();
    expect(heard.slice(0, 2)).toEqual([
      { kind: "person", userId: "someone" },
      { kind: "session", sidHash: "some-hash" },
    ]);
  });
});

describe("a person's own settings", () => {
  it("are changed one by one and come back on the next call", async () => {
    await openHouse();
    const admin = await firstAdmin();
    const patch = (body: unknown) => admin.send(patchMe, "/api/me", body, {}, "PATCH");
    expect((await patch({ name: "  Ada   Lovelace " })).status).toBe(200);
    expect((await patch({ locale: "zh-cn", theme: "dark", sendKey: "mod_enter", announce: "end" })).status).toBe(200);
    const me = (await (await admin.get(getMe, "/api/me")).json()) as object;
    expect(me).toMatchObject({
      hasPassword: true,
      sandbox: false,
      version: expect.stringMatching(/^\d+\./),
      person: { name: "Ada Lovelace", locale: "zh-cn", theme: "dark", sendKey: "mod_enter", announce: "end" },
    });
    expect(JSON.stringify(me)).not.toMatch(/sid|hash":|argon/i);
  });

  it("refuse what nobody may set, and change nothing then", async () => {
    await openHouse();
    const admin = await firstAdmin();
    const before = await whoIs(admin);
    const refused = [
      { role: "member" },
      { email: "x@example.org" },
      { id: "1" },
      { theme: "pink" },
      { name: "" },
      { name: "a\u202eb" },
      [],
    ];
    for (const body of refused) {
      expect(await codeOf(await admin.send(patchMe, "/api/me", body, {}, "PATCH")), JSON.stringify(body)).toBe(
        "invalid_input",
      );
    }
    expect(await whoIs(admin)).toEqual(before);
  });
});
