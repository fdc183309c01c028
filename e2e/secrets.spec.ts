import { randomBytes, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { type Leak, type LeakyGateway, leaks, leakyGateway } from "#e2e/support/leaky-gateway.ts";
import { pieceIn } from "#e2e/support/pieces.ts";
import { addressOf, describedRoutes } from "#e2e/support/routes.ts";
import { withStore } from "#e2e/support/stored.ts";
import { someone } from "#e2e/support/test.ts";
import type { ConversationView } from "#lib/shared/chat/types.ts";
import { type RunningBreakwater, startBreakwater } from "#scripts/support/breakwater.ts";
import { firstMessage } from "#scripts/support/messages.ts";
import { adminCredentials, HttpPerson, invitePerson, setUpAdmin } from "#scripts/support/person.ts";
import { projectRoot } from "#scripts/support/processes.ts";

/** SECURITY I1, I3 and I13, against a gateway that repeats our secrets wherever it can. */

const secrets = {
  AUTH_SECRET: randomBytes(36).toString("base64url"),
  DATA_KEY: randomBytes(36).toString("base64url"),
  credential: `gw-${randomBytes(24).toString("base64url")}`,
};
const { AUTH_SECRET, DATA_KEY, credential } = secrets;

let gateway: LeakyGateway;
let server: RunningBreakwater;
let admin: Listening;

/** A person who keeps everything that the server ever said to them. */
class Listening extends HttpPerson {
  said = "";

  override async request(...args: Parameters<HttpPerson["request"]>): Promise<Response> {
    const response = await super.request(...args);
    const text = await response.text();
    this.said += `${response.status} ${JSON.stringify([...response.headers])}\n${text}\n`;
    return new Response(response.status === 204 ? null : text, { status: response.status, headers: response.headers });
  }
}

test.beforeAll(async () => {
  gateway = await leakyGateway();
});

test.afterAll(() => gateway.close());

test.afterEach(() => server.dispose());

test("a credential from the environment stays on the server, whatever the gateway does with it", async () => {
  test.setTimeout(120_000);
  const environment = { OPENCLAW_GATEWAY_URL: gateway.url, OPENCLAW_GATEWAY_TOKEN: credential, AUTH_SECRET, DATA_KEY };
  server = await startBreakwater({ environment: { ...environment, LOG_LEVEL: "debug" } });
  admin = await listening();
  const word = `word${randomBytes(8).toString("hex")}`;
  const texts = await chatThroughEveryLeak(word);
  expect(texts.delta).toContain("••••••");
  expect(texts.letters).toContain("••••••");
  expect(texts.whole).toContain("••••••");
  // What the gateway said is in the log, but for the secrets: nothing else is looked for below.
  expect(server.output()).toMatch(/You sent Bearer ••••••/);
  const typed = randomBytes(20).toString("hex");
  const refused = { openclaw: { credential: typed }, password: adminCredentials.password };
  expect((await admin.request("PUT", "/api/connections", refused)).status).toBe(422);
  const wrong = { openclaw: { credential: typed }, password: `not ${typed}` };
  expect((await admin.request("PUT", "/api/connections", wrong)).status).toBe(422);
  await lookEverywhere(word);
  readStatics();
  await expectNoTrace();
  expect(pieceIn(admin.said, typed)).toBeUndefined();
  // What people write, type and hold is in no log either.
  const said = server.output();
  for (const secret of [word, typed, adminCredentials.password, adminCredentials.email, ...admin.cookies.values()]) {
    expect(pieceIn(said, secret)).toBeUndefined();
  }
});

test("a credential from the Connections page is stored sealed and told to nobody", async () => {
  test.setTimeout(120_000);
  server = await startBreakwater({ environment: { AUTH_SECRET, DATA_KEY, LOG_LEVEL: "debug" } });
  admin = await listening();
  const openclaw = { url: gateway.url, auth: "token", credential };
  const { password } = adminCredentials;
  expect((await admin.request("PUT", "/api/connections", { openclaw, password })).status).toBe(200);
  const word = `word${randomBytes(8).toString("hex")}`;
  await chatThroughEveryLeak(word);
  await lookEverywhere(word);
  await expectNoTrace();
});

test("nothing that a client sends becomes a header or the session of a turn, and no two people share a session", async () => {
  const environment = { OPENCLAW_GATEWAY_URL: gateway.url, OPENCLAW_GATEWAY_TOKEN: credential, AUTH_SECRET, DATA_KEY };
  server = await startBreakwater({ environment });
  admin = await listening();
  const other = await invitePerson(admin, someone());
  gateway.turns.length = 0;
  const smuggled = "agent:main:web:00000000000000000000000000000000";
  for (const person of [admin, other, admin]) {
    const response = await fetch(`${server.url}/api/chat`, {
      method: "POST",
      headers: {
        ...person.headers("application/json"),
        "x-openclaw-session-key": smuggled,
        "x-openclaw-agent-id": "smuggled",
        "x-openclaw-scopes": "operator.admin",
        "x-openclaw-model": "smuggled/model",
        "x-openclaw-message-channel": "smuggled",
        "x-forwarded-for": "203.0.113.7",
        "x-forwarded-user": "smuggled@example.org",
        authorization: "Bearer smuggled",
        "user-agent": "smuggled",
        traceparent: "00-5311991153119911531199115311991a-5311991153119911-01",
      },
      body: JSON.stringify(firstMessage("leak=delta")),
    });
    expect(response.status).toBe(200);
    await response.text();
  }
  expect(gateway.turns).toHaveLength(3);
  for (const { headers } of gateway.turns) {
    expect(JSON.stringify(headers)).not.toMatch(/smuggled|203\.0\.113\.7|53119911|operator|cookie|0{32}/);
    expect(headers["x-openclaw-session-key"]).toMatch(/^agent:main:web:[0-9a-f]{32}$/);
    expect(headers["authorization"]).toBe(`Bearer ${credential}`);
  }
  const keys = gateway.turns.map(({ headers }) => headers["x-openclaw-session-key"]);
  expect(new Set(keys).size).toBe(3);
});

test("one-time codes and reset links are in no log and in no list, and stand in the store as hashes only", async () => {
  server = await startBreakwater({ environment: { AUTH_SECRET, DATA_KEY, LOG_LEVEL: "debug" } });
  admin = await listening();
  const invitation = await admin.json<{ code: string }>("POST", "/api/people/invitations", { role: "member" });
  await new HttpPerson(server.url).request("GET", `/api/invitations/${invitation.code}`);
  await new HttpPerson(server.url).request("GET", `/invite/${invitation.code}`);
  await invitePerson(admin, someone());
  admin.said = "";
  for (const address of ["/api/people", "/api/audit", "/api/me", "/settings/people"])
    await admin.request("GET", address);
  expect(pieceIn(admin.said, invitation.code)).toBeUndefined();
  expect(pieceIn(server.output(), invitation.code)).toBeUndefined();
  expect(pieceIn(bytesOf(server.dataDir), invitation.code)).toBeUndefined();
});

async function listening(): Promise<Listening> {
  const first = await setUpAdmin(server);
  const person = new Listening(server.url);
  for (const [name, value] of first.cookies) person.cookies.set(name, value);
  return person;
}

/** Has the gateway leak in every way, in one conversation each; the answers' texts as they are stored. */
async function chatThroughEveryLeak(word: string): Promise<Partial<Record<Leak, string>>> {
  const texts: Partial<Record<Leak, string>> = {};
  // After a 401 the credential is not sent again, so that comes last.
  for (const leak of [...leaks, "401" as const]) {
    const stream = await admin.request("POST", "/api/chat", firstMessage(`${word} leak=${leak}`));
    expect(stream.status, leak).toBe(200);
    const conversationId = /"conversationId":"([^"]+)"/.exec(await stream.text())?.[1] ?? "";
    const view = await admin.json<ConversationView>("GET", `/api/conversations/${conversationId}`);
    const answer = view.messages.at(-1);
    expect(answer?.state, leak).not.toBe("streaming");
    texts[leak] = answer?.text ?? "";
    await admin.request("GET", `/api/runs/${answer?.runId}/events`);
    for (const format of ["md", "json"]) {
      await admin.request("GET", `/api/conversations/${conversationId}/export?format=${format}`);
    }
    if (leak === "500") {
      const intent = { kind: "regenerate", messageId: answer?.id };
      const again = { ...firstMessage(""), requestId: randomUUID(), conversationId, intent };
      expect((await admin.request("POST", "/api/chat", again)).status).toBe(200);
    }
  }
  expect([...gateway.heard], "the gateway was given the credential").toContain(credential);
  return texts;
}

/** Every page and every GET of the API, as its admin and as a stranger. */
async function lookEverywhere(word: string): Promise<void> {
  await admin.request("POST", "/api/connections/openclaw/probe", {});
  const stranger = new Listening(server.url);
  for (const address of [
    ...everyPage(),
    ...describedRoutes().flatMap((route) => (route.method === "GET" ? [addressOf(route)] : [])),
  ]) {
    for (const person of [admin, stranger]) await person.request("GET", address);
  }
  for (const query of [word, "Bearer", credential.slice(0, 20)]) {
    await admin.request("GET", `/api/search?q=${encodeURIComponent(query)}&mode=any`);
  }
  admin.said += stranger.said;
}

/** What any browser may load without asking us who it is. */
function readStatics(): void {
  const statics = path.join(projectRoot, ".next", "standalone", ".next", "static");
  for (const file of readdirSync(statics, { recursive: true, encoding: "utf8" })) {
    expect(file).not.toMatch(/\.map$/);
    if (/\.(js|css|json|txt)$/.test(file)) admin.said += readFileSync(path.join(statics, file), "utf8");
  }
}

async function expectNoTrace(): Promise<void> {
  const places = { answers: admin.said, log: server.output(), disk: bytesOf(server.dataDir) };
  for (const [place, text] of Object.entries(places)) {
    expect(text.length, place).toBeGreaterThan(1000);
    for (const [name, secret] of Object.entries(secrets)) {
      expect(pieceIn(text, secret), `${name} in ${place}`).toBeUndefined();
    }
  }
  const keys = withStore(server.dataDir, (store) => store.prepare("select session_key from generations").pluck().all());
  expect(keys.length).toBeGreaterThanOrEqual(leaks.length);
  for (const key of keys as string[]) {
    for (const place of ["answers", "log"] as const) {
      expect(pieceIn(places[place], key.split(":").at(-1) ?? ""), `a session key in ${place}`).toBeUndefined();
    }
  }
  expect(/agent:[\w-]+:web:[0-9a-f]{4,}/.exec(places.answers)?.[0]).toBeUndefined();
}

function everyPage(): string[] {
  const manifest = readFileSync(path.join(projectRoot, ".next", "app-path-routes-manifest.json"), "utf8");
  // Next writes it: keys are files, values are the addresses that they answer.
  const addresses = Object.values(JSON.parse(manifest) as Record<string, string>);
  const pages = addresses.filter((address) => !address.startsWith("/api/") && !address.startsWith("/_"));
  expect(pages.length).toBeGreaterThan(4);
  return [...pages.map((address) => addressOf({ method: "GET", pattern: address })), "/no/such/page"];
}

/** Every byte of a data folder, the write-ahead log included. */
function bytesOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => readFileSync(path.join(entry.parentPath, entry.name), "latin1")).join("\n");
}
