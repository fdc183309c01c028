import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Chat } from "#lib/server/chat/chat.ts";
import type { Store } from "#lib/server/store/store.ts";
import { eachDialect } from "#lib/server/store/testing.ts";
import type { ErrorCode } from "#lib/shared/errors.ts";
import { type Call, scriptedGateway } from "./scripted-gateway.testing.ts";
import { read, sendOf, testChat, testPerson } from "./testing.ts";
import { viewConversation } from "./view.ts";
import { recover } from "./watch.ts";

eachDialect((dialect, make) => {
  async function house(options?: { maxTurns?: number }) {
    const store = await make();
    const gateway = await scriptedGateway();
    const chat = await testChat(store, gateway, options);
    const ann = await testPerson(store);
    return { store, gateway, chat, ann };
  }

  describe("a send", () => {
    it("is stored before its first event, and streamed to its end", async () => {
      const { store, gateway, chat, ann } = await house();
      const reader = await read(chat.send(ann, sendOf("What is a breakwater?")));
      await reader.until(({ events }) => events.length > 0);
      expect(reader.accepted.userMessage?.text).toBe("What is a breakwater?");
      expect(await messagesOf(store)).toMatchObject([
        { role: "user", state: "complete", text: "What is a breakwater?" },
        { role: "assistant", state: "streaming" },
      ]);
      const call = await gateway.call(0);
      call.say("A wall ").say("in the sea.").finish();
      await reader.done;
      expect(reader.text).toBe("A wall in the sea.");
      expect(reader.end).toMatchObject({ state: "complete", finishReason: "stop", problem: null });
      expect(reader.end.metrics).toMatchObject({ inputTokens: 3, outputTokens: 4 });
      expect(await messagesOf(store)).toMatchObject([{}, { state: "complete", text: "A wall in the sea." }]);
      expect(await count(store, "run_chunks")).toBe(0);
    });

    it("with the same request id reaches the gateway once, however often it comes", async () => {
      const { gateway, chat, ann } = await house();
      const request = sendOf("once");
      const readers = await Promise.all([1, 2, 3].map(() => read(chat.send(ann, request))));
      (await gateway.call(0)).say("yes").finish();
      await Promise.all(readers.map(({ done }) => done));
      const late = await read(chat.send(ann, request));
      await late.done;
      for (const reader of [...readers, late]) {
        expect(reader.answer.id).toBe(readers[0]?.answer.id);
        expect(reader.text).toBe("yes");
        expect(reader.end.state).toBe("complete");
      }
      expect(gateway.calls).toHaveLength(1);
    });

    it("with a used request id and another text is refused", async () => {
      const { chat, ann, gateway } = await house();
      const request = sendOf("one text");
      await read(chat.send(ann, request));
      await refused(chat.send(ann, { ...sendOf("another"), requestId: request.requestId }), "request_id_reused");
      expect(await gateway.call(0)).toBeDefined();
      expect(gateway.calls).toHaveLength(1);
    });

    it("under a message that is not the end of its branch is refused, and nothing is stored", async () => {
      const { store, chat, ann, gateway } = await house();
      const first = await talk(chat, ann, gateway, 0, sendOf("a"), "b");
      const conversationId = first.accepted.conversationId;
      await talk(chat, ann, gateway, 1, sendOf("c", { conversationId, parentId: first.answer.id }), "d");
      const before = await count(store, "messages");
      await refused(chat.send(ann, sendOf("late", { conversationId, parentId: first.answer.id })), "version_conflict");
      await refused(chat.send(ann, sendOf("late", { conversationId })), "version_conflict");
      expect(await count(store, "messages")).toBe(before);
    });

    it("into somebody else's conversation, or under their message, finds nothing", async () => {
      const { store, chat, ann, gateway } = await house();
      const ben = await testPerson(store, "Ben");
      const first = await talk(chat, ann, gateway, 0, sendOf("private"), "yes");
      const conversationId = first.accepted.conversationId;
      await refused(chat.send(ben, sendOf("hello", { conversationId, parentId: first.answer.id })), "not_found");
      const own = await talk(chat, ben, gateway, 1, sendOf("mine"), "ok");
      const intent = {
        kind: "edit" as const,
        messageId: first.accepted.userMessage?.id ?? "",
        text: "x",
        attachmentIds: [],
      };
      await refused(
        chat.send(ben, { ...sendOf(""), conversationId: own.accepted.conversationId, intent }),
        "not_found",
      );
      await refused(chat.follow(ben, first.accepted.runId, undefined), "not_found");
      await refused(chat.stop(ben.id, first.accepted.runId), "not_found");
    });
  });

  describe("the gateway's memory", () => {
    it("gets only the newest message while the branch is clean", async () => {
      const { chat, ann, gateway } = await house();
      const first = await talk(chat, ann, gateway, 0, sendOf("first"), "one");
      const next = sendOf("second", { conversationId: first.accepted.conversationId, parentId: first.answer.id });
      await talk(chat, ann, gateway, 1, next, "two");
      const [one, two] = gateway.calls;
      expect(two?.text).toBe("second");
      expect(two?.sessionKey).toBe(one?.sessionKey);
      expect(one?.sessionKey).toMatch(/^agent:main:web:[0-9a-f]{32}$/);
    });

    it("starts anew with one replay after Stop, an edit, another answer or another agent", async () => {
      const { chat, ann, gateway } = await house();
      const first = await talk(chat, ann, gateway, 0, sendOf("first"), "one");
      const conversationId = first.accepted.conversationId;
      const stopped = await read(chat.send(ann, sendOf("second", { conversationId, parentId: first.answer.id })));
      (await gateway.call(1)).say("half");
      await stopped.until(({ text }) => text === "half");
      await chat.stop(ann.id, stopped.accepted.runId);
      await stopped.done;
      expect(stopped.end.state).toBe("stopped");
      await talk(chat, ann, gateway, 2, sendOf("third", { conversationId, parentId: stopped.answer.id }), "three");
      const again = {
        ...sendOf(""),
        conversationId,
        intent: { kind: "regenerate" as const, messageId: first.answer.id },
      };
      const second = await talk(chat, ann, gateway, 3, again, "uno");
      expect(second.accepted.userMessage).toBeUndefined();
      expect(second.answer.siblingIds).toEqual([first.answer.id, second.answer.id]);
      const other = sendOf("fourth", { conversationId, parentId: second.answer.id, agentId: "research" });
      await talk(chat, ann, gateway, 4, other, "four");
      const keys = gateway.calls.map(({ sessionKey }) => sessionKey);
      expect(keys[1]).toBe(keys[0]);
      expect(new Set(keys).size).toBe(4);
      expect(keys[4]).toMatch(/^agent:research:web:/);
      const replayed = gateway.calls[2]?.text ?? "";
      for (const part of ["User: first", "Assistant: one", "User: second", "Assistant: half"]) {
        expect(replayed.split(part)).toHaveLength(2);
      }
      expect(replayed.endsWith("User: third")).toBe(true);
      expect(gateway.calls[3]?.text).toBe("first");
      expect(gateway.calls[4]?.text).toContain("Assistant: uno");
      expect(gateway.calls[4]?.text).not.toContain("half");
    });
  });

  describe("a message sent while an answer runs", () => {
    it("waits, starts by itself when the answer completes, and reaches the gateway once", async () => {
      const { chat, ann, gateway } = await house();
      const first = await read(chat.send(ann, sendOf("first")));
      const call = await gateway.call(0);
      const { conversationId } = first.accepted;
      const next = sendOf("second", { conversationId, parentId: first.answer.id });
      const queued = await read(chat.send(ann, next));
      await queued.done;
      expect(queued.events).toMatchObject([{ type: "queued", conversationId, item: { text: "second", version: 1 } }]);
      const repeated = await read(chat.send(ann, next));
      await repeated.done;
      expect(repeated.events).toEqual(queued.events);
      call.say("one").finish();
      await first.done;
      const nextRunId = first.end.nextRunId ?? "";
      const follow = await read(chat.follow(ann, nextRunId, undefined));
      (await gateway.call(1)).say("two").finish();
      await follow.done;
      expect(follow.text).toBe("two");
      expect(gateway.calls[1]?.text).toBe("second");
      expect(gateway.calls).toHaveLength(2);
    });

    it("stays queued when the answer does not complete, until the person lets it go on", async () => {
      const { store, chat, ann, gateway } = await house();
      const first = await read(chat.send(ann, sendOf("first")));
      const call = await gateway.call(0);
      const { conversationId } = first.accepted;
      await read(chat.send(ann, sendOf("second", { conversationId, parentId: first.answer.id })));
      call.say("one").cut();
      await first.done;
      expect(first.end).toMatchObject({ state: "interrupted", problem: { code: "gateway_cut" }, nextRunId: null });
      expect(await count(store, "queued_messages")).toBe(1);
      const runId = await chat.engine.startNextQueued(ann, conversationId);
      const follow = await read(chat.follow(ann, runId ?? "", undefined));
      (await gateway.call(1)).say("two").finish();
      await follow.done;
      expect(follow.end.state).toBe("complete");
      expect(await count(store, "queued_messages")).toBe(0);
    });
  });

  it("drops what no database can keep from an answer", async () => {
    const { store, chat, ann, gateway } = await house();
    const reader = await talk(chat, ann, gateway, 0, sendOf("go"), "a\0b");
    expect(reader.text).toBe("ab");
    expect((await messagesOf(store))[1]?.text).toBe("ab");
  });

  it("keeps the order of what was said when the clock steps back ten minutes", async () => {
    const { store, chat, ann, gateway } = await house();
    const first = await talk(chat, ann, gateway, 0, sendOf("before"), "one");
    const conversationId = first.accepted.conversationId;
    const real = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now: real - 600_000 });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    await talk(chat, ann, gateway, 1, sendOf("after", { conversationId, parentId: first.answer.id }), "two");
    vi.useRealTimers();
    expect((await messagesOf(store)).map(({ text }) => text)).toEqual(["before", "one", "after", "two"]);
    const view = await viewConversation(store, { ownerId: ann.id, origin: "real" }, conversationId, { limit: 50 });
    expect(view.messages.map(({ text }) => text)).toEqual(["before", "one", "after", "two"]);
  });

  describe("a reader", () => {
    it("that leaves changes nothing, and may come back in the middle", async () => {
      const { chat, ann, gateway } = await house();
      const first = await read(chat.send(ann, sendOf("tell")));
      const call = await gateway.call(0);
      call.say("one ");
      await first.until(({ text }) => text === "one ");
      await first.leave();
      call.say("two ");
      const second = await read(chat.follow(ann, first.accepted.runId, undefined));
      const third = await read(chat.follow(ann, first.accepted.runId, "one ".length));
      call.say("three").finish();
      await Promise.all([second.done, third.done]);
      expect(second.text).toBe("one two three");
      expect(third.text).toBe("two three");
      expect(call.isClosed).toBe(true);
    });

    it("of a run that has ended gets the whole text and the end", async () => {
      const { chat, ann, gateway } = await house();
      const first = await talk(chat, ann, gateway, 0, sendOf("tell"), "all of it");
      const later = await read(chat.follow(ann, first.accepted.runId, undefined));
      await later.done;
      expect(later.text).toBe("all of it");
      expect(later.end).toEqual(first.end);
    });
  });

  describe("failures", () => {
    it.each<[string, (call: Call) => void, string, ErrorCode, string]>([
      ["a cut connection", (call) => call.say("some ").cut(), "interrupted", "gateway_cut", "some "],
      [
        "an error inside the stream",
        (call) => {
          call.say("some ");
          call.fail("upstream provider error", "api_error");
        },
        "failed",
        "provider_failed",
        "some ",
      ],
      [
        "a wrong token",
        (call) => call.refuse(401, { message: "Unauthorized", type: "unauthorized" }),
        "failed",
        "gateway_unauthorized",
        "",
      ],
      [
        "an empty purse at the provider",
        (call) => call.refuse(402, { message: "402 no", type: "insufficient_quota" }),
        "failed",
        "provider_out_of_credit",
        "",
      ],
    ])("%s keeps the text and ends in one honest state", async (_name, act, state, code, text) => {
      const { store, chat, ann, gateway } = await house();
      const reader = await read(chat.send(ann, sendOf("go")));
      act(await gateway.call(0));
      await reader.done;
      expect(reader.text).toBe(text);
      expect(reader.end).toMatchObject({ state, problem: { code } });
      expect((await messagesOf(store))[1]).toMatchObject({ state, text });
      const retry = { ...sendOf(""), conversationId: reader.accepted.conversationId };
      const intent = { kind: "regenerate" as const, messageId: reader.answer.id };
      if (code !== "gateway_unauthorized") await talk(chat, ann, gateway, 1, { ...retry, intent }, "well");
      expect((await messagesOf(store)).filter(({ role }) => role === "user")).toHaveLength(1);
    });
  });

  describe("Stop", () => {
    it("closes the connection to the gateway, keeps the text, and frees the conversation", async () => {
      const { store, chat, ann, gateway } = await house();
      const reader = await read(chat.send(ann, sendOf("go on for ever")));
      const call = await gateway.call(0);
      call.say("word ");
      await reader.until(({ text }) => text === "word ");
      await chat.stop(ann.id, reader.accepted.runId);
      await call.closed;
      await reader.done;
      expect(reader.end).toMatchObject({ state: "stopped", problem: null });
      expect((await messagesOf(store))[1]).toMatchObject({ state: "stopped", text: "word " });
      await chat.stop(ann.id, reader.accepted.runId);
    });
  });

  describe("admission", () => {
    it("keeps runs beyond the places waiting, shows the place, and lets a waiting one be stopped", async () => {
      const { store, chat, ann, gateway } = await house({ maxTurns: 1 });
      const ben = await testPerson(store, "Ben");
      const first = await read(chat.send(ann, sendOf("a1")));
      const call = await gateway.call(0);
      const second = await read(chat.send(ann, sendOf("a2")));
      const third = await read(chat.send(ben, sendOf("b1")));
      await third.until(({ events }) => events.some((event) => event.type === "place" && event.position === 2));
      expect(third.answer.state).toBe("queued");
      await chat.stop(ann.id, second.accepted.runId);
      await second.done;
      expect(second.end.state).toBe("stopped");
      expect(gateway.calls).toHaveLength(1);
      call.say("x").finish();
      await first.done;
      (await gateway.call(1)).say("y").finish();
      await third.done;
      expect(gateway.calls[1]?.text).toBe("b1");
      expect(third.end.state).toBe("complete");
    });
  });

  describe("a process that dies", () => {
    it("leaves its answers interrupted with the text that was stored, and can change nothing afterwards", async () => {
      const { store, chat, ann, gateway } = await house();
      const reader = await read(chat.send(ann, sendOf("go")));
      const call = await gateway.call(0);
      call.say("kept ");
      await untilStored(store, "kept ");
      const other = await testChat(store, gateway);
      await declareDead(store, chat);
      await recover(other);
      expect((await messagesOf(store))[1]).toMatchObject({ state: "interrupted", text: "kept " });
      call.say("lost").finish();
      await reader.done;
      expect(reader.events.some(({ type }) => type === "end")).toBe(false);
      expect((await messagesOf(store))[1]).toMatchObject({ state: "interrupted", text: "kept " });
      const again = await read(other.follow(ann, reader.accepted.runId, 4000));
      await again.done;
      expect(again.text).toBe("kept ");
      expect(again.end).toMatchObject({ state: "interrupted", problem: { code: "process_restarted" } });
    });
  });

  if (dialect === "postgres") {
    describe("two processes on one database", () => {
      it("follow and stop each other's runs", async () => {
        const { store, chat, ann, gateway } = await house();
        const other = await testChat(store, gateway);
        const here = await read(chat.send(ann, sendOf("go")));
        const call = await gateway.call(0);
        call.say("one ");
        await here.until(({ text }) => text === "one ");
        const there = await read(other.follow(ann, here.accepted.runId, undefined));
        call.say("two");
        await there.until(({ text }) => text === "one two");
        await other.stop(ann.id, here.accepted.runId);
        await call.closed;
        await Promise.all([here.done, there.done]);
        expect(there.text).toBe("one two");
        expect(there.end.state).toBe("stopped");
        expect(here.end.state).toBe("stopped");
      });

      it("start one run for one request id sent to both", async () => {
        const { store, chat, ann, gateway } = await house();
        const other = await testChat(store, gateway);
        const request = sendOf("once");
        const readers = await Promise.all([read(chat.send(ann, request)), read(other.send(ann, request))]);
        (await gateway.call(0)).say("yes").finish();
        await Promise.all(readers.map(({ done }) => done));
        expect(readers.map(({ text }) => text)).toEqual(["yes", "yes"]);
        expect(gateway.calls).toHaveLength(1);
      });
    });
  }
});

async function talk(
  chat: Chat,
  person: Awaited<ReturnType<typeof testPerson>>,
  gateway: Awaited<ReturnType<typeof scriptedGateway>>,
  index: number,
  request: ReturnType<typeof sendOf>,
  answer: string,
) {
  const reader = await read(chat.send(person, request));
  (await gateway.call(index)).say(answer).finish();
  await reader.done;
  expect(reader.end.state).toBe("complete");
  return reader;
}

async function refused(sent: Promise<unknown>, code: ErrorCode) {
  await expect(sent).rejects.toMatchObject({ code });
}

function messagesOf(store: Store) {
  return store.db.selectFrom("messages").selectAll().orderBy("conversation_id").orderBy("seq").execute();
}

async function count(store: Store, table: "messages" | "run_chunks" | "queued_messages"): Promise<number> {
  const { rows } = await store.db
    .selectFrom(table)
    .select((e) => e.fn.countAll<number>().as("rows"))
    .executeTakeFirstOrThrow();
  return Number(rows);
}

async function untilStored(store: Store, text: string): Promise<void> {
  for (;;) {
    const rows = await store.db.selectFrom("run_chunks").select("text").orderBy("seq").execute();
    if (rows.map((row) => row.text).join("") === text) return;
    await new Promise((wake) => setTimeout(wake, 20));
  }
}

/** What a process that is gone looks like to the others: no heartbeat for longer than the lease. */
async function declareDead(store: Store, chat: Chat): Promise<void> {
  await store.write((tx) =>
    tx.updateTable("instances").set({ heartbeat_at: 0 }).where("epoch", "=", chat.engine.epoch).execute(),
  );
}
