import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changeConversation, changeSchema } from "#lib/server/chat/change-conversation.ts";
import {
  deleteConversation,
  eraseDeleted,
  listQuerySchema,
  pageOfConversations,
  restoreConversation,
} from "#lib/server/chat/conversations.ts";
import { saveDraft } from "#lib/server/chat/drafts.ts";
import { addPerson, beginTurn, endTurn, enqueue, refusal, talk } from "#lib/server/chat/turns.testing.ts";
import { viewConversation, viewQuerySchema } from "#lib/server/chat/view.ts";
import { limits } from "#lib/server/limits/limits.ts";
import type { Store } from "#lib/server/store/store.ts";
import { eachDialect } from "#lib/server/store/testing.ts";

const never = async () => {
  throw new Error("Nothing was to be started.");
};
const noRuns = { stop: never };

eachDialect((_name, make) => {
  let store: Store;
  beforeAll(async () => {
    store = await make();
  });
  afterAll(() => store.close());

  async function viewer(origin = "real") {
    return { ownerId: await addPerson(store), origin };
  }

  function list(who: { ownerId: string; origin: string }, query: Record<string, string> = {}) {
    return pageOfConversations(store, who, listQuerySchema.parse(query));
  }

  describe("the list of conversations", () => {
    test("comes in pages, last changed first, each conversation once", async () => {
      const who = await viewer();
      const made: string[] = [];
      for (let index = 0; index < 120; index += 1) {
        made.push((await talk(store, who.ownerId, `question ${index}`, "answer")).conversationId);
      }
      const seen: string[] = [];
      let cursor: string | null = null;
      let pages = 0;
      do {
        const page = await list(who, cursor === null ? {} : { cursor });
        expect(page.pinned === undefined).toBe(pages > 0);
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
        pages += 1;
      } while (cursor !== null);
      expect(seen).toEqual(made.reverse());
      expect(pages).toBe(3);
    });

    test("shows pinned ones apart, archived ones in their own list, and nobody else's", async () => {
      const who = await viewer();
      const stranger = await viewer();
      const pinned = await talk(store, who.ownerId, "pinned", "a");
      const archived = await talk(store, who.ownerId, "archived", "a");
      const plain = await talk(store, who.ownerId, "plain", "a");
      await talk(store, stranger.ownerId, "foreign", "a");
      await changeConversation(store, who, pinned.conversationId, { pinned: true }, never);
      await changeConversation(store, who, archived.conversationId, { archived: true }, never);
      const page = await list(who);
      expect(page.items.map(({ id }) => id)).toEqual([plain.conversationId]);
      expect(page.pinned?.map(({ id }) => id)).toEqual([pinned.conversationId]);
      const away = await list(who, { archived: "1" });
      expect(away.items.map(({ id }) => id)).toEqual([archived.conversationId]);
      expect(away.pinned).toBeUndefined();
    });

    test("tells the state of the newest answer, and whether its end was seen", async () => {
      const who = await viewer();
      const turn = await beginTurn(store, who.ownerId, { kind: "send", parentId: null, text: "hi", attachmentIds: [] });
      const id = turn.run.conversation_id;
      expect((await list(who)).items).toMatchObject([{ state: "streaming", unread: false }]);
      await endTurn(store, turn, "half", "interrupted");
      expect((await list(who)).items).toMatchObject([{ state: "interrupted", unread: true, title: "hi" }]);
      const { conversation } = await changeConversation(store, who, id, { seen: true }, never);
      expect(conversation.unread).toBe(false);
      expect((await list(who)).items).toMatchObject([{ id, unread: false, agentId: "main", readOnly: false }]);
    });

    test("marks as read-only what belongs to another upstream", async () => {
      const who = await viewer("sandbox:abc");
      await talk(store, who.ownerId, "hi", "hello");
      expect((await list(who)).items).toMatchObject([{ readOnly: true }]);
      expect((await list({ ...who, origin: "sandbox:starting" })).items).toMatchObject([{ readOnly: true }]);
    });

    test.each(["x", "W10", Buffer.from('["1","2"]').toString("base64url"), Buffer.from("[1,2]").toString("base64url")])(
      "refuses the cursor %j",
      async (cursor) => {
        expect(await refusal(list(await viewer(), { cursor }))).toBe("invalid_input");
      },
    );

    test("refuses unknown keys", () => {
      expect(listQuerySchema.safeParse({ owner: "x" }).success).toBe(false);
      expect(listQuerySchema.safeParse({ archived: "2" }).success).toBe(false);
    });
  });

  describe("a change", () => {
    test("sets the title on one line and keeps it out of the order", async () => {
      const who = await viewer();
      const first = await talk(store, who.ownerId, "first", "a");
      const second = await talk(store, who.ownerId, "second", "a");
      const change = changeSchema.parse({ title: "  A\u0007 new\n\u202eline " });
      const { conversation, startedRunId } = await changeConversation(store, who, first.conversationId, change, never);
      expect(conversation.title).toBe("A new line");
      expect(startedRunId).toBeNull();
      expect((await list(who)).items.map(({ id }) => id)).toEqual([second.conversationId, first.conversationId]);
    });

    test.each([
      [{}],
      [{ title: "" }],
      [{ title: " \n " }],
      [{ title: "x".repeat(201) }],
      [{ title: "\ud800" }],
      [{ title: 1 }],
      [{ seen: false }],
      [{ resumeQueue: false }],
      [{ pinned: "yes" }],
      [{ ownerId: randomUUID() }],
      [{ deleted_at: null }],
      [{ leafMessageId: "../x" }],
      [JSON.parse('{"__proto__":{"title":"x"}}')],
    ])("%j is refused", (body) => {
      expect(changeSchema.safeParse(body).success).toBe(false);
    });

    test("takes a title of exactly 200 characters", () => {
      expect(changeSchema.parse({ title: "你".repeat(200) }).title).toHaveLength(200);
    });

    test("does nothing to what is somebody else's, deleted or missing", async () => {
      const who = await viewer();
      const stranger = await viewer();
      const mine = await talk(store, who.ownerId, "mine", "a");
      expect(await refusal(changeConversation(store, stranger, mine.conversationId, { title: "x" }, never))).toBe(
        "not_found",
      );
      expect(await refusal(changeConversation(store, who, randomUUID(), { title: "x" }, never))).toBe("not_found");
      await deleteConversation(store, who, mine.conversationId, noRuns);
      expect(await refusal(changeConversation(store, who, mine.conversationId, { title: "x" }, never))).toBe(
        "not_found",
      );
      expect((await restoreConversation(store, who, mine.conversationId)).title).toBe("mine");
    });

    test("shows another branch down to its newest message", async () => {
      const who = await viewer();
      const first = await talk(store, who.ownerId, "one", "answer one");
      const id = first.conversationId;
      const deeper = await talk(store, who.ownerId, "two", "answer two", {
        conversationId: id,
        parentId: first.answerId,
      });
      const edit = await beginTurn(
        store,
        who.ownerId,
        { kind: "edit", messageId: first.userId, text: "one, edited", attachmentIds: [] },
        id,
      );
      await endTurn(store, edit, "answer to the edit");
      await changeConversation(store, who, id, { leafMessageId: first.userId }, never);
      const view = await viewConversation(store, who, id, viewQuerySchema.parse({}));
      expect(view.messages.map(({ text }) => text)).toEqual(["one", "answer one", "two", "answer two"]);
      expect(view.messages.at(-1)?.id).toBe(deeper.answerId);
    });

    test("refuses a message of another conversation, and then changes nothing at all", async () => {
      const who = await viewer();
      const one = await talk(store, who.ownerId, "one", "a");
      const other = await talk(store, who.ownerId, "other", "a");
      const foreign = await talk(store, (await viewer()).ownerId, "foreign", "a");
      for (const leafMessageId of [other.answerId, foreign.answerId, randomUUID()]) {
        const change = { leafMessageId, title: "changed" };
        expect(await refusal(changeConversation(store, who, one.conversationId, change, never))).toBe("not_found");
      }
      const view = await viewConversation(store, who, one.conversationId, viewQuerySchema.parse({}));
      expect(view.conversation.title).toBe("one");
      expect(view.messages.at(-1)?.id).toBe(one.answerId);
    });

    test("lets a paused queue go on and says which run started", async () => {
      const who = await viewer();
      const turn = await beginTurn(store, who.ownerId, { kind: "send", parentId: null, text: "a", attachmentIds: [] });
      const id = turn.run.conversation_id;
      await enqueue(store, who.ownerId, id, "b");
      await endTurn(store, turn, "half", "stopped");
      expect((await viewConversation(store, who, id, viewQuerySchema.parse({}))).queuePaused).toBe(true);
      const other = { ...who, origin: "sandbox:x" };
      expect(await refusal(changeConversation(store, other, id, { resumeQueue: true }, never))).toBe("sandbox_data");
      const { startedRunId } = await changeConversation(
        store,
        who,
        id,
        { resumeQueue: true },
        async (of) => `run of ${of}`,
      );
      expect(startedRunId).toBe(`run of ${id}`);
      expect((await viewConversation(store, who, id, viewQuerySchema.parse({}))).queuePaused).toBe(false);
    });

    test("stops at the number of pinned conversations, also when several are pinned at once", async () => {
      const who = await viewer();
      const ids: string[] = [];
      for (let index = 0; index <= limits.pinnedConversations + 1; index += 1) {
        ids.push((await talk(store, who.ownerId, `q ${index}`, "a")).conversationId);
      }
      const last = ids.splice(-3);
      for (const id of ids) await changeConversation(store, who, id, { pinned: true }, never);
      const outcomes = await Promise.all(
        last.map((id) =>
          changeConversation(store, who, id, { pinned: true }, never).then(
            () => "pinned",
            (error: { code?: string }) => error.code,
          ),
        ),
      );
      expect(outcomes.sort()).toEqual(["conflict", "conflict", "pinned"]);
      expect((await list(who)).pinned).toHaveLength(limits.pinnedConversations);
    });
  });

  describe("a deleted conversation", () => {
    test("is gone from everywhere, says what stays at the gateway, and comes back whole", async () => {
      const who = await viewer();
      const { conversationId: id } = await talk(store, who.ownerId, "keep me", "yes");
      const before = Date.now();
      const deleted = await deleteConversation(store, who, id, noRuns);
      expect(deleted.gatewaySessions).toBe(1);
      expect(deleted.undoUntil).toBeGreaterThanOrEqual(before + limits.undoMs);
      expect((await list(who)).items).toEqual([]);
      expect(await refusal(viewConversation(store, who, id, viewQuerySchema.parse({})))).toBe("not_found");
      expect(await refusal(deleteConversation(store, who, id, noRuns))).toBe("not_found");
      await restoreConversation(store, who, id);
      expect((await viewConversation(store, who, id, viewQuerySchema.parse({}))).messages).toHaveLength(2);
      expect((await restoreConversation(store, who, id)).id).toBe(id);
    });

    test("has its run stopped", async () => {
      const who = await viewer();
      const turn = await beginTurn(store, who.ownerId, { kind: "send", parentId: null, text: "a", attachmentIds: [] });
      const stopped: string[] = [];
      await deleteConversation(store, who, turn.run.conversation_id, {
        stop: async (personId, runId) => void stopped.push(`${personId} ${runId}`),
      });
      expect(stopped).toEqual([`${who.ownerId} ${turn.run.id}`]);
    });

    test("is deleted even when its run cannot be told", async () => {
      const who = await viewer();
      const turn = await beginTurn(store, who.ownerId, { kind: "send", parentId: null, text: "a", attachmentIds: [] });
      await deleteConversation(store, who, turn.run.conversation_id, { stop: never });
      expect((await list(who)).items).toEqual([]);
    });

    test("is deleted, restored and hidden only by its owner", async () => {
      const who = await viewer();
      const stranger = await viewer();
      const { conversationId: id } = await talk(store, who.ownerId, "mine", "a");
      expect(await refusal(deleteConversation(store, stranger, id, noRuns))).toBe("not_found");
      await deleteConversation(store, who, id, noRuns);
      expect(await refusal(restoreConversation(store, stranger, id))).toBe("not_found");
      expect(await refusal(restoreConversation(store, who, randomUUID()))).toBe("not_found");
      expect((await restoreConversation(store, who, id)).title).toBe("mine");
    });

    test("cannot be restored after the undo time, and is erased with all that hangs on it", async () => {
      const who = await viewer();
      const old = await talk(store, who.ownerId, "old", "a");
      const recent = await talk(store, who.ownerId, "recent", "a");
      const running = await beginTurn(store, who.ownerId, {
        kind: "send",
        parentId: null,
        text: "r",
        attachmentIds: [],
      });
      await saveDraft(store, who.ownerId, old.conversationId, { text: "draft", attachmentIds: [], version: 0 });
      const longAgo = Date.now() - limits.undoMs - 1000;
      for (const id of [old.conversationId, recent.conversationId, running.run.conversation_id]) {
        await deleteConversation(store, who, id, { stop: async () => undefined });
      }
      for (const id of [old.conversationId, running.run.conversation_id]) {
        await store.write((tx) =>
          tx.updateTable("conversations").set({ deleted_at: longAgo }).where("id", "=", id).execute(),
        );
      }
      expect(await refusal(restoreConversation(store, who, old.conversationId))).toBe("gone");
      expect(await eraseDeleted(store, limits.undoMs)).toBe(1);
      expect(await refusal(restoreConversation(store, who, old.conversationId))).toBe("not_found");
      const left = (table: "messages" | "runs" | "generations") =>
        store.db.selectFrom(table).select("id").where("conversation_id", "=", old.conversationId).execute();
      expect([await left("messages"), await left("runs"), await left("generations")]).toEqual([[], [], []]);
      const drafts = store.db.selectFrom("drafts").select("scope").where("owner_id", "=", who.ownerId);
      expect(await drafts.execute()).toEqual([]);
      expect((await restoreConversation(store, who, recent.conversationId)).title).toBe("recent");
      await endTurn(store, running, "stopped", "stopped");
      expect(await eraseDeleted(store, limits.undoMs)).toBe(1);
    });
  });
});
