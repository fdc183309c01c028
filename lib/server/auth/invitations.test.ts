import { expect, it } from "vitest";
import { POST as acceptLink, GET as getLink } from "#app/api/invitations/[code]/route.ts";
import { POST as postReset } from "#app/api/people/[id]/reset-link/route.ts";
import { DELETE as deleteInvitation } from "#app/api/people/invitations/[id]/route.ts";
import { POST as postInvitation } from "#app/api/people/invitations/route.ts";
import { GET as getPeople } from "#app/api/people/route.ts";
import { ada, ben, eve, firstAdmin, idOf, join, signIn, whoIs } from "#lib/server/auth/people.testing.ts";
import { codeOf, openHouse, TestBrowser } from "#lib/server/auth/testing.ts";
import { eachDialect } from "#lib/server/store/testing.ts";

interface Link {
  id: string;
  code: string;
  url: string;
  expiresAt: number;
}

eachDialect((dialect) => {
  const invite = async (admin: TestBrowser, body: unknown) =>
    (await (await admin.send(postInvitation, "/api/people/invitations", body)).json()) as Link;
  const accept = (browser: TestBrowser, code: string, body: unknown) =>
    browser.send(acceptLink, `/api/invitations/${code}`, body, { code });
  const look = (code: string) => new TestBrowser().get(getLink, `/api/invitations/${code}`, { code });

  it("makes a person of an invitation once, with the role it gives, and signs them in", async () => {
    const store = await openHouse({ dialect });
    const admin = await firstAdmin();
    const link = await invite(admin, { role: "member", email: ben.email });
    expect(link.url).toBe(`http://127.0.0.1:3000/invite/${link.code}`);
    expect(await (await look(link.code)).json()).toMatchObject({ kind: "invite", email: ben.email, role: "member" });
    expect(JSON.stringify(await store.db.selectFrom("one_time_codes").selectAll().execute())).not.toContain(link.code);

    const browser = new TestBrowser();
    expect((await accept(browser, link.code, ben)).status).toBe(200);
    expect(await whoIs(browser)).toMatchObject({ email: ben.email, role: "member" });
    expect(await codeOf(await accept(new TestBrowser(), link.code, { ...eve, email: ben.email }))).toBe("code_invalid");
    expect(await codeOf(await look(link.code))).toBe("code_invalid");
  });

  it("gives the account to one of two who accept at once", async () => {
    const store = await openHouse({ dialect });
    const admin = await firstAdmin();
    const { code } = await invite(admin, {});
    const answers = await Promise.all([accept(new TestBrowser(), code, ben), accept(new TestBrowser(), code, eve)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410]);
    expect(await store.db.selectFrom("users").select("id").execute()).toHaveLength(2);
  });

  it("keeps the link good when the password is weak, the address taken or another's, or a field is missing", async () => {
    await openHouse({ dialect });
    const admin = await firstAdmin();
    const open = await invite(admin, {});
    const bound = await invite(admin, { email: ben.email });
    expect(await codeOf(await accept(new TestBrowser(), open.code, { ...ben, password: "password123" }))).toBe(
      "password_weak",
    );
    expect(await codeOf(await accept(new TestBrowser(), open.code, { ...ben, email: ada.email }))).toBe("email_taken");
    expect(await codeOf(await accept(new TestBrowser(), open.code, { password: ben.password }))).toBe("invalid_input");
    expect(await codeOf(await accept(new TestBrowser(), open.code, { ...ben, role: "admin" }))).toBe("invalid_input");
    expect(await codeOf(await accept(new TestBrowser(), bound.code, eve))).toBe("invalid_input");
    expect((await accept(new TestBrowser(), open.code, eve)).status).toBe(200);
    expect((await accept(new TestBrowser(), bound.code, ben)).status).toBe(200);
  });

  it("lists open invitations without their code and lets an admin take one back", async () => {
    await openHouse({ dialect });
    const admin = await firstAdmin();
    const link = await invite(admin, { role: "admin" });
    const listed = await (await admin.get(getPeople, "/api/people")).text();
    expect(JSON.parse(listed)).toMatchObject({
      invitations: [{ id: link.id, role: "admin", createdByName: ada.name }],
    });
    expect(listed).not.toContain(link.code);
    const { id } = link;
    const remove = () => admin.send(deleteInvitation, `/api/people/invitations/${id}`, undefined, { id }, "DELETE");
    expect((await remove()).status).toBe(204);
    expect(await codeOf(await remove())).toBe("not_found");
    expect(await codeOf(await accept(new TestBrowser(), link.code, ben))).toBe("code_invalid");
  });

  it("refuses an expired link and one that never was", async () => {
    const store = await openHouse({ dialect });
    const admin = await firstAdmin();
    const { code } = await invite(admin, {});
    await store.write((tx) =>
      tx
        .updateTable("one_time_codes")
        .set({ expires_at: Date.now() - 1 })
        .execute(),
    );
    expect(await codeOf(await accept(new TestBrowser(), code, ben))).toBe("code_invalid");
    expect(await codeOf(await look("0123456789abcdef0123456789abcdef"))).toBe("code_invalid");
    expect(await codeOf(await look("short"))).toBe("not_found");
  });

  it("sets a new password by a reset link once, ends the sessions there were, and knows only the newest link", async () => {
    await openHouse({ dialect });
    const admin = await firstAdmin();
    const member = await join(admin, ben);
    const id = await idOf(member);
    const reset = async () =>
      (await (await admin.send(postReset, `/api/people/${id}/reset-link`, undefined, { id })).json()) as Link;
    const older = await reset();
    const { code } = await reset();
    const password = "a passphrase after the reset";
    expect(await codeOf(await accept(new TestBrowser(), older.code, { password }))).toBe("code_invalid");
    expect(await (await look(code)).json()).toMatchObject({ kind: "reset", email: ben.email });
    const browser = new TestBrowser();
    expect(await codeOf(await accept(browser, code, { password: "ben@example.org" }))).toBe("password_weak");
    expect((await accept(browser, code, { password })).status).toBe(200);
    expect(await whoIs(browser)).toMatchObject({ id });
    expect(await whoIs(member)).toBe(401);
    expect(await codeOf(await accept(new TestBrowser(), code, { password }))).toBe("code_invalid");
    expect(await codeOf(await signIn(new TestBrowser(), ben))).toBe("invalid_credentials");
    expect((await signIn(new TestBrowser(), { ...ben, password })).status).toBe(200);
  });

  it("lets only admins make links", async () => {
    await openHouse({ dialect });
    const admin = await firstAdmin();
    const member = await join(admin, ben);
    const id = await idOf(admin);
    expect(await codeOf(await member.send(postInvitation, "/api/people/invitations", {}))).toBe("forbidden");
    expect(await codeOf(await member.send(postReset, `/api/people/${id}/reset-link`, undefined, { id }))).toBe(
      "forbidden",
    );
  });
});
