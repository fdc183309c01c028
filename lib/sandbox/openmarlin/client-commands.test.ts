import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningSandbox, startSandbox } from "#lib/sandbox/server.ts";
import { control } from "#lib/sandbox/testing.ts";

/**
 * The commands of the published client, in the order in which a person would give them: written down again from what the
 * contract says it sends and cannot do without, over plain sockets, with no code of ours in between.
 */
let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({
    settings: { openmarlin: { taskQueuedMs: 20, taskRunningMs: 40, creditDelayMs: 30 } },
  });
});
afterAll(() => sandbox.close());

// biome-ignore lint/suspicious/noExplicitAny: a plain client looks into whatever came.
type Json = any;

interface Answer {
  status: number;
  /** Names as they came over the wire: the client's parser of streams takes `content-type` in lower case only. */
  headers: Map<string, string>;
  text: string;
}

function send(method: string, path: string, secret: string | null, body?: object): Promise<Answer> {
  const payload = body === undefined ? "" : JSON.stringify(body);
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${sandbox.openmarlin.port}`,
    "Accept: application/json",
    "Accept-Encoding: identity",
    "User-Agent: Python-urllib/3.12",
    "Connection: close",
    ...(secret === null ? [] : [`Authorization: Bearer ${secret}`]),
    ...(body === undefined ? [] : ["Content-Type: application/json", `Content-Length: ${Buffer.byteLength(payload)}`]),
  ];
  return new Promise((resolve, reject) => {
    const socket = connect(sandbox.openmarlin.port, "127.0.0.1");
    const pieces: Buffer[] = [];
    socket.on("data", (piece) => pieces.push(piece));
    socket.on("error", reject);
    socket.on("end", () => resolve(answerIn(Buffer.concat(pieces))));
    socket.end(`${lines.join("\r\n")}\r\n\r\n${payload}`);
  });
}

function answerIn(bytes: Buffer): Answer {
  const cut = bytes.indexOf("\r\n\r\n");
  const [status = "", ...fields] = bytes.subarray(0, cut).toString().split("\r\n");
  const headers = new Map(fields.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
  const rest = bytes.subarray(cut + 4);
  const text = headers.get("transfer-encoding") === "chunked" ? unchunked(rest) : rest.toString();
  return { status: Number(status.split(" ")[1]), headers, text };
}

function unchunked(bytes: Buffer): string {
  const pieces: Buffer[] = [];
  let rest = bytes;
  for (;;) {
    const line = rest.indexOf("\r\n");
    const length = Number.parseInt(rest.subarray(0, line).toString(), 16);
    if (!(length > 0)) return Buffer.concat(pieces).toString();
    pieces.push(rest.subarray(line + 2, line + 2 + length));
    rest = rest.subarray(line + 2 + length + 2);
  }
}

/** Any 2xx is a success; everything else is an error with its code in one of two places. */
async function command(method: string, path: string, secret: string | null, body?: object): Promise<Json> {
  const { status, text } = await send(method, path, secret, body);
  const json = JSON.parse(text);
  if (status >= 400) throw Object.assign(new Error(json.error_code ?? json.error), { status, json });
  return json;
}

/** Polls as the client does, only faster. */
async function watch(path: string, secret: string | null, field: string, ends: string[]): Promise<Json> {
  for (let i = 0; i < 200; i += 1) {
    const answer = await command("GET", path, secret);
    if (ends.includes(answer[field])) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`It still is not ${ends.join(" or ")}.`);
}

describe("the client", () => {
  let secret: string;
  let workspaceId: string;

  it("registers: create, status, watch, key bootstrap", async () => {
    expect((await send("GET", "/openapi.json", null)).status).toBe(200);
    const created = await command("POST", "/v1/registration/sessions", null, {
      provider: "workos",
      auth_flow: "device",
    });
    const path = `/v1/registration/sessions/${created.registration_session_id}`;
    const shown = await command("GET", path, null);
    expect([shown.state, shown.handoff.type]).toEqual(["pending_external_auth", "device"]);
    const page = new URL(shown.handoff.authorization_url).pathname.split("/").at(-1);
    const watching = watch(path, null, "state", ["completed", "expired"]);
    await control(sandbox, "POST", `/openmarlin/authorizations/${page}/approve`, {
      email: "skipper@example.com",
      device_code: shown.handoff.device_code,
    });
    const completed = await watching;
    expect(completed.state).toBe("completed");
    const issued = await command("POST", `${path}/api-keys`, null, {
      device_code: completed.handoff.device_code,
      label: "OpenClaw bootstrap",
    });
    secret = issued.secret;
    workspaceId = completed.completion.workspace.workspace_id;
    expect(issued.api_key).toMatchObject({ workspace_id: workspaceId, status: "active", last_used_at: null });
    expect(secret).toMatch(/^claw_wsk_/);
  });

  it("lists models, each an exact ref with its providers", async () => {
    const { data } = await command("GET", "/v1/models", secret);
    for (const { id, providers } of data) {
      expect(id).toMatch(/^[^/]+\/.+$/);
      for (const { provider_id, model_providers, labels } of providers) {
        expect([typeof provider_id, Array.isArray(model_providers), typeof labels]).toEqual(["string", true, "object"]);
      }
    }
  });

  it("executes, in one piece and streamed", async () => {
    const order = { instruction: "[[words 4]]", kind: "agent_run", stream: false, model: "harbour/beacon-mini" };
    const whole = await command("POST", "/v1/executions", secret, order);
    expect([typeof whole.request_id, whole.output]).toEqual(["string", "w1 w2 w3 w4"]);
    const streamed = await send("POST", "/v1/executions", secret, { ...order, stream: true });
    // Without this exact spelling the client prints the stream as it is.
    expect(streamed.headers.get("content-type")).toMatch(/^text\/event-stream/);
    const names = [...streamed.text.matchAll(/^event: (.+)$/gm)].map(([, name]) => name);
    expect([names[0], names.at(-1), new Set(names).size]).toEqual(["execution.start", "execution.end", 3]);
    for (const [, data = ""] of streamed.text.matchAll(/^data: (.+)$/gm))
      expect(typeof JSON.parse(data)).toBe("object");
  });

  it("submits a task, asks for its status, watches it, and repeats it with the same key", async () => {
    const order = {
      kind: "video",
      input: { prompt: "Waves at dusk", duration_ms: 5000, aspect_ratio: "16:9" },
      idempotency_key: `openclaw-task-${"0123456789abcdef".repeat(2)}`,
    };
    const submitted = await command("POST", "/v1/tasks", secret, order);
    const path = `/v1/tasks/${submitted.task_id}`;
    expect(["queued", "running", "succeeded"]).toContain((await command("GET", path, secret)).status);
    const done = await watch(path, secret, "status", ["succeeded", "failed"]);
    expect([done.status, done.workspace_id]).toEqual(["succeeded", workspaceId]);
    const { pathname } = new URL((done.output ?? done.metadata).artifact_url);
    const video = await send("GET", pathname, null);
    expect([video.status, video.headers.get("content-type")]).toEqual([200, "video/webm"]);
    expect((await command("POST", "/v1/tasks", secret, order)).task_id).toBe(submitted.task_id);
    const other = { ...order, input: { prompt: "Something else" } };
    await expect(command("POST", "/v1/tasks", secret, other)).rejects.toThrow("idempotency_conflict");
  });

  it("meets the 402 and tops up the shortfall: create, status, watch, balance", async () => {
    const order = { instruction: "hello", model: "lighthouse/keeper" };
    const refusal = await command("POST", "/v1/executions", secret, order).catch((error) => error);
    expect([refusal.status, refusal.message]).toEqual([402, "insufficient_balance"]);
    const { current_balance, required_balance, workspace_id } = refusal.json;
    expect([current_balance.unit, workspace_id]).toEqual([required_balance.unit, workspaceId]);
    const shortfall = Math.max(required_balance.amount - current_balance.amount, 0);
    const created = await command("POST", "/v1/topup/sessions", secret, { amount: shortfall });
    expect([created.workspace_id, created.status]).toEqual([workspaceId, "pending_payment"]);
    const path = `/v1/topup/sessions/${created.topup_session_id}`;
    expect((await command("GET", path, secret)).status).toBe("pending_payment");
    const watching = watch(path, secret, "status", ["credit_applied", "payment_failed"]);
    const page = new URL(created.checkout_url).pathname.split("/").at(-1);
    await control(sandbox, "POST", `/openmarlin/checkouts/${page}/pay`);
    expect((await watching).status).toBe("credit_applied");
    const { available_balance } = await command("GET", "/v1/balance", secret);
    expect(available_balance).toEqual({ amount: required_balance.amount, unit: required_balance.unit });
    expect((await command("POST", "/v1/executions", secret, { ...order, instruction: "[[words 1]]" })).output).toBe(
      "w1",
    );
  });

  it("shows the activity and the referral", async () => {
    const usage = (await command("GET", "/v1/usage-events", secret)).data;
    const ledger = (await command("GET", "/v1/ledger", secret)).data;
    const newest = usage
      .toSorted((a: Json, b: Json) => Date.parse(b.created_at) - Date.parse(a.created_at))
      .slice(0, 10);
    expect(newest.map(({ capability }: Json) => capability).sort()).toEqual([
      "agent_run",
      "agent_run",
      "agent_run",
      "video",
    ]);
    const debits = newest.map((event: Json) => event.settlement.convertedFinalDebit.amount);
    expect(debits.sort()).toEqual([0.4, 0.4, 3, 3.5]);
    expect(ledger.map(({ type }: Json) => type)).toContain("topup_credit");
    expect((await command("GET", "/v1/balance", secret)).available_balance.amount).toBe(0);
    const { referral_code, summary } = await command("GET", "/v1/referrals/me", secret);
    expect(typeof referral_code).toBe("string");
    for (const count of [summary.signed_up_count, summary.qualified_count, summary.rewarded_count])
      expect(Number.isInteger(count)).toBe(true);
  });
});
