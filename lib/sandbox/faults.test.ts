import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RunningSandbox, startSandbox } from "#lib/sandbox/server.ts";
import { call, chat, control, eventually, logged, open, said } from "#lib/sandbox/testing.ts";

let sandbox: RunningSandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ settings: { openclaw: { agents: ["main"] } } });
});
afterEach(() => sandbox.close());

const fault = (...faults: object[]) => control(sandbox, "POST", "/faults", { faults });
const stream = (text = "[[words 3]]") => chat(sandbox, "main", text, { stream: true });

/** The bytes of a stream as they came, and how it ended. */
async function raw(text = "[[words 3]]"): Promise<{ bytes: Buffer; pieces: number; end: string }> {
  const response = await open(sandbox, "/v1/chat/completions", {
    headers: { authorization: `Bearer ${sandbox.token}` },
    body: { model: "openclaw/main", stream: true, messages: [{ role: "user", content: text }] },
  });
  const pieces: Buffer[] = [];
  try {
    for await (const piece of response) pieces.push(piece);
    return { bytes: Buffer.concat(pieces), pieces: pieces.length, end: "end" };
  } catch (error) {
    return { bytes: Buffer.concat(pieces), pieces: pieces.length, end: error instanceof Error ? error.message : "" };
  }
}

describe("the control endpoint", () => {
  it("has a bearer of its own", async () => {
    const withToken = await call(sandbox, "/__control", { headers: { authorization: `Bearer ${sandbox.token}` } });
    expect(withToken.status).toBe(401);
    expect((await call(sandbox, "/__control")).status).toBe(401);
    expect(await control(sandbox, "GET", "")).toMatchObject({ id: sandbox.id, turns: { running: 0, waiting: 0 } });
  });

  it.each<[string, string, unknown]>([
    ["PATCH", "/settings", { timeScale: -1 }],
    ["PATCH", "/settings", { openclaw: { agents: [] } }],
    ["PATCH", "/settings", { unknown: 1 }],
    ["POST", "/faults", { faults: [{ kind: "nonsense" }] }],
    ["POST", "/faults", "{not json"],
  ])("refuses %s %s %j", async (method, path, body) => {
    await expect(control(sandbox, method, path, body)).rejects.toThrow(/^400 /);
  });

  it("changes settings while the sandbox runs", async () => {
    await control(sandbox, "PATCH", "/settings", { openclaw: { agents: ["writer"] } });
    expect((await chat(sandbox, "main", "hello")).status).toBe(400);
    expect((await chat(sandbox, "writer", "hello")).status).toBe(200);
  });

  it("shows what arrived, without the credential, and what the model was shown", async () => {
    await chat(sandbox, "main", "hello", { session: "agent:main:web:log" });
    const [request] = await logged(sandbox, "request");
    expect(request).toMatchObject({
      method: "POST",
      path: "/v1/chat/completions",
      headers: { authorization: "(hidden)", "x-openclaw-session-key": "agent:main:web:log" },
    });
    expect(JSON.stringify(await control(sandbox, "GET", "/requests"))).not.toContain(sandbox.token);
    const [shown] = await logged(sandbox, "chat");
    expect(shown).toMatchObject({ agent: "main", session: "agent:main:web:log", users: 1, images: 0, last: "hello" });
    const { last } = await control(sandbox, "GET", "/requests");
    await chat(sandbox, "main", "again");
    const newer = await control(sandbox, "GET", `/requests?after=${last}`);
    expect(newer.entries.every(({ seq }: { seq: number }) => seq > last)).toBe(true);
    await control(sandbox, "DELETE", "/requests");
    expect((await control(sandbox, "GET", "/requests")).entries).toEqual([]);
  });

  it("resets faults and log, and sessions if asked to", async () => {
    const session = "agent:main:web:reset";
    await chat(sandbox, "main", "one", { session });
    await fault({ kind: "html" });
    await control(sandbox, "POST", "/reset", {});
    expect(said(await chat(sandbox, "main", "two", { session }))).toContain("turns=2");
    await control(sandbox, "POST", "/reset", { sessions: true });
    expect(said(await chat(sandbox, "main", "three", { session }))).toContain("turns=1");
  });
});

describe("which requests a fault meets", () => {
  it("is the next one, unless told otherwise", async () => {
    await fault({ kind: "html", status: 502 });
    expect((await stream()).status).toBe(502);
    expect((await stream()).status).toBe(200);
    await control(sandbox, "POST", "/faults", { times: null, faults: [{ kind: "html" }] });
    for (let i = 0; i < 3; i += 1) expect((await stream()).headers["content-type"]).toContain("text/html");
    await control(sandbox, "DELETE", "/faults");
    expect((await stream()).headers["content-type"]).toContain("text/event-stream");
  });

  it("can be told by path, method and a part of the body", async () => {
    await control(sandbox, "POST", "/faults", {
      match: { method: "POST", path: "/v1/chat", contains: "needle" },
      faults: [
        {
          kind: "status",
          status: 429,
          headers: { "Retry-After": "7" },
          body: { error: { message: "later", type: "x" } },
        },
      ],
    });
    expect((await call(sandbox, "/healthz")).status).toBe(200);
    expect((await stream("hay")).status).toBe(200);
    expect(await stream("a needle in hay")).toMatchObject({
      status: 429,
      headers: { "retry-after": "7", "content-type": "application/json; charset=utf-8" },
    });
    expect((await stream("a needle in hay")).status).toBe(200);
  });
});

describe("a stream that is broken", () => {
  it("by a reset, an early end and an end inside the body", async () => {
    const whole = (await raw()).bytes;
    for (const [how, end] of [
      ["reset", /ECONNRESET|aborted/],
      ["fin", /aborted|ECONNRESET/],
      ["end", /^end$/],
    ] as const) {
      await fault({ kind: "cut", afterBytes: 250, how });
      const cut = await raw();
      expect(cut.end).toMatch(end);
      expect(cut.bytes.length).toBe(250);
      expect(cut.bytes.toString().slice(0, 20)).toBe(whole.toString().slice(0, 20));
    }
  });

  it("before the first header", async () => {
    await fault({ kind: "cut", afterBytes: 0, how: "reset" });
    const answer = raw().catch((error: Error) => ({ end: error.message }));
    expect((await answer).end).toMatch(/ECONNRESET|hang up|aborted/);
  });

  it("by silence in the middle, with the connection kept", async () => {
    await fault({ kind: "stall", afterBytes: 300 });
    const response = await open(sandbox, "/v1/chat/completions", {
      headers: { authorization: `Bearer ${sandbox.token}` },
      body: { model: "openclaw/main", stream: true, messages: [{ role: "user", content: "[[words 9]]" }] },
    });
    let bytes = 0;
    response.on("data", (piece) => {
      bytes += piece.length;
    });
    await eventually(async () => (bytes === 300 ? true : undefined));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect({ bytes, ended: response.readableEnded, gone: response.destroyed }).toEqual({
      bytes: 300,
      ended: false,
      gone: false,
    });
    response.destroy();
  });

  it("by silence before the headers", async () => {
    await fault({ kind: "delay", ms: 60_000 });
    const socket = connect(sandbox.port, "127.0.0.1");
    await once(socket, "connect");
    socket.write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    let heard = 0;
    socket.on("data", (piece) => {
      heard += piece.length;
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(heard).toBe(0);
    socket.destroy();
  });
});

describe("a stream in another form", () => {
  it("in pieces that cut through characters means the same", async () => {
    const plain = await stream("[[unicode]]");
    await fault({ kind: "pieces", bytes: 1 });
    const cut = await raw("[[unicode]]");
    expect(cut.pieces).toBeGreaterThan(100);
    expect(said({ status: 200, headers: {}, body: cut.bytes.toString() })).toBe(said(plain));
  });

  it.each([
    ["crlf", /^data: \{.*\}\r\n\r\ndata/],
    ["cr", /^data: \{[^\r\n]*\}\r\rdata/],
    ["mixed", /\r\n\n|\n\r/],
  ])("has line ends of the kind %s", async (style, expected) => {
    await fault({ kind: "line_ends", style });
    expect((await raw()).bytes.toString()).toMatch(expected);
  });

  it.each<[string, object, (text: string) => boolean]>([
    ["comments", { kind: "comments" }, (text) => /^: keep-alive 1$/m.test(text) && text.includes("retry: 3000")],
    ["no [DONE]", { kind: "no_done" }, (text) => text.includes('"finish_reason":"stop"') && !text.includes("[DONE]")],
    ["a byte order mark", { kind: "bom" }, (text) => text.startsWith("\uFEFFdata: ")],
    ["garbage", { kind: "garbage", afterBytes: 100 }, (text) => text.slice(100).startsWith("data: {not json\n\n")],
    [
      "a huge line",
      { kind: "huge_line", bytes: 2_000_000 },
      (text) => text.startsWith("data: aaaa") && text.length > 2_000_000,
    ],
    ["bytes that are no UTF-8", { kind: "bad_utf8", afterBytes: 50 }, (text) => text.includes("\uFFFD")],
  ])("has %s", async (_, one, check) => {
    await fault(one);
    expect(check((await raw()).bytes.toString())).toBe(true);
  });

  it("claims another type or encoding", async () => {
    await fault({ kind: "content_encoding", value: "gzip" }, { kind: "content_type", value: "text/plain" });
    expect((await stream()).headers).toMatchObject({ "content-encoding": "gzip", "content-type": "text/plain" });
  });

  it("comes in the manner of an early release, once", async () => {
    await fault({ kind: "early_release" });
    expect((await stream()).body).not.toContain('"finish_reason":"stop"');
    expect((await stream()).body).toContain('"finish_reason":"stop"');
  });

  it("fails as if the person had asked for it", async () => {
    await fault({ kind: "directive", text: "[[http 402]]" });
    expect((await chat(sandbox, "main", "an innocent question")).status).toBe(402);
  });
});
