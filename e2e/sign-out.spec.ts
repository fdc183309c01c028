import { expect, test } from "@playwright/test";
import { someone } from "#e2e/support/test.ts";
import { startWithStub, type WithStub } from "#e2e/support/with-stub.ts";
import type { ChatEvent } from "#lib/shared/chat/events.ts";
import type { ConversationView } from "#lib/shared/chat/types.ts";
import type { PersonView, SessionView } from "#lib/shared/people.ts";
import { firstMessage } from "#scripts/support/messages.ts";
import { type Credentials, HttpPerson, invitePerson, readEvents } from "#scripts/support/person.ts";
import { pause, until } from "#scripts/support/processes.ts";

/** Once a session is over, what streams to it ends within 5 s, and nothing of it opens a door again. */

let server: WithStub;
let credentials: Credentials;
let person: HttpPerson;

test.beforeAll(async () => {
  server = await startWithStub();
});

test.afterAll(() => server.dispose());

test.beforeEach(async () => {
  credentials = someone();
  person = await invitePerson(server.admin, credentials);
});

test("signing out in one tab ends the streams of the others, and the answer goes on by itself", async () => {
  const [sent, followed] = await twoStreams("[[n=400 every=20]]");
  const tab = person.at(server.url);
  await signOut(tab);
  await expectEnded([sent, followed]);
  expect(sent.end, "nothing is told after the end of the session").toBeUndefined();
  await expectShut(person);
  await person.signIn(credentials);
  const ended = await until(async () => {
    const view = await person.json<ConversationView>("GET", `/api/conversations/${sent.conversationId}`);
    return view.activeRunId === null ? view : undefined;
  }, 20_000);
  expect(ended?.messages.at(-1)).toMatchObject({ state: "complete" });
});

test("ending a session from the list of another device ends its streams", async () => {
  const other = new HttpPerson(server.url);
  await other.signIn(credentials);
  const streams = await twoStreams("[[n=2000 every=20]]");
  const { sessions } = await other.json<{ sessions: SessionView[] }>("GET", "/api/me/sessions");
  const theirs = sessions.find(({ current }) => !current);
  expect((await other.request("DELETE", `/api/me/sessions/${theirs?.id}`)).status).toBe(204);
  await expectEnded(streams);
  await expectShut(person);
  expect((await other.request("GET", "/api/me")).status).toBe(200);
});

test("a new password ends the streams of every other session, and not of this one", async () => {
  const other = new HttpPerson(server.url);
  await other.signIn(credentials);
  const streams = await twoStreams("[[n=2000 every=20]]");
  const own = new Watched(await other.request("GET", `/api/runs/${streams[0].runId}/events`));
  const change = { current: credentials.password, next: "an entirely new passphrase" };
  expect((await other.request("POST", "/api/me/password", change)).status).toBe(204);
  await expectEnded(streams);
  await expectShut(person);
  const had = own.chars;
  expect(await until(() => (own.chars > had ? true : undefined), 5000)).toBe(true);
  await other.json("POST", `/api/runs/${streams[0].runId}/stop`, {});
});

test("signing out everywhere ends every stream and stops what runs", async () => {
  const streams = await twoStreams("[[n=2000 every=20 id=everywhere]]");
  const other = new HttpPerson(server.url);
  await other.signIn(credentials);
  expect((await other.request("POST", "/api/me/sign-out-everywhere", {})).status).toBe(204);
  await expectEnded(streams);
  await expectStopped("everywhere");
  await expectShut(person);
});

test("disabling a person ends every stream and stops what runs, and they cannot come back", async () => {
  const streams = await twoStreams("[[n=2000 every=20 id=disabled]]");
  await change({ disabled: true });
  await expectEnded(streams);
  await expectStopped("disabled");
  await expectShut(person);
  await expect(new HttpPerson(server.url).signIn(credentials)).rejects.toThrow("401");
});

test("another role ends the streams of the old one", async () => {
  const streams = await twoStreams("[[n=2000 every=20]]");
  await change({ role: "admin" });
  await expectEnded(streams);
  await expectShut(person);
});

/** What a stream has brought so far. */
class Watched {
  chars = 0;
  runId = "";
  conversationId = "";
  end: ChatEvent | undefined;
  closed = false;

  constructor(response: Response) {
    if (!response.ok || response.body === null) throw new Error(`No stream: ${response.status}.`);
    void this.#read(response.body);
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    try {
      for await (const event of readEvents(body)) {
        if (event.type === "accepted")
          Object.assign(this, { runId: event.runId, conversationId: event.conversationId });
        if (event.type === "delta" || event.type === "snapshot") this.chars += event.text.length;
        if (event.type === "end") this.end = event;
      }
    } catch {
      // Broken off is ended as well.
    }
    this.closed = true;
  }
}

/** One answer on both routes: as it was sent, and followed. */
async function twoStreams(text: string): Promise<[Watched, Watched]> {
  const sent = new Watched(await person.request("POST", "/api/chat", firstMessage(text)));
  await until(() => (sent.chars > 0 ? true : undefined), 10_000, 10);
  const followed = new Watched(await person.request("GET", `/api/runs/${sent.runId}/events`));
  await until(() => (followed.chars > 0 ? true : undefined), 10_000, 10);
  expect([sent.closed, followed.closed]).toEqual([false, false]);
  return [sent, followed];
}

async function expectEnded(streams: Watched[]): Promise<void> {
  expect(await until(() => (streams.every(({ closed }) => closed) ? true : undefined), 5000)).toBe(true);
  const had = streams.map(({ chars }) => chars);
  await pause(100);
  expect(streams.map(({ chars }) => chars)).toEqual(had);
}

/** The gateway saw the connection of this answer close. */
async function expectStopped(id: string): Promise<void> {
  const closed = await until(async () => {
    const { closedAt }: { closedAt: Record<string, number> } = await (await fetch(`${server.gatewayUrl}/stats`)).json();
    return closedAt[id];
  }, 5000);
  expect(closed).toBeDefined();
}

/** The cookie that was good a moment ago opens nothing. */
async function expectShut(someone: HttpPerson): Promise<void> {
  for (const path of ["/api/me", "/api/conversations", "/api/me/sessions"]) {
    expect((await someone.request("GET", path)).status, path).toBe(401);
  }
  const page = await someone.request("GET", "/settings/general");
  expect(page.status).toBe(307);
}

async function change(what: { disabled?: boolean; role?: "admin" }): Promise<void> {
  const { people } = await server.admin.json<{ people: PersonView[] }>("GET", "/api/people");
  const id = people.find(({ email }) => email === credentials.email)?.id;
  await server.admin.json("PATCH", `/api/people/${id}`, what);
}

async function signOut(tab: HttpPerson): Promise<void> {
  const { csrfToken } = await tab.json<{ csrfToken: string }>("GET", "/api/auth/csrf");
  await tab.json("POST", "/api/auth/signout", { csrfToken });
}
