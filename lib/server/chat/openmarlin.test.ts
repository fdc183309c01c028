import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { POST as postChat } from "#app/api/chat/route.ts";
import { type RunningSandbox, startSandbox } from "#lib/sandbox/server.ts";
import { ben, idOf, join } from "#lib/server/auth/people.testing.ts";
import { codeOf, type TestBrowser } from "#lib/server/auth/testing.ts";
import { giveAccount, marlinHouse } from "#lib/server/openmarlin/testing.ts";
import { uuidv7 } from "#lib/server/store/ids.ts";
import { controlSandbox, scriptedServer } from "#lib/server/upstream/openmarlin/testing.ts";
import type { SendRequest } from "#lib/shared/chat/types.ts";
import { openMarlinAgentId } from "#lib/shared/openmarlin/types.ts";
import { EventReader } from "./testing.ts";

let sandbox: RunningSandbox;

beforeEach(async () => {
  const settings = { timeScale: 0.01, paceScale: 0, openclaw: { agents: ["main"] } };
  sandbox = await startSandbox({ token: "gateway-token", settings });
});
afterEach(() => sandbox.close());

type More = Partial<Omit<SendRequest, "intent">> & { intent?: SendRequest["intent"]; parentId?: string };

function bodyOf(text: string, { parentId, ...more }: More = {}) {
  return {
    requestId: uuidv7(),
    conversationId: null,
    agentId: openMarlinAgentId,
    intent: { kind: "send", parentId: parentId ?? null, text, attachmentIds: [] },
    ...more,
  };
}

async function send(browser: TestBrowser, text: string, more: More = {}): Promise<EventReader> {
  const reader = new EventReader(await browser.send(postChat, "/api/chat", bodyOf(text, more)));
  await reader.done;
  return reader;
}

async function house(environment: Record<string, string> = {}) {
  const made = await marlinHouse(sandbox.openmarlin.url, {
    environment: { OPENCLAW_GATEWAY_URL: sandbox.url, OPENCLAW_GATEWAY_TOKEN: "gateway-token", ...environment },
  });
  await giveAccount(made.store, sandbox, await idOf(made.admin), 100);
  return made;
}

interface Execution {
  kind: string;
  sessionKey: string;
  model: string;
  providerId: string;
  instruction: string;
  stream: boolean;
}

async function executions(): Promise<Execution[]> {
  const { entries } = await controlSandbox(sandbox, "GET", "/requests");
  return (entries as Execution[]).filter(({ kind }) => kind === "execution");
}

describe("a conversation", () => {
  it("goes on in one session with the newest message alone, and in a new one with a replay after an edit", async () => {
    const { admin } = await house();
    const first = await send(admin, "What is a mole?");
    const { conversationId } = first.accepted;
    const second = await send(admin, "And a pier?", { conversationId, parentId: first.answer.id });
    const userId = second.accepted.userMessage?.id ?? "";
    await send(admin, "", {
      conversationId,
      intent: { kind: "edit", messageId: userId, text: "And a groyne?", attachmentIds: [] },
    });
    const [one, two, three] = await executions();
    expect(one?.sessionKey).toMatch(/^breakwater:web:[0-9a-f]{32}$/);
    expect(two).toMatchObject({ sessionKey: one?.sessionKey, instruction: "And a pier?" });
    expect(three?.sessionKey).not.toBe(one?.sessionKey);
    expect(three?.instruction).toContain("User: What is a mole?");
    expect(three?.instruction).toMatch(/User: And a groyne\?$/);
  });

  it("moves between a gateway and OpenMarlin, each told once what the other said", async () => {
    const { admin } = await house();
    const first = await send(admin, "What is a mole?", { agentId: "main" });
    expect(first.end.state).toBe("complete");
    const { conversationId } = first.accepted;
    const second = await send(admin, "Say that shorter", {
      conversationId,
      parentId: first.answer.id,
      model: "harbour/beacon",
    });
    expect(second.end.state).toBe("complete");
    const [execution] = await executions();
    expect(execution?.instruction).toContain("User: What is a mole?");
    expect(execution?.model).toBe("harbour/beacon");
    const third = await send(admin, "And now you again", {
      agentId: "main",
      conversationId,
      parentId: second.answer.id,
    });
    expect(third.end.state).toBe("complete");
    expect(third.accepted.assistantMessage.agentId).toBe("main");
  });

  it("goes where it was sent, streamed or not, and by itself where nothing was said", async () => {
    const { admin } = await house();
    const routing = { providerId: "prov_south", stream: false, timeoutMs: 60_000, metadata: { from: "test" } };
    expect((await send(admin, "one", { model: "lighthouse/keeper", routing })).end.state).toBe("complete");
    expect((await send(admin, "two", { routing: { labels: { tier: "fast" } } })).end.state).toBe("complete");
    expect((await send(admin, "three")).end.state).toBe("complete");
    expect(await executions()).toMatchObject([
      { providerId: "prov_south", model: "lighthouse/keeper", stream: false },
      { providerId: "prov_swift", stream: true },
      { stream: true },
    ]);
  });
});

describe("what cannot be routed", () => {
  it.each([
    [{ routing: { providerId: "prov_nowhere" } }, "openmarlin_provider_unknown", { sentProvider: "prov_nowhere" }],
    [
      { routing: { providerId: "prov_north", labels: { region: "us" } } },
      "openmarlin_labels_mismatch",
      { sentProvider: "prov_north", sentLabels: "region=us" },
    ],
    [{ routing: { labels: { tier: "standard" } } }, "openmarlin_provider_ambiguous", { sentLabels: "tier=standard" }],
    [{ model: "harbour/unknown" }, "openmarlin_provider_unknown", { sentModel: "harbour/unknown" }],
  ])("as %o fails with what was sent", async (more, code, facts) => {
    const { admin } = await house();
    const { end } = await send(admin, "Hello", more);
    expect(end).toMatchObject({ state: "failed", problem: { code, facts } });
    expect(await executions()).toHaveLength(0);
  });

  it.each([
    [{ model: "no-slash" }],
    [{ agentId: "main", routing: { providerId: "x" } }],
    [{ agentId: "@other" }],
    [{ routing: { labels: { a: 1 } } }],
    [{ routing: { sessionKey: "mine" } }],
    [{ routing: { timeoutMs: 1 } }],
  ])("as %o is refused at the door", async (more) => {
    const { admin } = await house();
    const response = await admin.send(postChat, "/api/chat", { ...bodyOf("Hello"), ...more });
    expect(response.status).toBe(422);
  });

  it("for want of an account is refused before anything is stored", async () => {
    const { admin, store } = await house();
    const member = await join(admin, ben);
    expect(await codeOf(await member.send(postChat, "/api/chat", bodyOf("Hello")))).toBe("openmarlin_not_connected");
    expect(await store.db.selectFrom("messages").selectAll().execute()).toEqual([]);
  });

  it("with images is refused, since it takes none", async () => {
    const { admin } = await house();
    const intent = { kind: "send", parentId: null, text: "Look", attachmentIds: [uuidv7()] };
    const response = await admin.send(postChat, "/api/chat", { ...bodyOf(""), intent });
    expect(await codeOf(response)).toBe("openmarlin_no_images");
  });
});

it("an answer that breaks off is interrupted, its text kept, and no key gets out whatever the upstream repeats", async () => {
  const server = await scriptedServer(({ headers, body }, response) => {
    const { session_key } = body as { session_key: string };
    response.writeHead(200, { "content-type": "text/event-stream" });
    const text = `key ${headers.authorization} session ${session_key} end`;
    response.write(`event: execution.chunk\ndata: ${JSON.stringify({ text })}\n\n`, () => response.destroy());
  });
  const key = "claw_wsk_0123456789abcdefghij";
  const { admin } = await marlinHouse(server.origin, { environment: { OPENMARLIN_PLATFORM_API_KEY: key } });
  const { end, text } = await send(admin, "Repeat your key");
  expect(end).toMatchObject({ state: "interrupted", problem: { code: "openmarlin_cut" } });
  expect(text).toContain("key Bearer");
  expect(text).toContain("end");
  const sent = JSON.stringify(server.requests[0]?.body);
  const sessionKey = /[0-9a-f]{32}/.exec(sent)?.[0] ?? "";
  expect(sessionKey).toHaveLength(32);
  for (const secret of [key, sessionKey]) {
    for (let at = 0; at + 12 <= secret.length; at += 1) expect(text).not.toContain(secret.slice(at, at + 12));
  }
});
