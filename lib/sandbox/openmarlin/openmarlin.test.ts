import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { audited, type Json, join, memberWith } from "#lib/sandbox/openmarlin/openmarlin.testing.ts";
import { type RunningSandbox, type SandboxOptions, startSandbox } from "#lib/sandbox/server.ts";
import { call, control, open } from "#lib/sandbox/testing.ts";

/** Every endpoint that needs a key, with an id of nobody. */
const keyed: [string, string][] = [
  ["GET", "/v1/models"],
  ["POST", "/v1/executions"],
  ["POST", "/v1/tasks"],
  ["GET", "/v1/tasks/task_x"],
  ["GET", "/v1/balance"],
  ["POST", "/v1/topup/sessions"],
  ["GET", "/v1/topup/sessions/topup_x"],
  ["GET", "/v1/usage-events"],
  ["GET", "/v1/ledger"],
  ["GET", "/v1/referrals/me"],
];

describe("the server", () => {
  let sandbox: RunningSandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());

  it("has an origin of its own, and no control endpoint there", async () => {
    expect(sandbox.openmarlin.url).toBe(`http://127.0.0.1:${sandbox.openmarlin.port}`);
    expect(sandbox.openmarlin.port).not.toBe(sandbox.port);
    const headers = { authorization: `Bearer ${sandbox.controlToken}` };
    expect((await call(sandbox.openmarlin, "/__control", { headers })).status).toBe(404);
  });

  it("describes itself to everybody", async () => {
    const answer = await call(sandbox.openmarlin, "/openapi.json");
    expect(answer.status).toBe(200);
    const { openapi, paths } = JSON.parse(answer.body);
    expect(openapi).toBe("3.1.0");
    expect(Object.keys(paths).sort()).toEqual([
      "/v1/balance",
      "/v1/executions",
      "/v1/ledger",
      "/v1/models",
      "/v1/referrals/me",
      "/v1/registration/sessions",
      "/v1/registration/sessions/{id}",
      "/v1/registration/sessions/{id}/api-keys",
      "/v1/tasks",
      "/v1/tasks/{id}",
      "/v1/topup/sessions",
      "/v1/topup/sessions/{id}",
      "/v1/usage-events",
    ]);
  });

  it("spells all header names in lower case, in answers of every kind", async () => {
    const { secret } = await join(sandbox);
    const headers = { authorization: `Bearer ${secret}` };
    const body = { instruction: "[[words 1]]" };
    await control(sandbox, "POST", "/faults", {
      match: { path: "/v1/ledger" },
      faults: [{ kind: "status", status: 500, body: { error: "x" } }],
    });
    for (const response of [
      await open(sandbox.openmarlin, "/v1/balance", { headers }),
      await open(sandbox.openmarlin, "/v1/balance"),
      await open(sandbox.openmarlin, "/v1/ledger", { headers }),
      await open(sandbox.openmarlin, "/v1/executions", { headers, body }),
      await open(sandbox.openmarlin, "/v1/executions", { headers, body: { ...body, stream: true } }),
    ]) {
      const names = response.rawHeaders.filter((_, index) => index % 2 === 0);
      expect(names).toContain("content-type");
      expect(names).toEqual(names.map((name) => name.toLowerCase()));
      response.resume();
    }
  });

  it("keeps a connection, or closes it when asked to", async () => {
    const socket = connect(sandbox.openmarlin.port, "127.0.0.1");
    let heard = "";
    socket.on("data", (piece) => {
      heard += piece;
    });
    const get = (connection: string) =>
      socket.write(`GET /v1/balance HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\n\r\n`);
    get("keep-alive");
    get("close");
    await once(socket, "end");
    expect(heard.match(/HTTP\/1\.1 401/g)).toHaveLength(2);
    expect(heard).toMatch(/connection: keep-alive[\s\S]*connection: close/);
  });

  it.each(keyed)("answers %s %s only to a key that is in order", async (method, path) => {
    const member = await join(sandbox);
    const ask = async (authorization?: string) => {
      const answer = await call(sandbox.openmarlin, path, {
        method,
        ...(authorization === undefined ? {} : { headers: { authorization } }),
      });
      return [answer.status, JSON.parse(answer.body)];
    };
    const bearer = `Bearer ${member.secret}`;
    expect(await ask()).toEqual([401, { error: "missing_api_key" }]);
    expect(await ask("Bearer ")).toEqual([401, { error: "missing_api_key" }]);
    expect(await ask(`Basic ${member.secret}`)).toEqual([401, { error: "missing_api_key" }]);
    expect(await ask(`${bearer}0`)).toEqual([401, { error: "invalid_api_key" }]);
    expect((await ask(bearer))[1]).not.toEqual({ error: expect.stringMatching(/api_key/) });

    const workspace = `/openmarlin/workspaces/${member.workspaceId}`;
    for (const missing of ["workspace", "account"]) {
      await control(sandbox, "PATCH", workspace, { missing });
      expect(await ask(bearer)).toEqual([403, { error: `${missing}_missing` }]);
    }
    await control(sandbox, "PATCH", workspace, { missing: null });
    await control(sandbox, "PATCH", `/openmarlin/keys/${member.keyId}`, { status: "inactive" });
    expect(await ask(bearer)).toEqual([403, { error: "api_key_inactive" }]);
  });

  it.each<[string, string, number, string]>([
    ["GET", "/", 404, "not_found"],
    ["GET", "/v1", 404, "not_found"],
    ["POST", "/invoke", 404, "not_found"],
    ["POST", "/v1/chat/completions", 404, "not_found"],
    ["POST", "/v1/registration/sessions/regs_x/callback", 404, "not_found"],
    ["GET", "/v1/executions", 405, "method_not_allowed"],
    ["DELETE", "/v1/topup/sessions/topup_x", 405, "method_not_allowed"],
  ])("has no %s %s", async (method, path, status, error) => {
    const answer = await call(sandbox.openmarlin, path, { method });
    expect([answer.status, JSON.parse(answer.body)]).toEqual([status, { error }]);
  });

  it("refuses a body that is too large", async () => {
    const member = await join(sandbox);
    const answer = await member.ask("/v1/executions", { instruction: "a".repeat(1_000_001) }).catch((error) => error);
    // Whether the answer is read before the connection ends is a race that real clients lose too.
    if (answer instanceof Error) expect(answer.message).toMatch(/EPIPE|ECONNRESET|hang up/);
    else expect(answer).toMatchObject({ status: 413, body: '{"error":"payload_too_large"}' });
    expect(await audited(member)).toBe(5);
  });

  it("never shows a secret or a credential in its log", async () => {
    const member = await join(sandbox);
    await member.ask("/v1/executions", { instruction: "[[words 1]]" });
    const log = JSON.stringify(await control(sandbox, "GET", "/requests"));
    expect(log).toContain('"upstream":"openmarlin"');
    expect(log).not.toContain(member.secret);
    const overview = await control(sandbox, "GET", "/openmarlin");
    expect(overview.prices["harbour/beacon"]).toEqual({ amount: 1.2, unit: "credits" });
    expect(JSON.stringify(overview)).not.toContain(member.secret);
  });

  it.each<[string, string, unknown, string]>([
    ["GET", "/openmarlin/nope", undefined, "404"],
    ["GET", "/openmarlin/checkouts", undefined, "404"],
    ["POST", "/openmarlin/checkouts/x/pay/more", {}, "404"],
    ["POST", "/openmarlin/checkouts/x/pay", {}, "404"],
    ["POST", "/openmarlin/tasks/x/finish", {}, "404"],
    ["PATCH", "/openmarlin/keys/x", { status: "inactive" }, "404"],
    ["PATCH", "/openmarlin/workspaces/x", {}, "404"],
    ["POST", "/openmarlin/workspaces", { email: "nobody" }, "400"],
    ["POST", "/openmarlin/workspaces", { email: "a@example.com", credits: 0.001 }, "400"],
    ["PATCH", "/settings", { openmarlin: { pagesOrigin: "http://localhost:3000/" } }, "400"],
    ["PATCH", "/settings", { openmarlin: { startingCredits: -1 } }, "400"],
  ])("refuses the control %s %s %j with %s", async (method, path, body, status) => {
    await expect(control(sandbox, method, path, body)).rejects.toThrow(new RegExp(`^${status} `));
  });

  it("forgets every workspace on a reset that asks for it", async () => {
    const member = await join(sandbox);
    await control(sandbox, "POST", "/reset", {});
    expect(await audited(member)).toBe(5);
    await control(sandbox, "POST", "/reset", { openmarlin: true });
    expect((await member.ask("/v1/balance")).body).toBe('{"error":"invalid_api_key"}');
  });
});

describe("after a restart", () => {
  let folder: string;
  let sandbox: RunningSandbox;
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "sandbox-"));
    sandbox = await start();
  });
  afterEach(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (settings: SandboxOptions["settings"] = {}) =>
    startSandbox({ file: path.join(folder, "sandbox.sqlite"), settings });

  async function restart(settings: SandboxOptions["settings"] = {}): Promise<void> {
    await sandbox.close();
    sandbox = await start(settings);
  }

  const same = (member: { workspaceId: string; keyId: string; secret: string }) =>
    memberWith(sandbox, member.workspaceId, member.keyId, member.secret);

  it("keys, balances and sessions are as they were", async () => {
    const before = await join(sandbox);
    await before.ask("/v1/executions", { instruction: "[[words 1]]", session_key: "k" });
    await restart();
    const member = same(before);
    expect(await audited(member)).toBe(3.8);
    await control(sandbox, "POST", "/faults", {
      match: { path: "/v1/executions" },
      faults: [{ kind: "directive", text: "[[slow 0]]" }],
    });
    const { output } = await member.json("/v1/executions", { instruction: "hello", session_key: "k" });
    expect(output).toContain("turns=2");
  });

  it("a registration goes on between its approval and its key", async () => {
    const made = await call(sandbox.openmarlin, "/v1/registration/sessions", {
      body: { provider: "workos", auth_flow: "device" },
    });
    const { registration_session_id: id, handoff } = JSON.parse(made.body);
    const authorization = handoff.authorization_url.split("/").at(-1);
    await restart();
    const { device_code } = handoff;
    await control(sandbox, "POST", `/openmarlin/authorizations/${authorization}/approve`, {
      email: "ada@example.com",
      device_code,
    });
    await restart();
    const session = await call(sandbox.openmarlin, `/v1/registration/sessions/${id}`);
    expect(JSON.parse(session.body).state).toBe("completed");
    const issued = await call(sandbox.openmarlin, `/v1/registration/sessions/${id}/api-keys`, {
      body: { device_code },
    });
    expect(issued.status).toBe(201);
  });

  it("credit comes once for what was paid before, also while nobody was there", async () => {
    const before = await join(sandbox);
    const pay = async (credit_delay_ms: number | null) => {
      const session = await before.json("/v1/topup/sessions", { amount: 3 });
      const id = session.checkout_url.split("/").at(-1);
      await control(sandbox, "POST", `/openmarlin/checkouts/${id}/pay`, { credit_delay_ms });
      return { path: `/v1/topup/sessions/${session.topup_session_id}`, id };
    };
    const soon = await pay(30);
    const late = await pay(null);
    await sandbox.close();
    await new Promise((resolve) => setTimeout(resolve, 40));
    sandbox = await start();
    const member = same(before);
    expect((await member.json(soon.path)).status).toBe("credit_applied");
    expect((await member.json(late.path)).status).toBe("pending_payment");
    await control(sandbox, "POST", `/openmarlin/checkouts/${late.id}/credit`);
    await restart();
    expect(await audited(same(before))).toBe(11);
  });

  it("a task goes on, with the times it had, and its video has the new address", async () => {
    const before = await join(sandbox);
    await control(sandbox, "PATCH", "/settings", { openmarlin: { taskQueuedMs: 0, taskRunningMs: 30 } });
    const { task_id } = await before.json("/v1/tasks", { kind: "video", input: { prompt: "x" }, idempotency_key: "k" });
    await sandbox.close();
    await new Promise((resolve) => setTimeout(resolve, 40));
    sandbox = await start();
    const member = same(before);
    const task = await member.json(`/v1/tasks/${task_id}`);
    expect(task.status).toBe("succeeded");
    expect(Date.parse(task.completed_at) - Date.parse(task.started_at)).toBe(30);
    expect((await fetch(task.output.artifact_url)).status).toBe(200);
    const again = await member.json("/v1/tasks", { kind: "video", input: { prompt: "x" }, idempotency_key: "k" });
    expect(again.task_id).toBe(task_id);
    expect(await audited(member)).toBe(2);
  });

  it("an execution that was going on has failed and costs nothing", async () => {
    const before = await join(sandbox);
    const response = await open(sandbox.openmarlin, "/v1/executions", {
      headers: { authorization: `Bearer ${before.secret}` },
      body: { instruction: "[[hang]]", stream: true },
    });
    response.on("error", () => {});
    await once(response, "data");
    expect(await audited(before)).toBe(3.8);
    await restart();
    const member = same(before);
    expect(await audited(member)).toBe(5);
    expect((await member.json("/v1/usage-events")).data.map(({ status }: Json) => status)).toEqual(["failed"]);
  });

  it("an execution in a process that was killed has failed and costs nothing", async () => {
    await sandbox.close();
    const child = spawn(
      process.execPath,
      ["--conditions=react-server", "--no-warnings", fileURLToPath(import.meta.resolve("#lib/sandbox/main.ts"))],
      {
        env: {
          PATH: process.env["PATH"],
          NODE_ENV: "test",
          SANDBOX_FILE: path.join(folder, "sandbox.sqlite"),
          SANDBOX_TOKEN: "gateway-token",
          SANDBOX_CONTROL_TOKEN: "control-token",
        },
        stdio: ["ignore", "pipe", "inherit", "ipc"],
      },
    );
    const [{ port, openmarlinPort }] = await once(child, "message");
    const made = await fetch(`http://127.0.0.1:${port}/__control/openmarlin/workspaces`, {
      method: "POST",
      headers: { authorization: "Bearer control-token" },
      body: JSON.stringify({ email: "ada@example.com" }),
    });
    const { workspace_id, key_id, secret } = await made.json();
    const execution = await fetch(`http://127.0.0.1:${openmarlinPort}/v1/executions`, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}` },
      body: JSON.stringify({ instruction: "[[hang]]", stream: true }),
    });
    expect(execution.status).toBe(200);
    const broken = expect(execution.text()).rejects.toThrow();
    child.kill("SIGKILL");
    await Promise.all([once(child, "exit"), broken]);
    sandbox = await start();
    const member = memberWith(sandbox, workspace_id, key_id, secret);
    expect(await audited(member)).toBe(5);
    expect((await member.json("/v1/ledger")).data.map(({ type }: Json) => type)).toEqual([
      "signup_grant",
      "usage_debit",
      "usage_reversal",
    ]);
  });

  it("the pages are at the app's new address", async () => {
    const before = await join(sandbox);
    const { topup_session_id } = await before.json("/v1/topup/sessions", { amount: 3 });
    await restart({ openmarlin: { pagesOrigin: "https://app.example.com" } });
    expect((await same(before).json(`/v1/topup/sessions/${topup_session_id}`)).checkout_url).toMatch(
      /^https:\/\/app\.example\.com\/sandbox\/openmarlin\/checkout\/cs_sandbox_/,
    );
  });
});
