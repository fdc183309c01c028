import { randomUUID } from "node:crypto";
import type { Insertable } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addPerson, beginTurn, endTurn, enqueue, refusal, stream, talk } from "#lib/server/chat/turns.testing.ts";
import { viewConversation, viewQuerySchema } from "#lib/server/chat/view.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { uuidv7 } from "#lib/server/store/ids.ts";
import type { MessagesTable } from "#lib/server/store/schema.ts";
import type { Store } from "#lib/server/store/store.ts";
import { eachDialect } from "#lib/server/store/testing.ts";

eachDialect((_name, make) => {
  let store: Store;
  beforeAll(async () => {
    store = await make();
  });
  afterAll(() => store.close());

  function view(ownerId: string, id: string, query: Record<string, string> = {}) {
    return viewConversation(store, { ownerId, origin: "real" }, id, viewQuerySchema.parse(query));
  }

  /** A conversation of `count` messages on one branch, written at once. */
  async function longConversation(ownerId: string, count: number) {
    const first = await talk(store, ownerId, "text 1", "text 2");
    const id = first.conversationId;
    const ids = [first.userId, first.answerId];
    const rows: Insertable<MessagesTable>[] = [];
    for (let seq = 3; seq <= count; seq += 1) {
      const messageId = uuidv7();
      rows.push({
        id: messageId,
        conversation_id: id,
        owner_id: ownerId,
        parent_id: ids.at(-1) ?? null,
        seq,
        role: seq % 2 === 1 ? ("user" as const) : ("assistant" as const),
        state: "complete" as const,
        text: `text ${seq}`,
        agent_id: "main",
        model: null,
        run_id: null,
        created_at: seq,
        ended_at: seq,
        finish_reason: null,
        problem: null,
        metrics: "{}",
        replayed_without_images: 0,
        indexed: 0,
      });
      ids.push(messageId);
    }
    await store.write(async (tx) => {
      for (let start = 0; start < rows.length; start += 500) {
        await tx
          .insertInto("messages")
          .values(rows.slice(start, start + 500))
          .execute();
      }
      const leaf = { leaf_message_id: ids.at(-1) ?? null, next_seq: count + 1 };
      await tx.updateTable("conversations").set(leaf).where("id", "=", id).execute();
    });
    return { id, ids };
  }

  describe("the view of a conversation", () => {
    test("has both messages of a turn with all that is known of them", async () => {
      const owner = await addPerson(store);
      const { conversationId, userId, answerId, turn } = await talk(store, owner, "hi", "hello");
      expect(await view(owner, conversationId)).toEqual({
        conversation: {
          id: conversationId,
          title: "hi",
          agentId: "main",
          createdAt: expect.any(Number),
          updatedAt: expect.any(Number),
          pinned: false,
          archived: false,
          state: "complete",
          unread: true,
          readOnly: false,
        },
        messages: [
          {
            id: userId,
            conversationId,
            parentId: null,
            role: "user",
            state: "complete",
            text: "hi",
            agentId: "main",
            model: null,
            runId: null,
            createdAt: expect.any(Number),
            endedAt: expect.any(Number),
            finishReason: null,
            problem: null,
            metrics: {},
            attachments: [],
            siblingIds: [userId],
          },
          {
            id: answerId,
            conversationId,
            parentId: userId,
            role: "assistant",
            state: "complete",
            text: "hello",
            agentId: "main",
            model: null,
            runId: turn.run.id,
            createdAt: expect.any(Number),
            endedAt: expect.any(Number),
            finishReason: "stop",
            problem: null,
            metrics: { firstTokenMs: 12 },
            attachments: [],
            siblingIds: [answerId],
          },
        ],
        hasOlder: false,
        queue: [],
        activeRunId: null,
        queuePaused: false,
      });
    });

    test("puts the text of a streaming answer together, and shows what waits behind it", async () => {
      const owner = await addPerson(store);
      const turn = await beginTurn(store, owner, { kind: "send", parentId: null, text: "count", attachmentIds: [] });
      const id = turn.run.conversation_id;
      for (let seq = 0; seq < 12; seq += 1) await stream(store, turn, seq, `${seq} `);
      const item = await enqueue(store, owner, id, "and then?");
      const now = await view(owner, id);
      expect(now.messages.at(-1)).toMatchObject({
        state: "streaming",
        text: "0 1 2 3 4 5 6 7 8 9 10 11 ",
        endedAt: null,
      });
      expect(now.activeRunId).toBe(turn.run.id);
      expect(now.queue).toEqual([item]);
      await endTurn(store, turn, "0 1 2", "interrupted");
      expect(await view(owner, id)).toMatchObject({ activeRunId: null, queuePaused: true });
    });

    test("comes in pages from the end, without a gap or a repeat", async () => {
      const owner = await addPerson(store);
      const { id, ids } = await longConversation(owner, 121);
      const seen: string[] = [];
      let query: Record<string, string> = {};
      for (const older of [true, true, false]) {
        const page = await view(owner, id, query);
        expect(page.hasOlder).toBe(older);
        expect(page.hasNewer).toBeUndefined();
        seen.unshift(...page.messages.map((message) => message.id));
        query = { before: page.messages[0]?.id ?? "" };
      }
      expect(seen).toEqual(ids);
      const none = await view(owner, id, query);
      expect([none.messages, none.hasOlder]).toEqual([[], false]);
    });

    test.each(["0", "201", "x", "1.5"])("refuses a page of %s messages", (limit) => {
      expect(viewQuerySchema.safeParse({ limit }).success).toBe(false);
    });

    test("refuses `before` together with `around`, odd ids and unknown keys", () => {
      const id = randomUUID();
      expect(viewQuerySchema.safeParse({ before: id, around: id }).success).toBe(false);
      expect(viewQuerySchema.safeParse({ before: "1 or 1=1" }).success).toBe(false);
      expect(viewQuerySchema.safeParse({ owner: id }).success).toBe(false);
    });

    test("is nobody else's, and takes no message of another conversation", async () => {
      const owner = await addPerson(store);
      const stranger = await addPerson(store);
      const mine = await talk(store, owner, "mine", "a");
      const other = await talk(store, owner, "other", "a");
      const foreign = await talk(store, stranger, "foreign", "a");
      expect(await refusal(view(stranger, mine.conversationId))).toBe("not_found");
      expect(await refusal(view(owner, randomUUID()))).toBe("not_found");
      for (const id of [other.answerId, foreign.answerId, randomUUID()]) {
        expect(await refusal(view(owner, mine.conversationId, { before: id }))).toBe("not_found");
        expect(await refusal(view(owner, mine.conversationId, { around: id }))).toBe("not_found");
      }
    });
  });

  describe("branches", () => {
    test("say which messages stand beside each other, at the beginning too", async () => {
      const owner = await addPerson(store);
      const first = await talk(store, owner, "one", "answer");
      const id = first.conversationId;
      const again = await beginTurn(store, owner, { kind: "regenerate", messageId: first.answerId }, id);
      await endTurn(store, again, "another answer");
      const edit = { kind: "edit" as const, messageId: first.userId, text: "one, edited", attachmentIds: [] };
      const edited = await beginTurn(store, owner, edit, id);
      await endTurn(store, edited, "third answer");
      const roots = [first.userId, edited.run.user_message_id];
      const answers = [first.answerId, again.assistantMessage.id];
      const shown = await view(owner, id);
      expect(shown.messages.map(({ text, siblingIds }) => [text, siblingIds])).toEqual([
        ["one, edited", roots],
        ["third answer", [edited.assistantMessage.id]],
      ]);
      const other = await view(owner, id, { around: first.answerId });
      expect(other.messages.map(({ text, siblingIds }) => [text, siblingIds])).toEqual([
        ["one", roots],
        ["answer", answers],
      ]);
      // Looking at another branch changes nothing.
      expect((await view(owner, id)).messages.at(-1)?.text).toBe("third answer");
    });

    test("around a message on the shown branch: a little before it, and on to the end", async () => {
      const owner = await addPerson(store);
      const { id, ids } = await longConversation(owner, 200);
      const page = await view(owner, id, { around: ids[99] ?? "", limit: "10" });
      expect(page.messages.map((message) => message.id)).toEqual(ids.slice(94));
      expect([page.hasOlder, page.hasNewer]).toEqual([true, undefined]);
      const start = await view(owner, id, { around: ids[0] ?? "" });
      expect(start.messages).toHaveLength(200);
      expect(start.hasOlder).toBe(false);
    });

    test("around a message very far back: a bounded page that says it goes on", async () => {
      const owner = await addPerson(store);
      const { id, ids } = await longConversation(owner, limits.page.messagesAroundHit + 200);
      const page = await view(owner, id, { around: ids[100] ?? "" });
      expect(page.hasNewer).toBe(true);
      expect(page.messages.map((message) => message.id)).toEqual(ids.slice(75, 100 + limits.page.messagesAroundHit));
    });
  });
});
