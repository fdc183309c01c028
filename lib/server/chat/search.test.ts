import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changeConversation } from "#lib/server/chat/change-conversation.ts";
import { deleteConversation, eraseDeleted, restoreConversation } from "#lib/server/chat/conversations.ts";
import { indexEndedMessages, searchMessages, searchQuerySchema } from "#lib/server/chat/search.ts";
import { addPerson, beginTurn, endTurn, refusal, stream, talk } from "#lib/server/chat/turns.testing.ts";
import { limits } from "#lib/server/limits/limits.ts";
import type { Store } from "#lib/server/store/store.ts";
import { eachDialect } from "#lib/server/store/testing.ts";
import type { SearchPage } from "#lib/shared/chat/types.ts";

const noRuns = { stop: async () => undefined };

eachDialect((_name, make) => {
  let store: Store;
  beforeAll(async () => {
    store = await make();
  });
  afterAll(() => store.close());

  function search(owner: string, q: string, more: Record<string, string> = {}) {
    return searchMessages(store, owner, searchQuerySchema.parse({ q, ...more }));
  }

  function found(page: SearchPage): string[] {
    return page.hits.map(({ messageId }) => messageId);
  }

  function marked({ hits }: SearchPage): string[][] {
    return hits.map(({ snippet, marks }) => marks.map(([start, end]) => snippet.slice(start, end)));
  }

  describe("a search", () => {
    test("finds what was said and answered just now, newest first, and shows where", async () => {
      const owner = await addPerson(store);
      const talked = await talk(store, owner, "Where is Lisbon?", "**Lisbon** is the capital of Portugal.");
      const page = await search(owner, "lisbon");
      expect(found(page)).toEqual([talked.answerId, talked.userId]);
      expect(page.hits[0]).toEqual({
        conversationId: talked.conversationId,
        conversationTitle: "Where is Lisbon?",
        messageId: talked.answerId,
        role: "assistant",
        agentId: "main",
        createdAt: expect.any(Number),
        archived: false,
        pinned: false,
        snippet: "**Lisbon** is the capital of Portugal.",
        marks: [[2, 8]],
      });
      expect([page.total, page.nextCursor]).toEqual([2, null]);
      expect(page.titles).toMatchObject([{ conversationId: talked.conversationId, marks: [[9, 15]] }]);
    });

    test.each([
      ["队列", "请解释消息队列的用法。", ["队列"]],
      ["消息队列", "请解释消息队列的用法。", ["消息队列"]],
      ["列", "请解释消息队列的用法。", ["列"]],
      ["東京", "来週、東京タワーへ行きます", ["東京"]],
      ["서울", "저는 서울에서 삽니다", ["서울"]],
      ["cafe", "Un Café, s'il vous plaît", ["Café"]],
      ["GPT模型", "比较GPT模型和其他", ["GPT模型"]],
    ])("finds %j in %j", async (q, text, marks) => {
      const owner = await addPerson(store);
      const { userId } = await talk(store, owner, text, "ok");
      const page = await search(owner, q);
      expect(found(page)).toEqual([userId]);
      expect(marked(page).map((words) => words.join(""))).toEqual([marks.join("")]);
    });

    test("takes one word or all of them", async () => {
      const owner = await addPerson(store);
      const both = await talk(store, owner, "apples and pears", "fine");
      const one = await talk(store, owner, "only apples", "fine");
      expect(found(await search(owner, "apples pears "))).toEqual([both.userId]);
      expect(found(await search(owner, "apples pears ", { mode: "any" }))).toEqual([one.userId, both.userId]);
      expect(await search(owner, "apples quinces ")).toMatchObject({ hits: [], total: 0, titles: [] });
    });

    test.each([
      "",
      " ",
      "?!",
      "*",
      '"',
      "OR",
      "NEAR(",
      "a:b",
      "'; drop table messages; --",
      "{owner terms}: x",
      "\\",
      "%",
    ])("takes %j as words, not as commands", async (q) => {
      const owner = await addPerson(store);
      await talk(store, owner, "hello", "there");
      expect(await search(owner, q)).toMatchObject({ hits: [], total: 0, nextCursor: null });
    });

    test("comes in pages that together are everything", async () => {
      const owner = await addPerson(store);
      const made: string[] = [];
      for (let index = 0; index < 65; index += 1) made.push((await talk(store, owner, `needle ${index}`, "x")).userId);
      const seen: string[] = [];
      let cursor: string | null = null;
      let pages = 0;
      do {
        const page: SearchPage = await search(owner, "needle", cursor === null ? {} : { cursor });
        expect(page.total).toBe(65);
        expect(page.titles).toHaveLength(pages === 0 ? limits.page.titles : 0);
        seen.push(...found(page));
        cursor = page.nextCursor;
        pages += 1;
      } while (cursor !== null);
      expect(seen).toEqual(made.reverse());
      expect(pages).toBe(3);
    });

    test.each(["x", "MA", "LTE", "MS41", "MTAwMDAwMA"])("refuses the cursor %j", async (cursor) => {
      expect(await refusal(search(await addPerson(store), "needle", { cursor }))).toBe("invalid_input");
    });

    test("shows nobody what somebody else wrote", async () => {
      const owner = await addPerson(store);
      const stranger = await addPerson(store);
      await talk(store, owner, "secretword", "secretword again");
      for (const q of ["secretword", owner, owner.replaceAll("-", ""), `o:${owner}`]) {
        expect(await search(stranger, q)).toEqual({ hits: [], titles: [], nextCursor: null, total: 0 });
      }
    });

    test("leaves out what is deleted, and finds it again when it is restored", async () => {
      const owner = await addPerson(store);
      const who = { ownerId: owner, origin: "real" };
      const { conversationId } = await talk(store, owner, "vanishing", "act");
      expect((await search(owner, "vanishing")).total).toBe(1);
      await deleteConversation(store, who, conversationId, noRuns);
      expect(await search(owner, "vanishing")).toEqual({ hits: [], titles: [], nextCursor: null, total: 0 });
      await restoreConversation(store, who, conversationId);
      expect((await search(owner, "vanishing")).total).toBe(1);
      await deleteConversation(store, who, conversationId, noRuns);
      expect(await eraseDeleted(store, -1000)).toBeGreaterThan(0);
      expect((await search(owner, "vanishing")).total).toBe(0);
    });

    test("finds an answer once it has ended, however it ended, and a title that was given", async () => {
      const owner = await addPerson(store);
      const turn = await beginTurn(store, owner, { kind: "send", parentId: null, text: "go", attachmentIds: [] });
      await stream(store, turn, 0, "halfway there");
      expect((await search(owner, "halfway")).total).toBe(0);
      await endTurn(store, turn, "halfway there", "interrupted");
      expect(found(await search(owner, "halfway"))).toEqual([turn.assistantMessage.id]);
      const id = turn.run.conversation_id;
      await changeConversation(
        store,
        { ownerId: owner, origin: "real" },
        id,
        { title: "给妈妈的信" },
        async () => null,
      );
      expect(await search(owner, "妈妈")).toMatchObject({
        hits: [],
        titles: [{ title: "给妈妈的信", marks: [[1, 3]] }],
      });
    });

    test("finds messages of every branch", async () => {
      const owner = await addPerson(store);
      const first = await talk(store, owner, "original wording", "a");
      const intent = { kind: "edit" as const, messageId: first.userId, text: "changed wording", attachmentIds: [] };
      const edit = await beginTurn(store, owner, intent, first.conversationId);
      await endTurn(store, edit, "b");
      expect(found(await search(owner, "wording"))).toEqual([edit.run.user_message_id, first.userId]);
    });
  });

  test("indexing twice at once gives each message once", async () => {
    const owner = await addPerson(store);
    for (let index = 0; index < 30; index += 1) await talk(store, owner, `twice ${index}`, "x");
    await Promise.all([indexEndedMessages(store), indexEndedMessages(store), indexEndedMessages(store)]);
    expect((await search(owner, "twice")).total).toBe(30);
    expect(await indexEndedMessages(store)).toBe(0);
  });
});

test.each([{}, { q: "x".repeat(501) }, { q: "x", mode: "some" }, { q: "x", ownerId: "y" }])(
  "the query %j is refused",
  (query) => {
    expect(searchQuerySchema.safeParse(query).success).toBe(false);
  },
);
