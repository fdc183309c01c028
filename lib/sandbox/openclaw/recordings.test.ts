import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningSandbox, startSandbox } from "#lib/sandbox/server.ts";
import type { SettingsChange } from "#lib/sandbox/settings.ts";
import { call, type RawAnswer } from "#lib/sandbox/testing.ts";

/**
 * Raw answers of a real gateway (npm package 2026.9.6) with the stub model, each under the request that made it. The sandbox
 * gives the same answers to the same requests: status, headers, framing and body, but for ids, times and dates.
 */
const folder = path.join(import.meta.dirname, "recordings");
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".txt"))
  .map((name) => name.slice(0, -".txt".length));

/** How the gateway was set up for a group of recordings. They were made in this order within a group. */
const groups: { what: string; settings: SettingsChange["openclaw"]; recordings: string[] }[] = [
  {
    what: "one agent, no credential",
    settings: { agents: ["main"], auth: "none" },
    recordings: [
      ...[
        "single-agent-models",
        "single-agent-default",
        "none-scope-read",
        "none-scope-write",
        "none-scope-write-override",
      ],
      ...["provider-402", "provider-after-402", "provider-after-402-stream"],
    ],
  },
  {
    what: "all endpoints off",
    settings: { chat: false, responses: false },
    recordings: names.filter((name) => name.startsWith("endpoint-disabled")),
  },
  { what: "responses off", settings: { responses: false }, recordings: ["responses-disabled-while-chat-on"] },
  {
    what: "locked out",
    settings: { lockout: { attempts: 3, windowMs: 60_000, lockoutMs: 60_000 } },
    recordings: ["locked-out-wrong-token", "locked-out-right-token", "locked-out-readyz"],
  },
];
const special = new Set(groups.flatMap(({ recordings }) => recordings));
const rest = names.filter((name) => !special.has(name));
groups.push({
  what: "three agents, a token",
  settings: {},
  // A session's history is asked for after its turns.
  recordings: [
    ...rest.filter((name) => !name.startsWith("session-history")),
    ...rest.filter((name) => name.startsWith("session-history")),
  ],
});

it("covers every recording once", () => {
  const covered = groups.flatMap(({ recordings }) => recordings);
  expect(covered.toSorted()).toEqual(names.toSorted());
  expect(covered).toHaveLength(new Set(covered).size);
});

describe.each(groups)("$what", ({ settings, recordings }) => {
  let sandbox: RunningSandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ settings: { openclaw: { agents: ["main", "research", "writer"], ...settings } } });
    if (settings?.lockout === undefined) return;
    for (let i = 0; i < 3; i += 1) await call(sandbox, "/v1/models", { headers: { authorization: "Bearer wrong" } });
  });
  afterAll(() => sandbox.close());

  it.each(recordings)("%s", async (name) => {
    const { request, answer: recorded } = parse(readFileSync(path.join(folder, `${name}.txt`), "utf8"));
    const headers = { ...request.headers };
    if (headers["authorization"] === "Bearer <token>") headers["authorization"] = `Bearer ${sandbox.token}`;
    const answer = await call(sandbox, request.path, { ...request, headers });
    expect(answer.status).toBe(recorded.status);
    expect(telling(answer.headers)).toEqual(telling(recorded.headers));
    if (answer.body.includes("[DONE]")) expect(answer.body).toMatch(/\n\ndata: \[DONE\]\n\n$/);
    if (name.endsWith("readyz")) expect(steadyKeys(answer.body)).toEqual(steadyKeys(recorded.body));
    else expect(steady(answer.body)).toBe(steady(recorded.body));
  });
});

interface Recording {
  request: { method: string; path: string; headers: Record<string, string>; body?: string };
  answer: RawAnswer;
}

function parse(text: string): Recording {
  const cut = text.indexOf("\n\n");
  const words = shellWords(text.slice("$ curl ".length, cut));
  const request: Recording["request"] = { method: "", path: "", headers: {} };
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? "";
    if (word === "-X") request.method = words[++i] ?? "";
    else if (word === "-d") request.body = words[++i] ?? "";
    else if (word.startsWith("http://")) request.path = word.replace(/^http:\/\/[^/]+/, "");
    else if (word !== "-H") {
      const colon = word.indexOf(": ");
      request.headers[word.slice(0, colon).toLowerCase()] = word.slice(colon + 2);
    }
  }
  request.method ||= request.body === undefined ? "GET" : "POST";
  const raw = text.slice(cut + 2);
  const end = raw.indexOf("\r\n\r\n");
  const [first = "", ...lines] = raw.slice(0, end).split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)]),
  );
  return {
    request,
    answer: { status: Number(first.split(" ")[1]), headers, body: raw.slice(end + 4) },
  };
}

/** As `printf %q` wrote them, and single quotes. */
function shellWords(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|\\(.)/g, (_, quoted: string | undefined, escaped: string) => quoted ?? escaped),
  );
}

/** All headers but those that tell the time or the length of what differs; the length itself must be there. */
function telling(headers: Record<string, unknown>): Record<string, unknown> {
  const { date: _date, "keep-alive": _keepAlive, "content-length": length, ...others } = headers;
  return { ...others, hasLength: length !== undefined };
}

function steady(body: string): string {
  return body
    .trimEnd()
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uuid>")
    .replace(/"source":"[\w-]{43}"/g, '"source":"<hash>"')
    .replace(/\b1[78]\d{8}(\d{3})?\b/g, "<time>");
}

/** Which keys, without those that come and go with the load of the machine. */
function steadyKeys(body: string): string[] {
  const comeAndGo = ["degradedSinceMs", "workerCoreRatio", "otherThreadsCoreRatio"];
  const keys = (value: unknown, at: string): string[] =>
    typeof value !== "object" || value === null || Array.isArray(value)
      ? [`${at} ${Array.isArray(value) ? "array" : typeof value}`]
      : Object.entries(value).flatMap(([key, inner]) => (comeAndGo.includes(key) ? [] : keys(inner, `${at}.${key}`)));
  return keys(JSON.parse(body), "");
}
