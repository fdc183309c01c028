import { expect, test } from "@playwright/test";
import { type TcpProxy, tcpProxy } from "#e2e/support/tcp-proxy.ts";
import type { ChatEvent } from "#lib/shared/chat/events.ts";
import type { ConversationView } from "#lib/shared/chat/types.ts";
import { type RunningBreakwater, startBreakwater } from "#scripts/support/breakwater.ts";
import { firstMessage } from "#scripts/support/messages.ts";
import { type HttpPerson, readEvents, setUpAdmin } from "#scripts/support/person.ts";
import {
  postgresFolder,
  type RunningPostgres,
  removePostgresFolder,
  startPostgres,
  stopPostgres,
} from "#scripts/support/postgres.ts";
import { pause, startNode, until, type Watched } from "#scripts/support/processes.ts";

/** What processes and networks do to us, on the production build. No browser takes part. */

let stub: Watched;
let gateway: Record<string, string>;

test.beforeAll(async () => {
  stub = startNode(["scripts/support/stub-gateway.ts"]);
  const [, port] = await stub.printed(/listening (\d+)/);
  gateway = { OPENCLAW_GATEWAY_URL: `http://127.0.0.1:${port}`, OPENCLAW_GATEWAY_TOKEN: "faults" };
});

test.afterAll(async () => {
  await stub.end("SIGKILL");
});

test.describe("one process on SQLite", () => {
  let server: RunningBreakwater;
  let admin: HttpPerson;

  test.beforeEach(async () => {
    server = await startBreakwater({ environment: gateway });
    admin = await setUpAdmin(server);
  });

  test.afterEach(() => server.dispose());

  test("SIGTERM lets a running answer end, and the process leaves with 0", async () => {
    const stream = new Stream(admin, "[[n=40 every=50]]");
    await stream.until(({ text }) => text !== "");
    const ended = server.end("SIGTERM");
    await stream.done;
    expect(stream.end?.state).toBe("complete");
    expect(await ended).toBe(0);
  });

  test("SIGTERM while nobody watches still waits for the answer", async () => {
    const stream = new Stream(admin, "[[n=40 every=50]]");
    await stream.until(({ text }) => text !== "");
    stream.leave();
    expect(await server.end("SIGTERM")).toBe(0);
    const again = await startBreakwater({ dataDir: server.dataDir, environment: gateway });
    const view = await viewOf(admin.at(again.url), stream.conversationId);
    await again.end();
    expect(view.messages.at(-1)).toMatchObject({ state: "complete" });
  });

  test("a kill keeps what was seen a second ago and leaves an honest state", async () => {
    const stream = new Stream(admin, "[[n=400 every=20]]");
    await stream.until(({ text }) => text.length > 200);
    const seen = stream.text;
    await pause(1000);
    await server.end("SIGKILL");
    const startedAt = performance.now();
    const again = await startBreakwater({ dataDir: server.dataDir, environment: gateway });
    expect(performance.now() - startedAt).toBeLessThan(5000);
    const person = admin.at(again.url);
    const view = await viewOf(person, stream.conversationId);
    const answer = view.messages.at(-1);
    expect(answer).toMatchObject({ state: "interrupted", problem: { code: "process_restarted" } });
    expect(answer?.text.startsWith(seen)).toBe(true);
    expect(view.messages.at(0)?.text).toBe("[[n=400 every=20]]");
    // A reader that has more than what was stored gets the shorter text as a whole.
    const response = await person.request("GET", `/api/runs/${answer?.runId}/events`);
    const events: ChatEvent[] = [];
    for await (const event of readEvents(bodyOf(response))) events.push(event);
    expect(events.map(({ type }) => type)).toEqual(["snapshot", "end"]);
    await again.end();
  });

  test("a second start on the same data says where the first one runs", async () => {
    const second = startNode(["scripts/serve.mjs"], {
      ...gateway,
      DATA_DIR: server.dataDir,
      PORT: "0",
      NODE_ENV: "production",
    });
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain(server.url);
  });
});

test.describe("two processes on one PostgreSQL", () => {
  let folder: string;
  let postgres: RunningPostgres;
  let network: TcpProxy;
  let a: RunningBreakwater;
  let b: RunningBreakwater;
  let atA: HttpPerson;
  let atB: HttpPerson;

  test.beforeAll(async () => {
    folder = postgresFolder();
    postgres = await startPostgres(folder);
  });

  test.afterAll(async () => {
    await stopPostgres(postgres.pid);
    removePostgresFolder(folder);
  });

  test.beforeEach(async () => {
    network = await tcpProxy(postgres.port);
    const database = `faults_${Date.now()}`;
    await createDatabase(postgres, database);
    const environment = {
      ...gateway,
      DATABASE_URL: `postgres://breakwater@127.0.0.1:${network.port}/${database}`,
      AUTH_SECRET: "a secret that all processes share, 32 bytes and more",
      DATA_KEY: "another secret that all processes share, also long",
      BREAKWATER_SET_UP_CODE: "code-for-both-processes",
    };
    [a, b] = await Promise.all([startBreakwater({ environment }), startBreakwater({ environment })]);
    atA = await setUpAdmin(Object.assign(a, { setUpCode: "code-for-both-processes" }));
    atB = atA.at(b.url);
  });

  test.afterEach(async () => {
    network.mend();
    await Promise.all([a, b].map((process) => process.end("SIGKILL")));
    await Promise.all([a.dispose(), b.dispose()]);
    network.close();
  });

  test("any process follows and stops any answer", async () => {
    const here = new Stream(atA, "[[n=2000 every=20]]");
    await here.until(({ text }) => text !== "");
    const there = Stream.of(await atB.request("GET", `/api/runs/${here.runId}/events`));
    const sent = here.text.length;
    await there.until(({ text }) => text.length > sent);
    await atB.json("POST", `/api/runs/${here.runId}/stop`, {});
    await Promise.all([here.done, there.done]);
    expect(here.end?.state).toBe("stopped");
    expect(there.end?.state).toBe("stopped");
    expect(there.text).toBe(here.text);
  });

  test("a killed process's answer is interrupted by the other within the lease, with its text", async () => {
    const here = new Stream(atA, "[[n=4000 every=20]]");
    await here.until(({ text }) => text.length > 200);
    const seen = here.text;
    await pause(1000);
    await a.end("SIGKILL");
    const ended = await until(async () => {
      const { messages } = await viewOf(atB, here.conversationId);
      return messages.at(-1)?.state === "streaming" ? undefined : messages.at(-1);
    }, 20_000);
    expect(ended).toMatchObject({ state: "interrupted" });
    expect(ended?.text.startsWith(seen)).toBe(true);
  });

  test("while the database is away sends are refused before the gateway is asked, and a running answer goes on", async () => {
    const stream = new Stream(atA, "[[n=300 every=20]]");
    await stream.until(({ text }) => text !== "");
    const before = await startedTurns();
    network.cut();
    const refused = await atA.request("POST", "/api/chat", firstMessage("[[n=3]]"));
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ error: { code: "store_unavailable" } });
    expect((await atA.request("GET", "/api/conversations")).status).toBe(503);
    expect((await fetch(`${a.url}/api/health/ready`)).status).toBe(503);
    const shown = stream.text.length;
    await stream.until(({ text }) => text.length > shown);
    network.mend();
    await stream.done;
    expect(stream.end?.state).toBe("complete");
    const view = await until(async () => {
      const response = await atA.request("GET", `/api/conversations/${stream.conversationId}`);
      return response.ok ? ((await response.json()) as ConversationView) : undefined;
    }, 15_000);
    expect(view?.messages.at(-1)).toMatchObject({ state: "complete", text: stream.text });
    expect(await startedTurns()).toBe(before);
  });

  test("a follower that hears no notification reads the store by itself", async () => {
    const here = new Stream(atA, "[[n=600 every=20]]");
    await here.until(({ text }) => text !== "");
    const there = Stream.of(await atB.request("GET", `/api/runs/${here.runId}/events`));
    await there.until(({ text }) => text !== "");
    await cutListeners(postgres);
    const had = there.text.length;
    await there.until(({ text }) => text.length > had + 500);
    await Promise.all([here.done, there.done]);
    expect(there.text).toBe(here.text);
  });
});

/** One answer as it comes, on either route. */
class Stream {
  text = "";
  runId = "";
  conversationId = "";
  end: Extract<ChatEvent, { type: "end" }> | null = null;
  readonly done: Promise<void>;
  readonly #left = new AbortController();

  constructor(person: HttpPerson | null, text: string, response?: Response) {
    const events =
      response === undefined && person !== null
        ? person.send(firstMessage(text), this.#left.signal)
        : readEvents(bodyOf(response));
    this.done = this.#read(events);
  }

  static of(response: Response): Stream {
    return new Stream(null, "", response);
  }

  async until(holds: (stream: Stream) => boolean): Promise<void> {
    const reached = await until(() => (holds(this) ? true : undefined), 20_000, 10);
    if (reached === undefined) throw new Error(`This never came: ${holds}. The text is ${this.text.slice(-100)}.`);
  }

  leave(): void {
    this.#left.abort();
  }

  async #read(events: AsyncIterable<ChatEvent>): Promise<void> {
    try {
      for await (const event of events) {
        if (event.type === "accepted")
          Object.assign(this, { runId: event.runId, conversationId: event.conversationId });
        if (event.type === "snapshot") this.text = event.text;
        if (event.type === "delta") this.text += event.text;
        if (event.type === "end") this.end = event;
      }
    } catch {
      // The server went away, or the test left: `end` stays null.
    }
  }
}

function bodyOf(response: Response | undefined): ReadableStream<Uint8Array> {
  if (!response?.ok || response.body === null) throw new Error(`No stream: ${response?.status}.`);
  return response.body;
}

function viewOf(person: HttpPerson, conversationId: string): Promise<ConversationView> {
  return person.json<ConversationView>("GET", `/api/conversations/${conversationId}`);
}

async function startedTurns(): Promise<number> {
  const stats: { started: number } = await (await fetch(`${gateway["OPENCLAW_GATEWAY_URL"]}/stats`)).json();
  return stats.started;
}

async function createDatabase(server: RunningPostgres, name: string): Promise<void> {
  await withClient(server, (client) => client.query(`create database ${name}`));
}

async function cutListeners(server: RunningPostgres): Promise<void> {
  await withClient(server, (client) =>
    client.query("select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen %'"),
  );
}

async function withClient(
  server: RunningPostgres,
  work: (client: import("pg").Client) => Promise<unknown>,
): Promise<void> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: server.url("postgres") });
  await client.connect();
  await work(client);
  await client.end();
}
