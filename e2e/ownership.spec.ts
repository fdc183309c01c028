import { randomUUID } from "node:crypto";
import { expect, test } from "@playwright/test";
import { attemptsOn } from "#e2e/support/attempts.ts";
import { type Belongings, belongingsOf, expectIntact } from "#e2e/support/belongings.ts";
import { ghostId } from "#e2e/support/routes.ts";
import { someone } from "#e2e/support/test.ts";
import { startWithStub, type WithStub } from "#e2e/support/with-stub.ts";
import { firstMessage } from "#scripts/support/messages.ts";
import { type HttpPerson, invitePerson, readEvents } from "#scripts/support/person.ts";

/** Nobody, an admin included, can read, change or even notice what belongs to another person. */

let server: WithStub;
let owner: HttpPerson;
let stranger: HttpPerson;
let theirs: Belongings;
let mine: Belongings;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  server = await startWithStub();
  owner = await invitePerson(server.admin, someone("Olive Owner"));
  stranger = await invitePerson(server.admin, someone("Sam Stranger"));
  theirs = await belongingsOf(owner);
  mine = await belongingsOf(stranger);
});

test.afterAll(() => server.dispose());

for (const role of ["member", "admin"] as const) {
  test(`whatever the ${role} does with another person's ids is answered as if they named nothing`, async () => {
    const person = role === "member" ? stranger : server.admin;
    const own = role === "member" ? mine : await belongingsOf(server.admin);
    const real = attemptsOn(theirs, own);
    const ghost = attemptsOn(ghosts(theirs), own);
    expect(real.length).toBeGreaterThan(40);
    for (const [index, attempt] of real.entries()) {
      const counterpart = ghost[index];
      if (counterpart === undefined) throw new Error("An attempt has no counterpart.");
      const found = await tried(person, attempt);
      const missing = await tried(person, counterpart);
      expect([404, 422], `${attempt.what}: ${found.text}`).toContain(found.status);
      expect(found, attempt.what).toEqual(missing);
    }
    await expectIntact(owner, theirs);
  });
}

test("no list, search, export or audit of somebody else shows a trace", async () => {
  const { word } = theirs;
  const lists = [
    "/api/conversations",
    "/api/conversations?archived=1",
    `/api/search?q=${word}`,
    `/api/search?q=${word}&mode=any`,
    `/api/conversations/${mine.conversationId}`,
    `/api/conversations/${mine.conversationId}/export?format=json`,
    "/api/me/sessions",
    "/api/drafts/new",
    "/api/agents",
    "/api/status",
  ];
  for (const [person, paths] of [
    [stranger, lists],
    [
      server.admin,
      [...lists.filter((path) => !path.includes(mine.conversationId)), "/api/audit", "/api/people", "/api/connections"],
    ],
  ] as const) {
    for (const path of paths) {
      const text = await (await person.request("GET", path)).text();
      for (const [what, id] of Object.entries(theirs)) expect(text.includes(id), `${what} in ${path}`).toBe(false);
    }
  }
});

test("a place in another person's list leads into one's own", async () => {
  const cursor = Buffer.from(JSON.stringify([Date.now() + 1000, theirs.conversationId])).toString("base64url");
  const page = await (await stranger.request("GET", `/api/conversations?cursor=${cursor}`)).text();
  expect(page).toContain(mine.conversationId);
  expect(page).not.toContain(theirs.conversationId);
});

test("the same request id of two people makes two runs", async () => {
  const request = { ...firstMessage("[[n=2]]"), requestId: randomUUID() };
  const runs: string[] = [];
  for (const person of [owner, stranger]) {
    for await (const event of person.send(request)) if (event.type === "accepted") runs.push(event.runId);
  }
  expect(new Set(runs).size).toBe(2);
});

test("a message of another conversation of one's own is as foreign there", async () => {
  const other: string[] = [];
  for await (const event of stranger.send(firstMessage("[[n=2]]"))) {
    if (event.type === "accepted") other.push(event.conversationId, event.assistantMessage.id);
  }
  const [conversationId = "", messageId = ""] = other;
  for (const query of [`before=${messageId}`, `around=${messageId}`]) {
    expect((await stranger.request("GET", `/api/conversations/${mine.conversationId}?${query}`)).status).toBe(404);
  }
  const body = { ...firstMessage("x"), conversationId: mine.conversationId };
  const intents = [
    { kind: "send", parentId: messageId, text: "x", attachmentIds: [] },
    { kind: "regenerate", messageId },
  ];
  for (const intent of intents) {
    expect((await stranger.request("POST", "/api/chat", { ...body, requestId: randomUUID(), intent })).status).toBe(
      404,
    );
  }
  const leaf = { leafMessageId: messageId };
  expect((await stranger.request("PATCH", `/api/conversations/${mine.conversationId}`, leaf)).status).toBe(404);
  expect((await stranger.request("GET", `/api/conversations/${conversationId}?around=${messageId}`)).status).toBe(200);
});

test("a stream says nothing of another person's run, also while it runs", async () => {
  const stream = owner.send(firstMessage("[[n=400 every=20]]"));
  const first = await stream.next();
  if (first.done || first.value.type !== "accepted") throw new Error("The run did not start.");
  const { runId } = first.value;
  for (const person of [stranger, server.admin]) {
    expect((await person.request("GET", `/api/runs/${runId}/events`)).status).toBe(404);
    expect((await person.request("POST", `/api/runs/${runId}/stop`, {})).status).toBe(404);
  }
  const again = await owner.request("GET", `/api/runs/${runId}/events`);
  if (again.body === null) throw new Error("No stream.");
  let text = "";
  for await (const event of readEvents(again.body)) {
    if (event.type === "snapshot") text = event.text;
    if (event.type === "delta") text += event.text;
    if (text.length > 100) break;
  }
  expect(text.length).toBeGreaterThan(100);
  await owner.json("POST", `/api/runs/${runId}/stop`, {});
  await stream.return(undefined);
});

/** The same belongings with ids that name nothing. */
function ghosts(of: Belongings): Belongings {
  const made = Object.keys(of).map((what, index) => [what, `${ghostId.slice(0, -2)}${10 + index}`]);
  // One id for each that there is.
  return { ...(Object.fromEntries(made) as Belongings), sessionId: "f".repeat(64) };
}

async function tried(
  person: HttpPerson,
  { method, path, body }: { method: string; path: string; body?: unknown },
): Promise<{ status: number; text: string; headers: Record<string, string> }> {
  const response = await person.request(method, path, body);
  const text = (await response.text()).replace(/"requestId":"[^"]+"/, "");
  const headers = Object.fromEntries(response.headers);
  for (const name of ["date", "x-request-id"]) delete headers[name];
  return { status: response.status, text, headers };
}
