import { randomBytes } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { type RunningSandbox, startSandbox } from "#lib/sandbox/server.ts";
import type { SettingsChange } from "#lib/sandbox/settings.ts";
import { gatewayAgents } from "#lib/server/upstream/openclaw/agents.ts";
import type { OpenClawConnection } from "#lib/server/upstream/openclaw/connection.ts";
import { probeGateway } from "#lib/server/upstream/openclaw/probe.ts";
import { chatWith, connectTo } from "#lib/server/upstream/openclaw/testing.ts";

let sandbox: RunningSandbox | undefined;

afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

async function start(openclaw: SettingsChange["openclaw"] = {}): Promise<OpenClawConnection> {
  sandbox = await startSandbox({
    token: `token-${randomBytes(8).toString("hex")}`,
    settings: { timeScale: 0.01, paceScale: 0, openclaw: { agents: ["main", "ops"], ...openclaw } },
  });
  const auth = openclaw.auth ?? "token";
  return { ...connectTo(sandbox.port, auth), credential: sandbox.token, digest: sandbox.token };
}

/** Tells the sandbox how to misbehave at the next turn. */
async function misbehave(...faults: object[]): Promise<void> {
  const response = await fetch(`${sandbox?.url}/__control/faults`, {
    method: "POST",
    headers: { authorization: `Bearer ${sandbox?.controlToken}`, "content-type": "application/json" },
    body: JSON.stringify({ match: { path: "/v1/chat/completions" }, faults }),
  });
  if (!response.ok) throw new Error(await response.text());
}

const say = (text: string, change = {}) => ({ parts: [{ type: "text" as const, text }], ...change });
const answer = "w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 w12";
const words = say("[[words 12]]");

test("a turn is answered, and the session remembers it", async () => {
  const connection = await start();
  const session = { sessionKey: `agent:main:web:${randomBytes(16).toString("hex")}` };
  const first = await chatWith(connection, {}, say("hello", session));
  expect(first).toMatchObject({ code: null, result: { finishReason: "stop", sawDone: true } });
  expect(first.text).toContain("turns=1");
  expect((await chatWith(connection, {}, say("again", session))).text).toContain("turns=2");
  expect(
    (await chatWith(connection, {}, say("hello", { sessionKey: `agent:main:web:${"a".repeat(32)}` }))).text,
  ).toContain("turns=1");
});

test("the agents are listed and the probe finds a working gateway", async () => {
  const connection = await start();
  expect(await gatewayAgents(connection)).toMatchObject({ ids: ["main", "ops"], problem: null });
  const report = await probeGateway(connection);
  expect(report.findings.filter(({ level }) => level === "failed")).toEqual([]);
  expect(report.findings.map(({ code }) => code)).toEqual(
    expect.arrayContaining(["chat_enabled", "several_agents", "sessions_readable"]),
  );
});

describe("the probe tells apart", () => {
  test("a wrong token, then a lockout", async () => {
    const connection = await start({ lockout: { attempts: 1, windowMs: 60_000, lockoutMs: 60_000 } });
    const codes = async (credential: string) => {
      const { findings } = await probeGateway({ ...connection, credential, digest: credential });
      return findings.at(-1)?.code;
    };
    expect(await codes("wrong")).toBe("credential_refused");
    expect(await codes("wrong too")).toBe("locked_out");
  });

  test("a chat endpoint that is off", async () => {
    const connection = await start({ chat: false, responses: false });
    const { findings } = await probeGateway(connection);
    expect(findings.map(({ code }) => code)).toContain("chat_disabled");
    expect((await chatWith(connection)).code).toBe("gateway_endpoint_disabled");
  });

  test("an older release, which then answers under the older model name", async () => {
    const connection = { ...(await start({ release: "2026.2" })), agents: ["main"] };
    expect(await gatewayAgents(connection)).toMatchObject({ ids: ["main"] });
    expect((await probeGateway(connection)).findings.map(({ code }) => code)).toContain("old_gateway");
    expect(await chatWith(connection, {}, words)).toMatchObject({
      code: null,
      text: answer,
      result: { finishReason: null },
    });
  });
});

test("without a secret the scopes are enough, for a model override too", async () => {
  const connection = { ...(await start({ auth: "none" })), credential: null };
  expect((await chatWith(connection)).code).toBeNull();
  expect((await chatWith(connection, {}, { model: "stub/stub-2" })).code).not.toBe("gateway_unauthorized");
});

describe("a stream that is written another way is whole", () => {
  const ways: [string, object[]][] = [
    ["in pieces of one byte", [{ kind: "pieces", bytes: 1 }]],
    [
      "in pieces of three bytes with CR LF",
      [
        { kind: "pieces", bytes: 3 },
        { kind: "line_ends", style: "crlf" },
      ],
    ],
    ["with CR", [{ kind: "line_ends", style: "cr" }]],
    ["with mixed line ends", [{ kind: "line_ends", style: "mixed" }]],
    ["with comments and foreign fields", [{ kind: "comments" }]],
    ["with a byte order mark", [{ kind: "bom" }]],
    ["by an early release", [{ kind: "early_release" }]],
  ];
  test.each(ways)("%s", async (_name, faults) => {
    const connection = await start();
    await misbehave(...faults);
    expect(await chatWith(connection, {}, words)).toMatchObject({ code: null, text: answer });
  });
});

describe("a stream that breaks keeps its text and has one outcome", () => {
  const cases: [string, object, string][] = [
    ["reset", { kind: "cut", afterBytes: 900, how: "reset" }, "gateway_cut"],
    ["closed", { kind: "cut", afterBytes: 900, how: "fin" }, "gateway_cut"],
    ["ended early", { kind: "cut", afterBytes: 900, how: "end" }, "gateway_cut"],
    ["stalled", { kind: "stall", afterBytes: 900 }, "gateway_idle_timeout"],
    ["without [DONE]", { kind: "no_done" }, "gateway_cut"],
    ["with garbage", { kind: "garbage", afterBytes: 900 }, "gateway_malformed"],
    ["with bytes that are not UTF-8", { kind: "bad_utf8", afterBytes: 900 }, "gateway_malformed"],
    ["with a huge line", { kind: "huge_line", bytes: 2_000_000, afterBytes: 900 }, "gateway_too_large"],
  ];
  test.each(cases)("%s", async (_name, fault, code) => {
    const connection = await start();
    await misbehave(fault);
    // With a pause between words: a reset throws away what the other side has not read yet.
    const got = await chatWith(connection, { idleMs: 400 }, say("[[words 12]] [[slow 10]]"));
    expect(got.code).toBe(code);
    expect(got.text).not.toBe("");
    expect(answer.startsWith(got.text)).toBe(true);
  });

  const empty: [string, object, string][] = [
    ["a page", { kind: "html" }, "gateway_malformed"],
    ["a page under the right type", { kind: "content_type", value: "text/html" }, "gateway_malformed"],
    ["an encoding that is none", { kind: "content_encoding", value: "gzip" }, "gateway_malformed"],
    ["silence", { kind: "stall", afterBytes: 0 }, "gateway_first_byte_timeout"],
    ["429", { kind: "status", status: 429, headers: { "retry-after": "9" } }, "gateway_overloaded"],
    [
      "503",
      { kind: "status", status: 503, body: { error: { message: "busy", type: "api_error" } } },
      "gateway_overloaded",
    ],
  ];
  test.each(empty)("%s instead of a stream", async (_name, fault, code) => {
    const connection = await start();
    await misbehave(fault);
    expect(await chatWith(connection, { firstByteMs: 400 }, words)).toMatchObject({ code, text: "" });
  });
});

describe("a model provider's failure is the provider's", () => {
  test.each([
    ["[[http 400]]", "provider_refused"],
    ["[[http 401]]", "provider_unauthorized"],
    ["[[http 402]]", "provider_out_of_credit"],
    ["[[http 500]]", "provider_failed"],
  ])("%s", async (text, code) => {
    expect((await chatWith(await start(), {}, say(text))).code).toBe(code);
  });

  test("and the wait after it is told", async () => {
    const connection = await start();
    await chatWith(connection, {}, say("[[http 402]]"));
    expect((await chatWith(connection, {}, say("hello"))).code).toBe("provider_cooling_down");
  });
});
