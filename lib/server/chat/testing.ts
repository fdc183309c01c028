import "server-only";
import { createParser } from "eventsource-parser";
import { onTestFinished } from "vitest";
import type { Person } from "#lib/server/auth/session.ts";
import type { Backend, TurnRequest } from "#lib/server/chat/backend.ts";
import { Chat } from "#lib/server/chat/chat.ts";
import { ChatEngine } from "#lib/server/chat/engine.ts";
import { recover, watch } from "#lib/server/chat/watch.ts";
import { uuidv7 } from "#lib/server/store/ids.ts";
import { registerInstance } from "#lib/server/store/instances.ts";
import type { Store } from "#lib/server/store/store.ts";
import { streamChat } from "#lib/server/upstream/openclaw/chat.ts";
import { makeConnection, type OpenClawConnection } from "#lib/server/upstream/openclaw/connection.ts";
import { parseBase } from "#lib/server/upstream/origin.ts";
import type { ChatEvent } from "#lib/shared/chat/events.ts";
import type { MessageView, SendRequest } from "#lib/shared/chat/types.ts";

/** A gateway to run turns on: the sandbox, or a server that a test scripts. */
export interface TestGateway {
  url: string;
  token: string;
}

/** A chat over a store and a gateway, as one server process has it; closed when the test ends. */
export async function testChat(
  store: Store,
  gateway: TestGateway,
  options: { maxTurns?: number; openmarlin?: Backend } = {},
): Promise<Chat> {
  const epoch = await registerInstance(store);
  const engine = new ChatEngine({
    store,
    backends: { openclaw: backendOf(gateway), openmarlin: options.openmarlin ?? noBackend },
    places: { openclaw: options.maxTurns ?? 16, openmarlin: 16 },
    epoch,
    loadImage: () => Promise.reject(new Error("No images in this test.")),
  });
  const chat = new Chat(store, engine);
  await recover(chat);
  const stop = watch(chat);
  onTestFinished(async () => {
    await stop();
    await engine.drain(0);
  });
  return chat;
}

const noBackend: Backend = {
  stream: () => Promise.reject(new Error("There is no such upstream in this test.")),
  origin: () => "real",
};

function backendOf({ url, token }: TestGateway): Backend {
  const base = parseBase(url);
  if ("problem" in base) throw new Error(base.problem);
  const connection: OpenClawConnection = makeConnection({
    base,
    auth: "token",
    credential: token,
    fingerprint: "real",
  });
  return {
    async stream({ text, agentId, sessionKey, model, signal }: TurnRequest, on) {
      await streamChat({ agentId, sessionKey, model, signal, parts: [{ type: "text", text }], connection }, on);
    },
    origin: () => "real",
  };
}

/** A person with a session, stored. */
export async function testPerson(store: Store, name = "Ann"): Promise<Person> {
  const id = uuidv7();
  const now = Date.now();
  const sidHash = id.replaceAll("-", "").padEnd(64, "0");
  await store.write(async (tx) => {
    await tx
      .insertInto("users")
      .values({
        id,
        email: `${name.toLowerCase()}-${id}@example.org`,
        name,
        password_hash: null,
        role: "member",
        is_demo: 0,
        disabled_at: null,
        locale: null,
        theme: "system",
        send_key: "enter",
        announce: "sentences",
        created_at: now,
      })
      .execute();
    await tx
      .insertInto("sessions")
      .values({
        sid_hash: sidHash,
        user_id: id,
        created_at: now,
        last_seen_at: now,
        expires_at: now + 3_600_000,
        user_agent: "",
        address: "local",
      })
      .execute();
  });
  return {
    id,
    email: `${name.toLowerCase()}-${id}@example.org`,
    name,
    role: "member",
    isDemo: false,
    locale: "en",
    theme: "system",
    sendKey: "enter",
    announce: "sentences",
    sidHash,
  };
}

export function sendOf(text: string, more: Partial<SendRequest> & { parentId?: string | null } = {}): SendRequest {
  const { parentId = null, ...rest } = more;
  return {
    requestId: uuidv7(),
    conversationId: null,
    agentId: "main",
    model: null,
    intent: { kind: "send", parentId, text, attachmentIds: [] },
    ...rest,
  };
}

/** A response's events as they come. */
export class EventReader {
  readonly events: ChatEvent[] = [];
  readonly ids: string[] = [];
  readonly done: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #waiters: (() => void)[] = [];

  constructor(response: Response) {
    const { body } = response;
    if (body === null) throw new Error(`An answer without a body: ${response.status}.`);
    this.#reader = body.getReader();
    this.done = this.#read();
  }

  get text(): string {
    return this.events.reduce((text, event) => {
      if (event.type === "snapshot") return event.text;
      return event.type === "delta" ? text + event.text : text;
    }, "");
  }

  get accepted(): Extract<ChatEvent, { type: "accepted" }> {
    const [first] = this.events;
    if (first?.type !== "accepted") throw new Error(`The first event is ${first?.type}.`);
    return first;
  }

  get answer(): MessageView {
    return this.accepted.assistantMessage;
  }

  get end(): Extract<ChatEvent, { type: "end" }> {
    const last = this.events.at(-1);
    if (last?.type !== "end") throw new Error(`The last event is ${last?.type}.`);
    return last;
  }

  /** Waits until the events fulfil something, or the stream is over. */
  async until(holds: (reader: EventReader) => boolean): Promise<this> {
    let over = false;
    void this.done.then(() => {
      over = true;
    });
    while (!holds(this) && !over) await new Promise<void>((wake) => this.#waiters.push(wake));
    if (!holds(this)) throw new Error(`The stream ended before that: ${JSON.stringify(this.events.at(-1))}`);
    return this;
  }

  leave(): Promise<void> {
    return this.#reader.cancel();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    const parser = createParser({
      onEvent: ({ id, data }) => {
        this.events.push(JSON.parse(data));
        if (id !== undefined) this.ids.push(id);
      },
    });
    for (;;) {
      const { done, value } = await this.#reader.read().catch(() => ({ done: true, value: undefined }));
      if (value !== undefined) parser.feed(decoder.decode(value, { stream: true }));
      for (const wake of this.#waiters.splice(0)) wake();
      if (done) return;
    }
  }
}

export async function read(response: Promise<Response> | Response): Promise<EventReader> {
  return new EventReader(await response);
}
