import { randomUUID } from "node:crypto";
import { expect, test } from "@playwright/test";
import { someone } from "#e2e/support/test.ts";
import { startWithStub, type WithStub } from "#e2e/support/with-stub.ts";
import type { ErrorBody } from "#lib/shared/errors.ts";
import { firstMessage } from "#scripts/support/messages.ts";
import { type HttpPerson, invitePerson } from "#scripts/support/person.ts";
import { until } from "#scripts/support/processes.ts";

/** How much one person may have going on at once. What is too much is refused with a reason, and others go on. */

let server: WithStub;
let person: HttpPerson;
let other: HttpPerson;
const open = new Set<AbortController>();

test.beforeAll(async () => {
  server = await startWithStub();
  other = await invitePerson(server.admin, someone());
});

test.afterAll(() => server.dispose());

test.beforeEach(async () => {
  person = await invitePerson(server.admin, someone());
});

test.afterEach(async () => {
  await person.json("POST", "/api/me/sign-out-everywhere", {});
  for (const stream of open) stream.abort();
  open.clear();
});

test("eight answers of one person run at once, the ninth is refused, and another person's runs", async () => {
  const runs = [];
  for (let count = 0; count < 8; count += 1) runs.push(await started(person));
  const ninth = await person.request("POST", "/api/chat", longMessage());
  expect((await refusal(ninth)).code).toBe("too_many_runs");
  expect(Number(ninth.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
  const { items } = await person.json<{ items: unknown[] }>("GET", "/api/conversations");
  expect(items, "the refused one left nothing behind").toHaveLength(8);
  const theirs = await started(other);
  await other.json("POST", `/api/runs/${theirs.runId}/stop`, {});
  await person.json("POST", `/api/runs/${runs[0]?.runId}/stop`, {});
  const again = await until(async () => {
    const response = await opened(person, "POST", "/api/chat", longMessage());
    return response.ok ? true : undefined;
  }, 10_000);
  expect(again).toBe(true);
});

test("thirty streams of one person are open at once, one more is refused, and one less makes room", async () => {
  const { runId } = await started(person);
  const followers = [];
  for (let count = 0; count < 29; count += 1) followers.push(await opened(person, "GET", `/api/runs/${runId}/events`));
  expect(followers.filter(({ ok }) => ok)).toHaveLength(29);
  const refused = await person.request("GET", `/api/runs/${runId}/events`);
  expect((await refusal(refused)).code).toBe("rate_limited");
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
  const [first] = [...open].slice(-1);
  first?.abort();
  const again = await until(async () => {
    const response = await opened(person, "GET", `/api/runs/${runId}/events`);
    return response.ok ? true : undefined;
  }, 10_000);
  expect(again).toBe(true);
});

test("ten messages wait behind an answer, one more is refused", async () => {
  const { conversationId, answerId } = await started(person);
  const behind = () => ({
    ...firstMessage("next"),
    requestId: randomUUID(),
    conversationId,
    intent: { kind: "send", parentId: answerId, text: "next", attachmentIds: [] },
  });
  for (let count = 0; count < 10; count += 1) {
    const response = await person.request("POST", "/api/chat", behind());
    expect(await response.text()).toContain("event: queued");
  }
  const refused = await refusal(await person.request("POST", "/api/chat", behind()));
  expect(refused).toMatchObject({ code: "queue_full", facts: { limit: 10 } });
});

function longMessage() {
  return firstMessage("[[n=4000 every=50]]");
}

/** A response whose body nobody reads; it is closed after the test. */
async function opened(someone: HttpPerson, method: string, path: string, body?: unknown): Promise<Response> {
  const stream = new AbortController();
  open.add(stream);
  return await someone.request(method, path, body, stream.signal);
}

async function started(someone: HttpPerson): Promise<{ runId: string; conversationId: string; answerId: string }> {
  const stream = new AbortController();
  open.add(stream);
  const first = await someone.send(longMessage(), stream.signal).next();
  if (first.done || first.value.type !== "accepted") throw new Error("The run did not start.");
  const { runId, conversationId, assistantMessage } = first.value;
  return { runId, conversationId, answerId: assistantMessage.id };
}

async function refusal(response: Response): Promise<ErrorBody["error"]> {
  expect(response.status).toBe(429);
  // The one shape of every refusal.
  return ((await response.json()) as ErrorBody).error;
}
