import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportConversation, exportQuerySchema } from "#lib/server/chat/export.ts";
import { addPerson, beginTurn, endTurn, refusal, stream, talk } from "#lib/server/chat/turns.testing.ts";
import { pngUpload } from "#lib/server/chat/upload.testing.ts";
import { receiveAttachment } from "#lib/server/chat/upload.ts";
import type { Store } from "#lib/server/store/store.ts";
import { eachDialect } from "#lib/server/store/testing.ts";

eachDialect((_name, make) => {
  let store: Store;
  beforeAll(async () => {
    store = await make();
  });
  afterAll(() => store.close());

  function exported(owner: string, id: string, format: "md" | "json", locale: string | null = null) {
    return exportConversation(store, { id: owner, locale }, id, format, new Headers());
  }

  /** Two branches, an image, an answer that failed and one that still streams. */
  async function branchy() {
    const owner = await addPerson(store);
    const image = await receiveAttachment(store, owner, pngUpload(20, "a *cat*.png"));
    const under = { conversationId: null, parentId: null, attachmentIds: [image.id] };
    const first = await talk(store, owner, "Look at `this`", "A cat.\n\n```ts\nconst cat = 1;", under);
    const id = first.conversationId;
    const again = await beginTurn(store, owner, { kind: "regenerate", messageId: first.answerId }, id);
    await endTurn(store, again, "Another cat.", "failed");
    const next = { kind: "send" as const, parentId: again.assistantMessage.id, text: "And now?", attachmentIds: [] };
    const streaming = await beginTurn(store, owner, next, id);
    await stream(store, streaming, 0, "It is ");
    return { owner, id, first, again, streaming };
  }

  describe("an export", () => {
    test("as Markdown has the branch that is shown, who, when, images and states", async () => {
      const { owner, id } = await branchy();
      const response = await exported(owner, id, "md");
      expect(response.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
      const text = (await response.text()).replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, "TIME");
      expect(text).toBe(
        [
          "# Look at this",
          "*Started TIME (UTC), exported TIME (UTC).*",
          "## You · TIME",
          "Look at `this`",
          "*Image: a \\*cat\\*.png*",
          "## main · TIME",
          "Another cat.",
          "*This answer failed.*",
          "## You · TIME",
          "And now?",
          "## main · TIME",
          "It is ",
          "*Still being written when this was exported.*\n",
        ].join("\n\n"),
      );
    });

    test("as Markdown closes a code block that the answer left open, and speaks the person's language", async () => {
      const owner = await addPerson(store);
      const talked = await talk(store, owner, "code", "```ts\nconst cat = 1;");
      await talk(store, owner, "go on", "yes", { conversationId: talked.conversationId, parentId: talked.answerId });
      const text = await (await exported(owner, talked.conversationId, "md", "zh-cn")).text();
      expect(text).toContain("```ts\nconst cat = 1;\n```\n\n## 你 · ");
    });

    test("as JSON has all branches and nothing private", async () => {
      const { owner, id, first, again, streaming } = await branchy();
      const response = await exported(owner, id, "json");
      const text = await response.text();
      const file = JSON.parse(text);
      expect(Object.keys(file)).toEqual(["format", "exportedAt", "conversation", "messages"]);
      expect(file.format).toBe("breakwater.conversation/1");
      expect(file.conversation).toEqual({
        title: "Look at this",
        agentId: "main",
        createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
        updatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        leafMessageId: streaming.assistantMessage.id,
      });
      const brief = file.messages.map((m: Record<string, unknown>) => [m["id"], m["parentId"], m["role"], m["state"]]);
      expect(brief).toEqual([
        [first.userId, null, "user", "complete"],
        [first.answerId, first.userId, "assistant", "complete"],
        [again.assistantMessage.id, first.userId, "assistant", "failed"],
        [streaming.run.user_message_id, again.assistantMessage.id, "user", "complete"],
        [streaming.assistantMessage.id, streaming.run.user_message_id, "assistant", "streaming"],
      ]);
      expect(file.messages[0].attachments).toEqual([{ name: "a *cat*.png", mediaType: "image/png", sizeBytes: 20 }]);
      expect(file.messages[2].problem).toBe("gateway_failed");
      expect(file.messages[4].text).toBe("It is ");
      const secrets = [owner, first.turn.sessionKey, again.sessionKey, streaming.run.request_id, again.run.id];
      for (const secret of secrets) expect(text).not.toContain(secret);
    });

    test("of a long conversation has every message once, in order", async () => {
      const owner = await addPerson(store);
      let last = await talk(store, owner, "message 0", "answer 0");
      const { conversationId } = last;
      for (let index = 1; index < 50; index += 1) {
        last = await talk(store, owner, `message ${index}`, `answer ${index}`, {
          conversationId,
          parentId: last.answerId,
        });
      }
      const wanted = Array.from({ length: 50 }, (_, index) => [`message ${index}`, `answer ${index}`]).flat();
      const markdown = await (await exported(owner, conversationId, "md")).text();
      expect(markdown.match(/^(message|answer) \d+$/gm)).toEqual(wanted);
      const json = await (await exported(owner, conversationId, "json")).json();
      expect(json.messages.map((message: { text: string }) => message.text)).toEqual(wanted);
    });

    test("is a file whose name may be in any script and can do nothing", async () => {
      const owner = await addPerson(store);
      const { conversationId } = await talk(store, owner, '../"猫"\r\nx: y; a=b', "ok");
      const response = await exported(owner, conversationId, "md");
      expect(response.headers.get("content-disposition")).toBe(
        "attachment; filename=\"--_-.md\"; filename*=UTF-8''--%E7%8C%AB-.md",
      );
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      await response.body?.cancel();
    });

    test("is nobody else's and not of a missing one", async () => {
      const { owner, id } = await branchy();
      for (const format of ["md", "json"] as const) {
        expect(await refusal(exported(await addPerson(store), id, format))).toBe("not_found");
        expect(await refusal(exported(owner, randomUUID(), format))).toBe("not_found");
      }
    });
  });
});

test("another format is refused", () => {
  for (const query of [{ format: "html" }, { format: ["md"] }, { format: "md", all: "1" }]) {
    expect(exportQuerySchema.safeParse(query).success).toBe(false);
  }
  expect(exportQuerySchema.parse({})).toEqual({ format: "md" });
});
