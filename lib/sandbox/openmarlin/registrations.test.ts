import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { audited, type Json, memberWith } from "#lib/sandbox/openmarlin/openmarlin.testing.ts";
import { type RunningSandbox, startSandbox } from "#lib/sandbox/server.ts";
import { call, control } from "#lib/sandbox/testing.ts";

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ settings: { openmarlin: { pagesOrigin: "http://localhost:3000" } } });
});
afterAll(() => sandbox.close());

const sessions = "/v1/registration/sessions";

/** Without any Authorization header, as the client does. */
async function open(path: string, body?: unknown): Promise<{ status: number; json: Json }> {
  const answer = await call(sandbox.openmarlin, path, body === undefined ? {} : { body });
  return { status: answer.status, json: JSON.parse(answer.body) };
}

async function register(auth_flow = "device"): Promise<{ session: Json; authorization: string; proof: object }> {
  const { status, json: session } = await open(sessions, { provider: "workos", auth_flow });
  expect(status).toBe(201);
  const { device_code, callback_state, authorization_url } = session.handoff;
  const proof = auth_flow === "device" ? { device_code } : { callback_state };
  return { session, authorization: `/openmarlin/authorizations/${authorization_url.split("/").at(-1)}`, proof };
}

const approve = (authorization: string, body: object) => control(sandbox, "POST", `${authorization}/approve`, body);

describe("a registration", () => {
  it("by device code runs from the session to a key that works", async () => {
    const { session, authorization, proof } = await register();
    expect(session).toEqual({
      registration_session_id: expect.stringMatching(/^regs_[0-9a-f]{32}$/),
      state: "pending_external_auth",
      auth_flow: "device",
      provider: "workos",
      created_at: expect.any(String),
      expires_at: expect.any(String),
      handoff: {
        type: "device",
        device_code: expect.stringMatching(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/),
        authorization_url: expect.stringMatching(
          /^http:\/\/localhost:3000\/sandbox\/openmarlin\/authorize\/auth_[0-9a-f]{32}$/,
        ),
      },
    });
    expect(JSON.stringify(session.handoff)).not.toContain(session.registration_session_id);
    const path = `${sessions}/${session.registration_session_id}`;
    expect((await open(path)).json).toEqual(session);
    expect((await open(`${path}/api-keys`, proof)).json).toEqual({ error: "registration_session_pending" });

    const typed = session.handoff.device_code.toLowerCase().replace("-", " ");
    expect(await approve(authorization, { email: "Ada@Example.com", device_code: typed })).toMatchObject({
      state: "completed",
      landing_url: null,
    });
    const completed = (await open(path)).json;
    expect(completed).toEqual({
      ...session,
      state: "completed",
      completion: {
        account_id: expect.stringMatching(/^acct_/),
        is_new_account: true,
        workspace: {
          workspace_id: expect.stringMatching(/^ws_/),
          slug: expect.stringMatching(/^ada-/),
          display_name: "ada's workspace",
        },
        provider_identity: {
          provider: "workos",
          provider_subject: expect.stringMatching(/^user_/),
          primary_email: "ada@example.com",
        },
        credential_bootstrap: { status: "pending_api_key_issue" },
      },
    });

    const { status, json: issued } = await open(`${path}/api-keys`, { ...proof, label: "Breakwater" });
    expect(status).toBe(201);
    expect(issued).toEqual({
      api_key: {
        key_id: expect.stringMatching(/^key_/),
        workspace_id: completed.completion.workspace.workspace_id,
        status: "active",
        created_at: expect.any(String),
        last_used_at: null,
        label: "Breakwater",
      },
      secret: expect.stringMatching(/^claw_wsk_[0-9a-f]{48}$/),
    });
    expect((await open(path)).json.completion.credential_bootstrap.status).toBe("api_key_issued");
    const member = memberWith(sandbox, issued.api_key.workspace_id, issued.api_key.key_id, issued.secret);
    expect(await audited(member)).toBe(5);
  });

  it("by callback carries a state instead of a code", async () => {
    const { session, authorization, proof } = await register("workos_callback");
    expect(session).toMatchObject({
      auth_flow: "workos_callback",
      handoff: {
        type: "browser",
        callback_state: expect.any(String),
        redirect_uri: "http://localhost:3000/sandbox/openmarlin/authorized",
      },
    });
    expect(session.handoff).not.toHaveProperty("device_code");
    expect(await approve(authorization, { email: "bo@example.com" })).toMatchObject({
      state: "completed",
      landing_url: "http://localhost:3000/sandbox/openmarlin/authorized",
    });
    const { json } = await open(`${sessions}/${session.registration_session_id}/api-keys`, proof);
    expect(json.api_key.label).toBe("OpenClaw bootstrap");
  });

  it("of somebody known leads to the same workspace, without another grant", async () => {
    const ids = [];
    for (const isNew of [true, false]) {
      const { session, authorization, proof } = await register("workos_callback");
      await approve(authorization, { email: isNew ? "cleo@example.com" : "CLEO@example.com" });
      const path = `${sessions}/${session.registration_session_id}`;
      const { completion } = (await open(path)).json;
      expect(completion.is_new_account).toBe(isNew);
      ids.push(completion.workspace.workspace_id);
      const { api_key, secret } = (await open(`${path}/api-keys`, proof)).json;
      expect(await audited(memberWith(sandbox, api_key.workspace_id, api_key.key_id, secret))).toBe(5);
    }
    expect(ids[0]).toBe(ids[1]);
  });

  it("sent twice makes two sessions", async () => {
    const [one, two] = await Promise.all([register(), register()]);
    expect(one.session.registration_session_id).not.toBe(two.session.registration_session_id);
  });

  it("gives its key once, and a lost answer is lost", async () => {
    const { session, authorization, proof } = await register("workos_callback");
    await approve(authorization, { email: "dan@example.com" });
    const path = `${sessions}/${session.registration_session_id}/api-keys`;
    await control(sandbox, "POST", "/faults", { match: { path }, faults: [{ kind: "lost_answer" }] });
    await expect(open(path, proof)).rejects.toThrow(/hang up|ECONNRESET/);
    expect(await open(path, proof)).toEqual({ status: 409, json: { error: "api_key_already_issued" } });
  });

  it("expires when nobody approves, and then gives no key", async () => {
    await control(sandbox, "POST", "/faults", {
      match: { upstream: "openmarlin", path: sessions },
      faults: [{ kind: "registration_expires", ms: 0 }],
    });
    const { session, authorization, proof } = await register();
    expect(session.state).toBe("expired");
    await expect(
      approve(authorization, { email: "eve@example.com", device_code: session.handoff.device_code }),
    ).rejects.toThrow(/^409 .*expired/);
    const path = `${sessions}/${session.registration_session_id}/api-keys`;
    expect(await open(path, proof)).toEqual({ status: 410, json: { error: "registration_session_expired" } });
  });

  it("can be made to expire while it waits", async () => {
    const { session, authorization } = await register();
    expect(await control(sandbox, "POST", `${authorization}/expire`, {})).toMatchObject({ state: "expired" });
    expect((await open(`${sessions}/${session.registration_session_id}`)).json.state).toBe("expired");
  });

  it.each<[string, unknown]>([
    ["another provider", { provider: "github", auth_flow: "device" }],
    ["no flow", { provider: "workos" }],
    ["an unknown flow", { provider: "workos", auth_flow: "magic" }],
    ["a field nobody sends", { provider: "workos", auth_flow: "device", email: "a@example.com" }],
    ["no JSON", "{"],
    ["nothing", ""],
    ["a list", []],
  ])("refuses %s", async (_, body) => {
    expect(await open(sessions, body)).toEqual({ status: 400, json: { error: "invalid_request" } });
  });

  it.each<[string, (proof: Json) => unknown]>([
    ["a wrong proof", () => ({ callback_state: "wrong" })],
    ["no proof", () => ({})],
    ["the proof of the other flow", ({ callback_state }) => ({ device_code: callback_state })],
    ["both proofs", ({ callback_state }) => ({ callback_state, device_code: "x" })],
    ["an empty label", (proof) => ({ ...proof, label: " " })],
  ])("gives no key for %s", async (_, body) => {
    const { session, authorization, proof } = await register("workos_callback");
    await approve(authorization, { email: "fay@example.com" });
    const path = `${sessions}/${session.registration_session_id}/api-keys`;
    expect(await open(path, body(proof))).toEqual({ status: 400, json: { error: "invalid_request" } });
  });

  it("that is unknown is not found", async () => {
    for (const answer of [await open(`${sessions}/regs_nope`), await open(`${sessions}/regs_nope/api-keys`, {})])
      expect(answer).toEqual({ status: 404, json: { error: "registration_session_not_found" } });
    await expect(control(sandbox, "GET", "/openmarlin/authorizations/nope")).rejects.toThrow(/^404 /);
  });
});

describe("the page for approval", () => {
  it("sees the session without its secrets", async () => {
    const { session, authorization } = await register();
    const shown = await control(sandbox, "GET", authorization);
    expect(shown).toEqual({
      auth_flow: "device",
      state: "pending_external_auth",
      created_at: session.created_at,
      expires_at: session.expires_at,
      landing_url: null,
    });
  });

  it("approves neither a wrong code nor a second time", async () => {
    const { session, authorization } = await register();
    const { device_code } = session.handoff;
    await expect(approve(authorization, { email: "gil@example.com", device_code: "AAAA-AAAA" })).rejects.toThrow(
      /^400 /,
    );
    await expect(approve(authorization, { email: "gil@example.com" })).rejects.toThrow(/^400 /);
    await expect(approve(authorization, { email: "no address", device_code })).rejects.toThrow(/^400 /);
    await approve(authorization, { email: "gil@example.com", device_code });
    await expect(approve(authorization, { email: "gil@example.com", device_code })).rejects.toThrow(/^409 /);
  });
});
