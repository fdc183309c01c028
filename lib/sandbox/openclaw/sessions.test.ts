import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningSandbox, startSandbox } from "#lib/sandbox/server.ts";
import { call, chat, eventually, logged, open, said } from "#lib/sandbox/testing.ts";

const png =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const settings = { openclaw: { agents: ["main", "research"] } };

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ settings });
});
afterAll(() => sandbox.close());

/** The number of user turns that the model saw. */
function turns(text: string): number {
  return Number(text.match(/turns=(\d+)/)?.[1]);
}

async function history(key: string, query = "") {
  const answer = await call(sandbox, `/sessions/${encodeURIComponent(key)}/history${query}`, {
    headers: { authorization: `Bearer ${sandbox.token}` },
  });
  return JSON.parse(answer.body);
}

describe("memory", () => {
  it("grows with the session and is absent without one", async () => {
    const session = "agent:main:web:memory";
    expect(turns(said(await chat(sandbox, "main", "one", { session })))).toBe(1);
    expect(turns(said(await chat(sandbox, "main", "two", { session })))).toBe(2);
    expect(turns(said(await chat(sandbox, "main", "three")))).toBe(1);
    expect(turns(said(await chat(sandbox, "main", "four")))).toBe(1);
  });

  it("folds the case of keys and of user", async () => {
    await chat(sandbox, "main", "one", { session: "agent:main:web:FOLD" });
    expect(turns(said(await chat(sandbox, "main", "two", { session: "agent:main:web:fold" })))).toBe(2);
    await chat(sandbox, "main", "one", { fields: { user: "Conv:A" } });
    expect(turns(said(await chat(sandbox, "main", "two", { fields: { user: "conv:a" } })))).toBe(2);
  });

  it("belongs to the key's agent, whatever the model says", async () => {
    await chat(sandbox, "main", "one", { session: "agent:main:web:owner" });
    const answer = await chat(sandbox, "research", "two", { session: "agent:main:web:owner" });
    expect(JSON.parse(answer.body).model).toBe("openclaw/research");
    expect(turns(said(answer))).toBe(2);
    expect((await logged(sandbox, "chat")).at(-1)?.agent).toBe("main");
  });

  it("survives a restart, together with the sandbox's id", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "sandbox-"));
    try {
      const file = path.join(folder, "sandbox.sqlite");
      const first = await startSandbox({ file, settings });
      await chat(first, "main", "one", { session: "agent:main:web:restart" });
      await first.close();
      const second = await startSandbox({ file, settings });
      expect(second.id).toBe(first.id);
      expect(turns(said(await chat(second, "main", "two", { session: "agent:main:web:restart" })))).toBe(2);
      await second.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("keeps images of earlier turns", async () => {
    const session = "agent:main:web:image";
    const content = [
      { type: "text", text: "look" },
      { type: "image_url", image_url: { url: png } },
    ];
    const first = await chat(sandbox, "main", "", { session, fields: { messages: [{ role: "user", content }] } });
    expect(said(first)).toContain("turns=1 images=1");
    expect(said(await chat(sandbox, "main", "again", { session }))).toContain("turns=2 images=1");
    const { items } = await history(session);
    expect(items[0].content[1]).toMatchObject({ type: "image", mimeType: "image/png", bytes: 70, omitted: true });
  });
});

describe("a full history in the request", () => {
  const messages = [
    { role: "system", content: "be brief" },
    { role: "user", content: "u1" },
    { role: "assistant", content: "a1" },
    { role: "user", content: "u2" },
  ];
  const flattened =
    "[Chat messages since your last reply - for context]\nUser: u1\nAssistant: a1\n\n[Current message - respond to this]\nUser: u2";

  it("is flattened into one user message, and doubled in a session", async () => {
    const session = "agent:main:web:doubled";
    expect(said(await chat(sandbox, "main", "", { session, fields: { messages } }))).toBe(
      `stub(stub-1) turns=1 images=0 say: ${flattened}`,
    );
    await chat(sandbox, "main", "", { session, fields: { messages } });
    const { items } = await history(session);
    expect(
      items.filter(({ role }: { role: string }) => role === "user").map(({ content }: { content: string }) => content),
    ).toEqual([flattened, flattened]);
    expect((await logged(sandbox, "chat")).at(-1)).toMatchObject({ users: 2, system: ["be brief"] });
  });

  it("drops what follows the newest user message, and images before it", async () => {
    const earlier = [
      { type: "text", text: "see" },
      { type: "image_url", image_url: { url: png } },
    ];
    const answer = await chat(sandbox, "main", "", {
      fields: {
        messages: [
          { role: "user", content: earlier },
          { role: "assistant", content: "a1" },
          { role: "user", content: "now" },
          { role: "assistant", content: "cut" },
        ],
      },
    });
    expect(said(answer)).toContain("images=0");
    expect(said(answer)).toContain("User: now");
    expect(said(answer)).not.toContain("cut");
  });

  it("may consist of an assistant message alone", async () => {
    const fields = { messages: [{ role: "assistant", content: "a1" }] };
    expect(said(await chat(sandbox, "main", "", { fields }))).toBe("stub(stub-1) turns=1 images=0 say: a1");
  });
});

describe("keys", () => {
  it.each([
    ["subagent:x", 400],
    ["cron:x", 400],
    ["agent:main:acp:x", 400],
    ["agent:nope:web:x", 500],
    ["bare", 500],
    [`agent:main:web:${"x".repeat(400)}`, 200],
    ["agent:main:web:x/../y", 200],
  ])("%s is answered with %i", async (session, status) => {
    expect((await chat(sandbox, "main", "hi", { session })).status).toBe(status);
  });

  it("may be bare with one agent", async () => {
    const alone = await startSandbox({ settings: { openclaw: { agents: ["main"] } } });
    await chat(alone, "main", "one", { session: "thread" });
    expect(turns(said(await chat(alone, "main", "two", { session: "agent:main:thread" })))).toBe(2);
    await alone.close();
  });
});

describe("the history", () => {
  it("pages backwards", async () => {
    const session = "agent:main:web:pages";
    for (const text of ["one", "two", "three"]) await chat(sandbox, "main", text, { session });
    const newest = await history(session, "?limit=4");
    expect(newest).toMatchObject({ hasMore: true, nextCursor: "3" });
    expect(newest.items).toEqual(newest.messages);
    const older = await history(session, `?limit=4&cursor=${newest.nextCursor}`);
    expect(older).toMatchObject({ hasMore: false });
    expect(older.items.map(({ __openclaw }: { __openclaw: { seq: number } }) => __openclaw.seq)).toEqual([1, 2]);
  });

  it("shows tools, which no stream shows", async () => {
    const session = "agent:main:web:tools";
    const streamed = await chat(sandbox, "main", '[[pre Looking.]] [[tool exec {"command":"echo hi"}]]', {
      session,
      stream: true,
    });
    expect(said(streamed)).toBe("Looking.\n\ntool said: hi");
    const { items } = await history(session);
    expect(items.map(({ role }: { role: string }) => role)).toEqual([
      "user",
      "assistant",
      "assistant",
      "toolResult",
      "assistant",
    ]);
    expect(items[2].content[0]).toMatchObject({ type: "toolCall", name: "exec", arguments: { command: "echo hi" } });
    expect(items[3]).toMatchObject({ toolName: "exec", isError: false, content: [{ type: "text", text: "hi" }] });
  });

  it("refuses a limit that is none", async () => {
    expect((await history("agent:main:web:pages", "?limit=x")).error.message).toBe("limit must be a positive integer");
  });

  it("is a failure in plain text for a bare key among several agents", async () => {
    const answer = await call(sandbox, "/sessions/bare/history", {
      headers: { authorization: `Bearer ${sandbox.token}` },
    });
    expect(answer).toMatchObject({ status: 500, body: "Internal Server Error" });
  });
});

describe("the history as a stream", () => {
  it("begins with what there is and goes on with what is stored", async () => {
    const session = "agent:main:web:followed";
    await chat(sandbox, "main", "one", { session });
    const leaving = new AbortController();
    const response = await open(sandbox, `/sessions/${encodeURIComponent(session)}/history`, {
      headers: { authorization: `Bearer ${sandbox.token}`, accept: "text/event-stream" },
      signal: leaving.signal,
    });
    let body = "";
    response
      .on("error", () => {})
      .on("data", (piece) => {
        body += piece;
      });
    await eventually(async () => (body.includes("event: history") ? true : undefined));
    expect(body).toMatch(/^retry: 1000\n\nevent: history\ndata: \{"sessionKey":"agent:main:web:followed","items":\[/);
    await chat(sandbox, "main", "two", { session });
    await eventually(async () => (body.match(/^event: message$/gm)?.length === 2 ? true : undefined));
    const messages = body
      .split("\n")
      .filter((line) => line.startsWith('data: {"sessionKey"'))
      .slice(1);
    expect(messages.map((line) => JSON.parse(line.slice(6)))).toMatchObject([
      { messageSeq: 3, message: { role: "user", content: "two" } },
      { messageSeq: 4, message: { role: "assistant" } },
    ]);
    leaving.abort();
  });
});
