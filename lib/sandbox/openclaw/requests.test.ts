import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningSandbox, startSandbox } from "#lib/sandbox/server.ts";
import { call, chat, control, said } from "#lib/sandbox/testing.ts";

const png =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ settings: { openclaw: { agents: ["main", "research"] } } });
});
afterAll(() => sandbox.close());

function ask(path: string, body?: unknown, headers: Record<string, string> = {}) {
  return call(sandbox, path, {
    headers: { authorization: `Bearer ${sandbox.token}`, ...headers },
    ...(body === undefined ? {} : { body }),
  });
}

const user = [{ role: "user", content: "hi" }];
const several = /^Multiple agents are configured, but this operation has no explicit owner\./;

describe("a chat request that is not valid", () => {
  it.each<[string, unknown, string | RegExp]>([
    ["no model among several agents", { messages: user }, several],
    ["an empty body", "", several],
    ["an array", [], ": Invalid input: expected object, received array"],
    [
      "messages that are a string",
      { model: "openclaw/main", messages: "hi" },
      "messages: Invalid input: expected array, received string",
    ],
    [
      "a stream that is a string",
      { model: "openclaw/main", messages: user, stream: "yes" },
      "stream: Invalid input: expected boolean, received string",
    ],
    [
      "a model that is a number",
      { model: 5, messages: user },
      "model: Invalid input: expected string, received number",
    ],
    [
      "a user that is a number",
      { model: "openclaw/main", messages: user, user: 7 },
      "user: Invalid input: expected string, received number",
    ],
    [
      "no room for an answer",
      { model: "openclaw/main", messages: user, max_tokens: 0 },
      "max_tokens: Too small: expected number to be >0",
    ],
    [
      "too much heat",
      { model: "openclaw/main", messages: user, temperature: 3 },
      "`temperature` must be between 0 and 2.",
    ],
    [
      "five stops",
      { model: "openclaw/main", messages: user, stop: ["a", "b", "c", "d", "e"] },
      "Invalid stop: stop supports at most 4 sequences",
    ],
    ["no messages", { model: "openclaw/main" }, "Missing user message in `messages`."],
    [
      "a message without content",
      { model: "openclaw/main", messages: [{ role: "user" }] },
      "Missing user message in `messages`.",
    ],
    ["a message that is a string", { model: "openclaw/main", messages: ["x"] }, "Missing user message in `messages`."],
    [
      "somebody else's model",
      { model: "gpt-5.4", messages: user },
      "Invalid `model`. Use `openclaw` or `openclaw/<agentId>`.",
    ],
    ["an unknown agent", { model: "openclaw/nope", messages: user }, "Unknown agent 'nope'."],
  ])("%s", async (_, body, message) => {
    const answer = await ask("/v1/chat/completions", body);
    expect(answer.status).toBe(400);
    const { error } = JSON.parse(answer.body);
    expect(error.type).toBe("invalid_request_error");
    if (message instanceof RegExp) expect(error.message).toMatch(message);
    else expect(error.message).toBe(message);
  });

  it("is too large beyond 20 MB, and the connection closes", async () => {
    const answer = await ask("/v1/chat/completions", "a".repeat(21 * 1024 * 1024)).catch((error: Error) => error);
    // Whether the answer is read before the reset is a race that real clients lose too.
    if (answer instanceof Error) expect(answer.message).toMatch(/EPIPE|ECONNRESET|socket hang up/);
    else expect(answer).toMatchObject({ status: 413, headers: { connection: "close" } });
    expect((await chat(sandbox, "main", "hello")).status).toBe(200);
  });
});

describe("what is accepted", () => {
  it("takes the agent from a header before the model, and says the model as sent", async () => {
    const answer = await ask(
      "/v1/chat/completions",
      { model: "openclaw", messages: user },
      { "x-openclaw-agent-id": "research" },
    );
    expect(JSON.parse(answer.body)).toMatchObject({
      model: "openclaw",
      choices: [{ message: { content: /say: hi/ } }],
    });
    const unknown = await ask(
      "/v1/chat/completions",
      { model: "openclaw", messages: user },
      { "x-openclaw-agent-id": "nope" },
    );
    expect(JSON.parse(unknown.body).error.message).toBe("Unknown agent 'nope'.");
  });

  it.each(["OPENCLAW/MAIN", "openclaw:main", "agent:main"])("takes %s for the agent main", async (model) => {
    const answer = await ask("/v1/chat/completions", { model, messages: user, foo: 1, n: 2 });
    expect(JSON.parse(answer.body)).toMatchObject({ model, usage: { total_tokens: 37 } });
  });

  it("uses another backend model of its provider, known or not", async () => {
    const other = await ask(
      "/v1/chat/completions",
      { model: "openclaw/main", messages: user },
      { "x-openclaw-model": "stub/new" },
    );
    expect(said(other)).toContain("stub(new)");
    const bare = await ask(
      "/v1/chat/completions",
      { model: "openclaw/main", messages: user },
      { "x-openclaw-model": "stub-2" },
    );
    expect(said(bare)).toContain("stub(stub-2)");
  });
});

describe("images", () => {
  const send = (parts: unknown[], headers = {}) =>
    ask("/v1/chat/completions", { model: "openclaw/main", messages: [{ role: "user", content: parts }] }, headers);
  const image = (url: unknown) => ({ type: "image_url", image_url: url });
  const text = { type: "text", text: "look" };

  it.each<[string, unknown[]]>([
    ["a remote address", [text, image({ url: "https://example.com/a.png" })]],
    ["an SVG", [text, image({ url: "data:image/svg+xml;base64,PHN2Zy8+" })]],
    ["no base64", [text, image({ url: "data:image/png;base64,!!!" })]],
    ["nine of them", [text, ...Array.from({ length: 9 }, () => image({ url: png }))]],
    ["more than 10 MB", [text, image({ url: `data:image/png;base64,${"A".repeat(14_000_000)}` })]],
  ])("refuses %s", async (_, parts) => {
    const answer = await send(parts);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body).error.message).toBe("Invalid image_url content in `messages`.");
  });

  it.each<[string, unknown[], string, object]>([
    ["an image", [text, image({ url: png })], "images=1 say: look", {}],
    ["an address without its object", [text, image(png)], "images=1", {}],
    ["an image alone", [image({ url: png })], "images=1 say: User sent image(s) with no text.", {}],
    ["what is no image", [text, image({ url: "data:image/png;base64,aGVsbG8=" })], "images=0", {}],
    [
      "an image for a model that reads only text",
      [text, image({ url: png })],
      "images=0",
      { "x-openclaw-model": "stub-2" },
    ],
    ["a file, silently ignored", [text, { type: "file", file: { filename: "a.txt" } }], "images=0 say: look", {}],
  ])("accepts %s", async (_, parts, expected, headers) => {
    expect(said(await send(parts, headers))).toContain(expected);
  });
});

describe("who may", () => {
  it("is told by the password in password mode", async () => {
    await control(sandbox, "PATCH", "/settings", { openclaw: { auth: "password" } });
    expect((await ask("/v1/models")).status).toBe(200);
    expect((await call(sandbox, "/v1/models")).status).toBe(401);
    await control(sandbox, "PATCH", "/settings", { openclaw: { auth: "token" } });
  });

  it("is locked out after too many wrong tokens, until the time is over", async () => {
    const strict = await startSandbox({
      settings: { timeScale: 0.005, openclaw: { lockout: { attempts: 2, windowMs: 60_000, lockoutMs: 60_000 } } },
    });
    const models = (token: string) => call(strict, "/v1/models", { headers: { authorization: `Bearer ${token}` } });
    expect((await models("wrong")).status).toBe(401);
    expect((await models("wrong")).status).toBe(401);
    expect(await models(strict.token)).toMatchObject({ status: 429, headers: { "retry-after": "1" } });
    await new Promise((resolve) => setTimeout(resolve, 350));
    expect((await models(strict.token)).status).toBe(200);
    await strict.close();
  });

  it.each(["x-forwarded-for", "x-forwarded-host", "forwarded"])("is never told through %s", async (name) => {
    expect(await ask("/v1/models", undefined, { [name]: "203.0.113.9" })).toMatchObject({
      status: 403,
      body: expect.stringContaining("proxy_attribution_required"),
    });
  });
});

describe("the other endpoints", () => {
  it("serve a page of HTML where an API would say 404", async () => {
    expect(await ask("/nope")).toMatchObject({ status: 200, headers: { "content-type": "text/html; charset=utf-8" } });
    expect(await ask("/nope", {})).toMatchObject({ status: 404, body: "Not Found" });
    expect(await ask("/healthz", {})).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
  });

  it.each<[unknown, string]>([
    [{ model: "openclaw/main" }, "input: Invalid input"],
    [{ model: "openclaw/main", input: [{ role: "user", content: "hi" }] }, "input: Invalid input"],
    [{ input: "x" }, "model: Invalid input: expected string, received undefined"],
    [{ model: "openclaw/main", input: "" }, "Missing user message in `input`."],
    [{ model: "openclaw/main", input: "x", foo: 1 }, ': Unrecognized key: "foo"'],
  ])("refuse %j as a response", async (body, message) => {
    const answer = await ask("/v1/responses", body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body).error.message).toBe(message);
  });

  it("continue a response by its id, and forget unknown ids silently", async () => {
    const first = JSON.parse((await ask("/v1/responses", { model: "openclaw/main", input: "one" })).body);
    const second = await ask("/v1/responses", { model: "openclaw/main", input: "two", previous_response_id: first.id });
    expect(second.body).toContain("turns=2");
    const lost = await ask("/v1/responses", {
      model: "openclaw/main",
      input: "two",
      previous_response_id: "resp_nope",
    });
    expect(lost.body).toContain("turns=1");
  });

  it("tell a failed and a cut response in their own shapes", async () => {
    const failed = await ask("/v1/responses", { model: "openclaw/main", input: "[[http 400]]" });
    expect(failed.status).toBe(400);
    expect(JSON.parse(failed.body)).toMatchObject({
      status: "failed",
      output: [],
      error: { code: "invalid_request_error", message: "400 stub error 400" },
    });
    const cut = await ask("/v1/responses", { model: "openclaw/main", stream: true, input: "[[length]] [[words 2]]" });
    expect([...cut.body.matchAll(/^event: (.*)$/gm)].at(-1)?.[1]).toBe("response.incomplete");
    expect(cut.body).toContain('"incomplete_details":{"reason":"max_output_tokens"}');
  });

  it("make embeddings in both encodings", async () => {
    const answer = await ask("/v1/embeddings", {
      model: "openclaw/main",
      input: "alpha",
      encoding_format: "base64",
      dimensions: 3,
    });
    expect(JSON.parse(answer.body).data[0].embedding).toBe("AAAAP5qZGT8zMzM/");
    expect(JSON.parse((await ask("/v1/embeddings", { input: "alpha" })).body).error.message).toBe("Missing `model`.");
  });

  it("list sessions of every agent, and their messages, to whoever holds the token", async () => {
    await chat(sandbox, "research", "[[words 2]] secret", { session: "agent:research:web:mine" });
    const list = await ask("/tools/invoke", { tool: "sessions_list", args: { limit: 1 }, agentId: "main" });
    expect(JSON.parse(list.body).result.details).toMatchObject({
      count: 1,
      sessions: [{ key: "agent:research:web:mine", agentId: "research", status: "done" }],
      hasMore: true,
      nextOffset: 1,
    });
    const history = await ask("/tools/invoke", {
      tool: "sessions_history",
      args: { sessionKey: "agent:research:web:mine" },
      agentId: "main",
    });
    expect(JSON.parse(history.body).result.details.messages[0]).toMatchObject({
      role: "user",
      content: "[[words 2]] secret",
    });
    const status = await ask("/tools/invoke", {
      tool: "session_status",
      args: {},
      sessionKey: "agent:research:web:mine",
    });
    expect(JSON.parse(status.body).result.details).toMatchObject({ ok: true, agentId: "research" });
  });

  it.each<[unknown, number, string]>([
    [{ tool: "exec", args: { command: "id" }, agentId: "main" }, 404, "Tool not available: exec"],
    [{ tool: "__proto__", agentId: "main" }, 404, "Tool not available: __proto__"],
    [{ tool: "agents_list", agentId: "nope" }, 400, 'Unknown agent id "nope"'],
    [{ tool: "sessions_history", args: {}, agentId: "main" }, 400, "sessionKey required"],
    [
      { tool: "session_status", args: { sessionKey: "agent:main:web:nope" }, agentId: "main" },
      500,
      "tool execution failed",
    ],
    [[], 400, "tools.invoke requires name"],
  ])("answer the tool call %j with %i", async (body, status, message) => {
    const answer = await ask("/tools/invoke", body);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ ok: false, error: { message } });
  });
});
