import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { describe, expect, test } from "vitest";
import type { OpenClawConnection } from "#lib/server/upstream/openclaw/connection.ts";
import { probeGateway } from "#lib/server/upstream/openclaw/probe.ts";
import { type Answer, connectTo, gateway, listen } from "#lib/server/upstream/openclaw/testing.ts";

interface Reply {
  status: number;
  type?: string;
  body?: string;
  headers?: Record<string, string>;
}
type Replies = Partial<
  Record<"/readyz" | "/v1/models" | "/v1/chat/completions" | "/tools/invoke" | "*", Reply | ((body: string) => Reply)>
>;

const json = (status: number, value: unknown, headers = {}): Reply => ({
  status,
  type: "application/json",
  body: JSON.stringify(value),
  headers,
});
const refusal = (status: number, type: string, message = "no") => json(status, { error: { type, message } });
const notFound: Reply = { status: 404, type: "text/plain", body: "Not Found" };
const page: Reply = { status: 200, type: "text/html", body: "<html>" };
const ready = json(200, { ready: true, failing: [] });
const list = (...ids: string[]) => json(200, { object: "list", data: ids.map((id) => ({ id })) });
const incomplete = refusal(400, "invalid_request_error", "Missing user message in `messages`.");
const sessions = (details: object) => json(200, { ok: true, result: { content: [], details } });
const everyone = sessions({ count: 1, sessions: [{ key: "agent:main:web:x" }] });

const working: Replies = {
  "/readyz": ready,
  "/v1/models": list("openclaw", "openclaw/default", "openclaw/main", "openclaw/ops"),
  "/v1/chat/completions": incomplete,
  "/tools/invoke": everyone,
};

function answers(replies: Replies, calls: string[] = []): Answer {
  return (response, request, body) => {
    calls.push(`${request.method} ${request.url}`);
    const found = replies[request.url as keyof Replies] ?? replies["*"] ?? notFound;
    const reply = typeof found === "function" ? found(body) : found;
    response.writeHead(reply.status, { "content-type": reply.type ?? "text/plain", ...reply.headers });
    response.end(reply.body);
  };
}

async function codesOf(connection: OpenClawConnection): Promise<string[]> {
  const { findings } = await probeGateway(connection, { variable: "OPENCLAW_GATEWAY_TOKEN" });
  return findings.map(({ code, level }) => `${level} ${code}`);
}

const proven = ["attention sessions_readable", "unknown workspace_unproven"];

test("a working gateway is found in order, without a model call", async () => {
  const calls: string[] = [];
  const bodies: string[] = [];
  const connection = await gateway((response, request, body) => {
    if (request.url === "/v1/chat/completions") bodies.push(body);
    return answers(working, calls)(response, request, body);
  });
  const report = await probeGateway(connection);
  expect(report.state).toBe("served");
  expect(report.findings.map(({ code }) => code)).toEqual([
    "reached",
    "credential_accepted",
    "chat_enabled",
    "agents_listed",
    "several_agents",
    "sessions_readable",
    "workspace_unproven",
  ]);
  expect(report.findings.find(({ code }) => code === "agents_listed")?.facts).toEqual({ count: 2, ids: "main, ops" });
  expect(calls).toEqual([
    "GET /readyz",
    "GET /v1/models",
    "POST /v1/chat/completions",
    "POST /tools/invoke",
    "POST /tools/invoke",
  ]);
  expect(bodies).toEqual(["{}"]);
});

describe("what stands in the way is told apart", () => {
  const cases: [string, Replies, string[]][] = [
    [
      "one agent",
      { ...working, "/v1/models": list("openclaw", "openclaw/default", "openclaw/main") },
      ["ok reached", "ok credential_accepted", "ok chat_enabled", "ok agents_listed", ...proven],
    ],
    [
      "not ready",
      { ...working, "/readyz": json(503, { ready: false }) },
      [
        "ok reached",
        "attention not_ready",
        "ok credential_accepted",
        "ok chat_enabled",
        "ok agents_listed",
        "ok several_agents",
        ...proven,
      ],
    ],
    [
      "wrong credential",
      { ...working, "/v1/models": refusal(401, "unauthorized") },
      ["ok reached", "failed credential_refused"],
    ],
    [
      "locked out",
      {
        ...working,
        "/v1/models": json(429, { error: { type: "rate_limited", message: "" } }, { "retry-after": "60" }),
      },
      ["ok reached", "failed locked_out"],
    ],
    [
      "our header refused",
      { ...working, "/v1/models": refusal(403, "proxy_attribution_required") },
      ["ok reached", "failed header_refused"],
    ],
    [
      "a scope missing",
      {
        ...working,
        "/v1/models": json(403, {
          ok: false,
          error: { type: "forbidden", details: { missingScope: "operator.read" } },
        }),
      },
      ["ok reached", "failed scope_missing"],
    ],
    [
      "chat off, list on",
      { ...working, "/v1/chat/completions": notFound },
      [
        "ok reached",
        "ok credential_accepted",
        "failed chat_disabled",
        "ok agents_listed",
        "ok several_agents",
        ...proven,
      ],
    ],
    [
      "chat and list off",
      { "/readyz": ready, "/tools/invoke": json(400, { ok: false, error: { type: "invalid_request" } }) },
      ["ok reached", "ok credential_accepted", "failed chat_disabled", "unknown workspace_unproven"],
    ],
    [
      "chat and list off, wrong credential",
      { "/readyz": ready, "/tools/invoke": refusal(401, "unauthorized") },
      ["ok reached", "failed credential_refused"],
    ],
    [
      "an older gateway without ids",
      { "/readyz": notFound, "/v1/chat/completions": incomplete },
      [
        "ok reached",
        "ok credential_accepted",
        "ok chat_enabled",
        "failed old_gateway_no_agents",
        "unknown workspace_unproven",
      ],
    ],
    [
      "an older gateway whose list is a page",
      { "*": page, "/v1/chat/completions": incomplete },
      [
        "ok reached",
        "ok credential_accepted",
        "ok chat_enabled",
        "failed old_gateway_no_agents",
        "unknown workspace_unproven",
      ],
    ],
    [
      "no agent",
      { ...working, "/v1/models": list() },
      ["ok reached", "ok credential_accepted", "ok chat_enabled", "failed no_agents", "unknown workspace_unproven"],
    ],
    ["a web site", { "*": page }, ["ok reached", "failed not_a_gateway"]],
    ["another API", { "*": notFound }, ["ok reached", "failed not_a_gateway"]],
    [
      "a redirect",
      { "*": { status: 301, headers: { location: "https://elsewhere.example/" } } },
      ["failed redirected"],
    ],
    [
      "a proxy without its gateway",
      { "*": { status: 502, type: "text/html", body: "Bad Gateway" } },
      ["ok reached", "failed unreachable"],
    ],
    [
      "a list that makes no sense",
      { ...working, "/v1/models": json(200, { hello: 1 }) },
      ["ok reached", "ok credential_accepted", "ok chat_enabled", "failed unexpected"],
    ],
  ];
  test.each(cases)("%s", async (_name, replies, codes) => {
    expect(await codesOf(await gateway(answers(replies)))).toEqual(codes);
  });

  test("an older gateway with ids in the settings works, with a note", async () => {
    const connection = await gateway(answers({ "/v1/chat/completions": incomplete }), { agents: ["main"] });
    const report = await probeGateway(connection);
    expect(report.findings.map(({ code }) => code)).toContain("old_gateway");
    expect(report.state).toBe("served");
  });

  test("the finding of a switched-off endpoint carries the exact configuration", async () => {
    const { findings } = await probeGateway(await gateway(answers({ ...working, "/v1/chat/completions": notFound })));
    const config = findings.find(({ code }) => code === "chat_disabled")?.facts["config"];
    expect(JSON.parse(String(config))).toEqual({
      gateway: { http: { endpoints: { chatCompletions: { enabled: true } } } },
    });
  });

  test("nobody listens", async () => {
    const { findings } = await probeGateway(connectTo(1));
    expect(findings).toEqual([{ code: "unreachable", level: "failed", facts: { reason: "refused" } }]);
  });

  test("another protocol answers", async () => {
    const port = await listen(
      createTcpServer((socket) => {
        socket.on("error", () => {}).once("data", () => socket.end("SSH-2.0-OpenSSH_9.2\r\n"));
      }),
    );
    expect(await codesOf(connectTo(port))).toEqual(["failed not_a_gateway"]);
  });

  test("a certificate that is none", async () => {
    const port = await listen(createServer());
    const plain = connectTo(port);
    const { findings } = await probeGateway({ ...plain, origin: plain.origin.replace("http:", "https:") });
    expect(findings).toMatchObject([{ code: "unreachable", facts: { reason: "tls" } }]);
  });

  test("no credential is set", async () => {
    const calls: string[] = [];
    const connection = await gateway(answers(working, calls), { credential: null });
    expect(await codesOf(connection)).toEqual(["ok reached", "failed credential_missing"]);
    expect(calls).toEqual(["GET /readyz"]);
  });
});

test("a refused credential is not sent again by the next check", async () => {
  const calls: string[] = [];
  const connection = await gateway(answers({ ...working, "/v1/models": refusal(401, "unauthorized") }, calls));
  await probeGateway(connection);
  expect(await codesOf(connection)).toEqual(["ok reached", "failed credential_refused"]);
  expect(calls.filter((call) => call !== "GET /readyz")).toEqual(["GET /v1/models"]);
});

describe("walls between people are never claimed, only what was seen", () => {
  const denied = json(404, { ok: false, error: { type: "not_found", message: "Tool not available: sessions_list" } });
  const cases: [string, Reply, string, string | undefined][] = [
    ["everything is shown", everyone, "attention sessions_readable", "all"],
    [
      "the agent's own are shown",
      sessions({ visibility: { mode: "agent", restricted: true } }),
      "attention sessions_readable",
      "agent",
    ],
    [
      "one's own tree is shown",
      sessions({ visibility: { mode: "tree", restricted: true } }),
      "ok sessions_narrowed",
      "tree",
    ],
    [
      "only one's own is shown",
      sessions({ visibility: { mode: "self", restricted: true } }),
      "ok sessions_narrowed",
      "self",
    ],
    ["the tool is denied", denied, "ok sessions_denied", undefined],
    ["the answer is a page", page, "unknown sessions_unproven", undefined],
    ["the tool fails", json(500, { ok: false, error: { type: "tool_error" } }), "unknown sessions_unproven", undefined],
    ["a mode that nobody knows", sessions({ visibility: { mode: "odd" } }), "unknown sessions_unproven", undefined],
  ];
  test.each(cases)("%s", async (_name, reply, finding, mode) => {
    const { findings } = await probeGateway(await gateway(answers({ ...working, "/tools/invoke": reply })));
    const [first, last] = findings.slice(-2);
    expect(`${first?.level} ${first?.code}`).toBe(finding);
    expect(first?.facts).toMatchObject({ ids: "main, ops", ...(mode === undefined ? {} : { mode }) });
    expect(last).toEqual({ code: "workspace_unproven", level: "unknown", facts: {} });
  });

  test("agents that differ are told apart", async () => {
    const replies: Replies = {
      ...working,
      "/tools/invoke": (body) => (JSON.parse(body).agentId === "ops" ? denied : everyone),
    };
    const { findings } = await probeGateway(await gateway(answers(replies)));
    expect(
      findings.filter(({ code }) => code.startsWith("sessions_")).map(({ code, facts }) => [code, facts["ids"]]),
    ).toEqual([
      ["sessions_readable", "main"],
      ["sessions_denied", "ops"],
    ]);
  });
});
