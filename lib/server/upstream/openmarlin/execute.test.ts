import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import type { UpstreamEvent } from "#lib/shared/chat/events.ts";
import { isAppError } from "#lib/shared/errors.ts";
import { executionRequest } from "#lib/shared/openmarlin/execution-request.ts";
import type { ExecutionRouting } from "#lib/shared/openmarlin/types.ts";
import { execute } from "./execute.ts";
import { connectionTo, scriptedServer, sendJson } from "./testing.ts";

const frame = (name: string, data: unknown) => `event: execution.${name}\ndata: ${JSON.stringify(data)}\n\n`;

function stream(response: ServerResponse, ...frames: string[]): ServerResponse {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(frames.join(""));
  return response;
}

/** Runs one execution on a server that answers like this: what was said, and how it ended. */
async function run(answer: (response: ServerResponse) => unknown, routing: ExecutionRouting = {}, limits = {}) {
  const server = await scriptedServer((_request, response) => answer(response));
  const events: UpstreamEvent[] = [];
  const body = executionRequest(routing, { model: null, instruction: "Say it.", sessionKey: "breakwater:web:00" });
  const { signal } = new AbortController();
  const ended = await execute(
    { connection: connectionTo(server.origin), key: "claw_wsk_test", body, signal, limits },
    (news) => events.push(...news),
  ).then(
    () => null,
    (error: unknown) => (isAppError(error) ? error : Promise.reject(error)),
  );
  const text = events.map((event) => (event.type === "delta" ? event.text : "")).join("");
  return { text, events, code: ended?.code ?? null, facts: ended?.facts, server };
}

describe("a streamed execution", () => {
  it.each(["delta", "text", "chunk", "content", "output"])("is read with its text in %s", async (field) => {
    const { text, code, events } = await run((response) =>
      stream(
        response,
        frame("start", { request_id: "req_1" }),
        frame("chunk", { [field]: "A wall " }),
        frame("chunk", { [field]: "in the sea." }),
        frame("end", { request_id: "req_1", output: "A wall in the sea." }),
      ).end(),
    );
    expect({ text, code }).toEqual({ text: "A wall in the sea.", code: null });
    expect(events).toContainEqual({ type: "reference", requestId: "req_1" });
    expect(events.at(-1)).toEqual({ type: "finish", reason: "stop" });
  });

  it.each([
    ["text only at the end", [frame("end", { output: { text: "late" } })], "late", null],
    ["nested text", [frame("chunk", { delta: { content: [{ text: "deep" }] } }), frame("end", {})], "deep", null],
    ["plain string data", [frame("chunk", "bare"), frame("end", {})], "bare", null],
    [
      "names inside the data",
      ['data: {"type":"execution.chunk","text":"in"}\n\ndata: {"type":"execution.end"}\n\n'],
      "in",
      null,
    ],
    ["unknown events", [frame("warmup", {}), frame("chunk", { text: "x" }), frame("end", {})], "x", null],
    ["no end", [frame("start", {}), frame("chunk", { text: "half" })], "half", "openmarlin_cut"],
    ["no text", [frame("start", {}), frame("end", {})], "", "openmarlin_empty"],
    [
      "no JSON",
      [frame("chunk", { text: "a" }), "event: execution.chunk\ndata: {oops\n\n"],
      "a",
      "openmarlin_malformed",
    ],
    ["bytes that are not UTF-8", [frame("chunk", { text: "a" })], "a", "openmarlin_malformed"],
    [
      "an error",
      [frame("chunk", { text: "a" }), frame("error", { error: "provider_unavailable" })],
      "a",
      "openmarlin_provider_unavailable",
    ],
    ["an unknown error", [frame("error", { error: { message: "odd" } })], "", "openmarlin_failed"],
  ])("with %s ends honestly", async (what, frames, text, code) => {
    const answered = await run((response) => {
      stream(response, ...frames);
      if (what.startsWith("bytes")) response.write(Buffer.from([0x64, 0xff, 0xfe, 10, 10]));
      response.end();
    });
    expect({ text: answered.text, code: answered.code }).toEqual({ text, code });
  });

  it("that is out of credit waits only if nothing was said before", async () => {
    const short = {
      error_code: "insufficient_balance",
      current_balance: { amount: 1, unit: "credits" },
      required_balance: { amount: 2.5, unit: "credits" },
    };
    const before = await run((response) => stream(response, frame("error", short)).end());
    expect(before).toMatchObject({ code: "insufficient_balance", facts: { shortfall: "1.5" } });
    const after = await run((response) => stream(response, frame("chunk", { text: "a" }), frame("error", short)).end());
    expect(after.code).toBe("openmarlin_failed");
  });

  it("that falls silent or never begins is given up", async () => {
    const silent = await run((response) => stream(response, frame("chunk", { text: "a" })), {}, { idleMs: 60 });
    expect(silent).toMatchObject({ text: "a", code: "openmarlin_idle_timeout" });
    const mute = await run(() => {}, {}, { firstByteMs: 60 });
    expect(mute.code).toBe("openmarlin_timeout");
  });
});

describe("an execution that is not streamed", () => {
  it.each([
    ["a string", { output: "whole" }, "whole"],
    ["an object", { output: { text: "inside" } }, "inside"],
    ["streamed_text", { output: null, streamed_text: "kept" }, "kept"],
    ["a number", { output: 42 }, "42"],
    ["foreign JSON", { output: { rows: 2 } }, '```json\n{\n  "rows": 2\n}\n```'],
  ])("is read with %s as output", async (_what, answer, text) => {
    const { server, ...read } = await run((response) => sendJson(response, 200, { request_id: "r", ...answer }), {
      stream: false,
    });
    expect(read).toMatchObject({ text, code: null });
    expect(server.requests[0]?.body).toMatchObject({ stream: false });
  });

  it("is never a web page", async () => {
    const { code, text } = await run((response) =>
      response.writeHead(200, { "content-type": "text/html" }).end("<h1>Hello</h1>"),
    );
    expect({ code, text }).toEqual({ code: "openmarlin_malformed", text: "" });
  });
});

describe("a refusal", () => {
  it.each([
    [401, { error: "missing_api_key" }, "openmarlin_key_invalid"],
    [403, { error: "api_key_inactive" }, "openmarlin_key_inactive"],
    [403, { error: "workspace_missing" }, "openmarlin_workspace_missing"],
    [403, { error: "account_missing" }, "openmarlin_account_missing"],
    [400, { error: "invalid_routing_labels" }, "openmarlin_labels_invalid"],
    [503, { error: "provider_unavailable" }, "openmarlin_provider_unavailable"],
    [409, { error: "provider_label_mismatch" }, "openmarlin_labels_mismatch"],
    [404, { error: "execution_provider_not_found" }, "openmarlin_provider_unknown"],
    [409, { error: "execution_provider_ambiguous" }, "openmarlin_provider_ambiguous"],
    [400, { error: "execution_kind_not_available" }, "openmarlin_kind_unavailable"],
    [400, { error: "task_executor_not_found" }, "openmarlin_no_task_executor"],
    [409, { error: "idempotency_conflict" }, "openmarlin_idempotency_conflict"],
    [400, { error: "invalid_request" }, "openmarlin_request_invalid"],
    [422, { error: "of a later release" }, "openmarlin_refused"],
    [404, { error: "unheard_of" }, "openmarlin_not_found"],
    [429, {}, "openmarlin_rate_limited"],
    [500, { error: "internal_error" }, "openmarlin_failed"],
    [402, { error_code: "insufficient_balance", current_balance: 3 }, "insufficient_balance"],
    [302, {}, "openmarlin_malformed"],
  ])("of status %i with %o is %s", async (status, body, code) => {
    expect((await run((response) => sendJson(response, status, body))).code).toBe(code);
  });

  it("for want of credit carries the exact amounts", async () => {
    const { facts } = await run((response) =>
      sendJson(response, 402, {
        error_code: "insufficient_balance",
        message: "no",
        workspace_id: "ws_1",
        current_balance: { amount: 0.3, unit: "credits" },
        required_balance: { amount: 1.205, unit: "credits" },
      }),
    );
    expect(facts).toEqual({ current: "0.3", required: "1.205", shortfall: "0.905", topUp: "0.91", unit: "credits" });
  });

  it("from nobody, and a broken connection, are told apart", async () => {
    const cut = await run((response) => response.destroy());
    expect(cut.code).toBe("openmarlin_cut");
    const gone = execute(
      {
        connection: connectionTo("http://127.0.0.1:9"),
        key: "k",
        body: {},
        signal: new AbortController().signal,
      },
      () => {},
    );
    await expect(gone).rejects.toMatchObject({ code: "openmarlin_unreachable" });
  });
});

describe("the request", () => {
  it("carries what was set and nothing else, JSON both ways", async () => {
    const routing = {
      providerId: "prov_1",
      labels: { region: "eu" },
      timeoutMs: 5000,
      metadata: { a: 1 },
      agentId: "x",
    };
    const { server } = await run((response) => sendJson(response, 200, { output: "ok" }), routing);
    const [request] = server.requests;
    expect(request?.headers).toMatchObject({
      accept: "application/json",
      authorization: "Bearer claw_wsk_test",
      "content-type": "application/json",
      "accept-encoding": "identity",
    });
    expect(request?.body).toEqual({
      kind: "agent_run",
      instruction: "Say it.",
      stream: true,
      session_key: "breakwater:web:00",
      provider_id: "prov_1",
      labels: { region: "eu" },
      timeout_ms: 5000,
      metadata: { a: 1 },
      agent_id: "x",
    });
  });
});
