import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RunningSandbox, startSandbox } from "#lib/sandbox/server.ts";
import { call, chat, chunksOf, control, eventually, logged, open, said } from "#lib/sandbox/testing.ts";

let sandbox: RunningSandbox;
beforeEach(async () => {
  sandbox = await startSandbox({
    // Minutes become fractions of a second; everything else is as it is.
    settings: { timeScale: 0.002, openclaw: { agents: ["main", "research"], maxConcurrent: 2 } },
  });
});
afterEach(() => sandbox.close());

const bearer = () => ({ authorization: `Bearer ${sandbox.token}` });

function streaming(text: string, session?: string, agent = "main") {
  return open(sandbox, "/v1/chat/completions", {
    headers: { ...bearer(), ...(session === undefined ? {} : { "x-openclaw-session-key": session }) },
    body: { model: `openclaw/${agent}`, stream: true, messages: [{ role: "user", content: text }] },
  });
}

describe("a client that leaves", () => {
  const session = "agent:main:web:leaves";

  async function leaveInTheMiddle(): Promise<void> {
    const response = await streaming("[[words 200]] [[slow 20]]", session);
    for await (const piece of response) if (String(piece).includes("w3")) break;
    response.destroy();
    await eventually(async () => (await logged(sandbox, "client-abort"))[0]);
    await eventually(async () => ((await control(sandbox, "GET", "")).turns.running === 0 ? true : undefined));
  }

  it("cancels the model; the partial answer is not stored", async () => {
    await leaveInTheMiddle();
    const answer = await call(sandbox, `/sessions/${encodeURIComponent(session)}/history`, { headers: bearer() });
    const { items } = JSON.parse(answer.body);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ role: "user", content: "[[words 200]] [[slow 20]]" });
  });

  it("leaves its message to the next turn, once", async () => {
    await leaveInTheMiddle();
    expect(said(await chat(sandbox, "main", "[[words 2]] next", { session }))).toBe("w1 w2");
    expect((await logged(sandbox, "chat")).at(-1)).toMatchObject({
      users: 1,
      last: "[Queued user message from a previous active turn; preserved as context only. Continue with the active prompt below.]\n[[words 200]] [[slow 20]]\n\n[[words 2]] next",
    });
    expect(said(await chat(sandbox, "main", "third", { session }))).toBe("stub(stub-1) turns=2 images=0 say: third");
  });

  it("also cancels when it waited for the whole answer", async () => {
    const leaving = new AbortController();
    const answer = chat(sandbox, "main", "[[ttft 60000]] hello", { session, signal: leaving.signal });
    await eventually(async () => (await logged(sandbox, "chat"))[0]);
    leaving.abort();
    await expect(answer).rejects.toThrow();
    await eventually(async () => (await logged(sandbox, "client-abort"))[0]);
  });

  it("is not heard while it stands in line", async () => {
    const running = await streaming("[[hang]]", session);
    const waiting = await streaming("second", session);
    await eventually(async () => (await logged(sandbox, "chat"))[0]);
    waiting.destroy();
    running.destroy();
    await eventually(async () => (await logged(sandbox, "client-abort"))[0]);
    await chat(sandbox, "main", "third", { session });
    expect((await logged(sandbox, "chat")).map(({ last }) => last)).not.toContain("second");
  });
});

describe("waiting", () => {
  it("one session runs one turn at a time, in order", async () => {
    const session = "agent:main:web:order";
    const first = chat(sandbox, "main", "[[words 5]] [[slow 30]]", { session });
    await eventually(async () => (await logged(sandbox, "chat"))[0]);
    const second = await chat(sandbox, "main", "second", { session });
    expect(said(second)).toContain("turns=2");
    expect(said(await first)).toBe("w1 w2 w3 w4 w5");
  });

  it("more turns than places wait behind the role chunk", async () => {
    const hanging = await Promise.all([streaming("[[hang]]"), streaming("[[hang]]", undefined, "research")]);
    const third = await streaming("hello");
    const [piece] = await once(third, "data");
    expect(chunksOf(String(piece))).toMatchObject([
      { choices: [{ delta: { role: "assistant" }, finish_reason: null }] },
    ]);
    await eventually(async () => ((await control(sandbox, "GET", "")).turns.waiting === 1 ? true : undefined));
    expect(await logged(sandbox, "chat")).toHaveLength(2);
    hanging[0]?.destroy();
    let rest = "";
    for await (const more of third) rest += more;
    expect(said({ status: 200, headers: {}, body: rest })).toContain("say: hello");
    hanging[1]?.destroy();
  });
});

describe("a provider that fails", () => {
  it.each([
    ["[[http 400]]", 400, "invalid_request_error", "400 stub error 400", 1],
    ["[[http 401]]", 401, "authentication_error", "401 stub error 401", 1],
    ["[[http 402]]", 402, "insufficient_quota", "402 stub error 402", 1],
    ["[[http 429]]", 429, "rate_limit_error", "429 stub error 429; Retry-After: 7 seconds", 9],
    ["[[http 500]]", 502, "api_error", "upstream provider error", 7],
    ["[[errchunk 3]] [[words 9]]", 502, "api_error", "upstream provider error", 7],
    ["[[drop 3]] [[words 9]]", 502, "api_error", "upstream provider timeout", 7],
  ])("%s is answered %i %s", async (text, status, type, message, attempts) => {
    const answer = await chat(sandbox, "main", text);
    expect({ status: answer.status, ...JSON.parse(answer.body).error }).toEqual({ status, type, message });
    expect(answer.headers["retry-after"]).toBeUndefined();
    expect(await logged(sandbox, "chat")).toHaveLength(attempts);
  });

  it("inside a stream keeps status 200 and the text so far", async () => {
    const answer = await chat(sandbox, "main", "[[errchunk 3]] [[words 9]]", { stream: true });
    expect(answer.status).toBe(200);
    expect(said(answer)).toBe("w1 w2 w3upstream provider error");
    expect(
      answer.body.endsWith(
        'data: {"error":{"message":"upstream provider error","type":"api_error"}}\n\ndata: [DONE]\n\n',
      ),
    ).toBe(true);
  });

  it("once is asked again without anybody noticing", async () => {
    const answer = await chat(sandbox, "main", "[[http-once 500]] [[words 3]]", { stream: true });
    expect(said(answer)).toBe("w1 w2 w3");
    expect((await logged(sandbox, "chat")).at(-1)?.last).toContain(
      "Continue the current task from the existing transcript",
    );
  });

  it("by refusing the key rests, for this agent alone, and then serves again", async () => {
    await control(sandbox, "PATCH", "/settings", { timeScale: 0.01 });
    await chat(sandbox, "main", "[[http 402]]");
    expect(await chat(sandbox, "main", "hello")).toMatchObject({
      status: 500,
      body: '{"error":{"message":"internal error","type":"api_error"}}',
    });
    expect(said(await chat(sandbox, "main", "hello", { stream: true }))).toMatch(
      /temporarily disabled.*about 10 minutes/,
    );
    expect((await chat(sandbox, "research", "hello")).status).toBe(200);
    await control(sandbox, "POST", "/reset", {});
    expect((await chat(sandbox, "main", "hello")).status).toBe(200);
  });

  it("leaves a note in the history that the model does not see", async () => {
    const session = "agent:main:web:note";
    await chat(sandbox, "main", "[[http 400]]", { session });
    expect(said(await chat(sandbox, "main", "hello", { session }))).toBe("stub(stub-1) turns=2 images=0 say: hello");
    expect((await logged(sandbox, "chat")).at(-1)?.roles).toBe("system,user,user,user");
  });

  it("by saying nothing is asked for something once more", async () => {
    expect(said(await chat(sandbox, "main", "[[empty]]"))).toBe(
      "stub(stub-1) turns=2 images=0 say: The previous attempt did not produce a user-visible answer. Continue from the current state and produce the visible answer now. Do not restart from scratch.",
    );
  });
});

describe("the shape of a stream", () => {
  it("shows reasoning as silence and then the whole answer in one piece", async () => {
    const chunks = chunksOf((await chat(sandbox, "main", "[[reason]] [[words 4]]", { stream: true })).body);
    expect(chunks.map((chunk) => chunk.choices?.[0]?.delta?.content).filter(Boolean)).toEqual(["w1 w2 w3 w4"]);
  });

  it("holds a code block until its fence is closed", async () => {
    const chunks = chunksOf((await chat(sandbox, "main", "[[md]]", { stream: true })).body);
    const texts = chunks.map((chunk) => chunk.choices?.[0]?.delta?.content);
    expect(texts).toContain('\n\n```js\nconst x = "<b>";\n```');
    expect(texts.slice(1, 4)).toEqual(["#", " Title", "\n\nSome"]);
  });

  it("says in the plain answer alone that the limit was met", async () => {
    const whole = await chat(sandbox, "main", "[[length]] [[words 2]]");
    expect(JSON.parse(whole.body).choices[0].finish_reason).toBe("length");
    expect(said(whole)).toMatch(/^w1 w2\n\n⚠️ Reply truncated/);
    const streamed = await chat(sandbox, "main", "[[length]] [[words 2]]", { stream: true });
    expect(said(streamed)).toBe("w1 w2");
    expect(chunksOf(streamed.body).at(-1)?.choices?.[0]?.finish_reason).toBe("length");
  });

  it("of an early release has no end and tells failures as text", async () => {
    await control(sandbox, "PATCH", "/settings", { openclaw: { release: "2026.2" } });
    const chunks = chunksOf((await chat(sandbox, "main", "[[words 2]]", { stream: true })).body);
    expect(chunks.map((chunk) => chunk.choices?.[0])).toEqual([
      { index: 0, delta: { role: "assistant" }, finish_reason: null },
      { index: 0, delta: { content: "w1" }, finish_reason: null },
      { index: 0, delta: { content: " w2" }, finish_reason: null },
    ]);
    const failed = await chat(sandbox, "main", "[[http 400]]", { stream: true });
    expect(said(failed)).toBe("Error: internal error");
    expect((await call(sandbox, "/v1/models", { headers: bearer() })).status).toBe(404);
    const whole = await chat(sandbox, "main", "[[words 2]]", { fields: { model: "openclaw:main" } });
    expect(JSON.parse(whole.body).usage.total_tokens).toBe(0);
  });
});
