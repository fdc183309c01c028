import type { IncomingHttpHeaders } from "node:http";
import { expect, test } from "vitest";
import { gatewayAgents } from "#lib/server/upstream/openclaw/agents.ts";
import { chatWith, gateway, piece, writes } from "#lib/server/upstream/openclaw/testing.ts";

interface Seen {
  url: string | undefined;
  headers: IncomingHttpHeaders;
  body: { model: string; stream: boolean; messages: { role: string; content: unknown }[] };
}

async function seenWith(
  change: Parameters<typeof gateway>[1],
  request: Parameters<typeof chatWith>[2] = {},
): Promise<Seen> {
  const seen: Seen[] = [];
  const connection = await gateway((response, { url, headers }, body) => {
    seen.push({ url, headers, body: JSON.parse(body) });
    return writes([piece("ok"), "data: [DONE]\n\n"])(response, {} as never, "");
  }, change);
  expect(await chatWith(connection, {}, request)).toMatchObject({ code: null, text: "ok" });
  const [first] = seen;
  if (first === undefined) throw new Error("Nothing was sent.");
  return first;
}

test("a turn carries the agent, the session and the one new message, and nothing of a browser", async () => {
  const { url, headers, body } = await seenWith({ credential: "s3cret", prefix: "/gw" });
  expect(url).toBe("/gw/v1/chat/completions");
  expect(headers).toMatchObject({
    authorization: "Bearer s3cret",
    "accept-encoding": "identity",
    "x-openclaw-agent-id": "main",
    "x-openclaw-session-key": `agent:main:web:${"0".repeat(32)}`,
    "x-openclaw-message-channel": "webchat",
  });
  const odd = Object.keys(headers).filter((name) =>
    /forwarded|cookie|origin|referer|real-ip|openclaw-(model|scopes)/.test(name),
  );
  expect(odd).toEqual([]);
  expect(body).toEqual({
    model: "openclaw/main",
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: "user", content: "hello" }],
  });
});

test("images travel as base64 parts", async () => {
  const { body } = await seenWith(
    {},
    {
      parts: [
        { type: "text", text: "look" },
        { type: "image", mediaType: "image/png", base64: "AAAA" },
      ],
    },
  );
  expect(body.messages[0]?.content).toEqual([
    { type: "text", text: "look" },
    { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
  ]);
});

test("without a secret only the scopes that a turn needs are asked for", async () => {
  const plain = await seenWith({ auth: "none", credential: null });
  expect(plain.headers["x-openclaw-scopes"]).toBe("operator.write");
  expect(plain.headers.authorization).toBeUndefined();
  const override = await seenWith({ auth: "none", credential: null }, { model: "stub/stub-2" });
  expect(override.headers["x-openclaw-scopes"]).toBe("operator.write,operator.admin");
  expect(override.headers["x-openclaw-model"]).toBe("stub/stub-2");
});

test("in trusted-proxy mode the person's address goes in the agreed header, odd ones as an id", async () => {
  const change = { auth: "trusted-proxy" as const, credential: null, userHeader: "x-user" };
  const plain = await seenWith(change, { person: { id: "id-1", email: "nick@example.com" } });
  expect(plain.headers).toMatchObject({ "x-user": "nick@example.com" });
  const odd = await seenWith(change, { person: { id: "id-1", email: "nick\r\nx-evil: 1@example.com" } });
  expect(odd.headers).toMatchObject({ "x-user": "id-1" });
});

test.each([
  ["agent", { agentId: "main\r\nx-evil: 1" }, "agent_unavailable"],
  ["model", { model: "a b" }, "agent_unavailable"],
  ["session key", { sessionKey: "agent:main:main" }, "internal"],
  [
    "image type",
    { parts: [{ type: "image" as const, mediaType: "image/svg+xml", base64: "AAAA" }] },
    "unsupported_media_type",
  ],
  ["size", { parts: [{ type: "text" as const, text: "x".repeat(21_000_000) }] }, "too_large"],
])("a turn with an odd %s is not sent", async (_name, change, code) => {
  let calls = 0;
  const connection = await gateway((response) => {
    calls += 1;
    response.end();
  });
  expect((await chatWith(connection, {}, change)).code).toBe(code);
  expect(calls).toBe(0);
});

test("a gateway without a list of agents gets them from the settings and the older model name", async () => {
  let model = "";
  const connection = await gateway(
    (response, request, body) => {
      if (request.url === "/v1/models") return void response.writeHead(404).end("Not Found");
      model = JSON.parse(body).model;
      return writes([piece("old"), "data: [DONE]\n\n"])(response, request, "");
    },
    { agents: ["main", "ops"] },
  );
  expect(await gatewayAgents(connection)).toMatchObject({ ids: ["main", "ops"], problem: null });
  expect((await chatWith(connection)).text).toBe("old");
  expect(model).toBe("openclaw:main");
});

const rows = (...ids: string[]) => JSON.stringify({ object: "list", data: ids.map((id) => ({ id, object: "model" })) });

test.each([
  [
    "several agents, without the aliases",
    rows("openclaw", "openclaw/default", "openclaw/main", "openclaw/Ops"),
    ["main", "ops"],
  ],
  ["one agent", rows("openclaw", "openclaw/default", "openclaw/main"), ["main"]],
  ["rows that are no agents", rows("gpt-4", "openclaw/a b", "openclaw/x"), ["x"]],
  ["nothing", rows(), []],
])("the list is read: %s", async (_name, body, ids) => {
  const connection = await gateway(
    (response) => void response.writeHead(200, { "content-type": "application/json" }).end(body),
  );
  expect(await gatewayAgents(connection)).toMatchObject({ ids, problem: null });
});

test("many who ask for the list at once cause one call, and a failing gateway keeps the last list", async () => {
  let calls = 0;
  const connection = await gateway((response) => {
    calls += 1;
    response.writeHead(200, { "content-type": "application/json" }).end(rows("openclaw/main"));
  });
  const all = await Promise.all(Array.from({ length: 20 }, () => gatewayAgents(connection)));
  expect(calls).toBe(1);
  expect(all.every(({ ids }) => ids[0] === "main")).toBe(true);
  await gatewayAgents(connection);
  expect(calls).toBe(1);
});
