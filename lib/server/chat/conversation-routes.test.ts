import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { GET as getImage, DELETE as removeImage } from "#app/api/attachments/[id]/route.ts";
import { POST as postImage } from "#app/api/attachments/route.ts";
import { GET as getExport } from "#app/api/conversations/[id]/export/route.ts";
import { POST as restore } from "#app/api/conversations/[id]/restore/route.ts";
import { GET as getView, PATCH as patch, DELETE as remove } from "#app/api/conversations/[id]/route.ts";
import { GET as getList } from "#app/api/conversations/route.ts";
import { GET as getDraft, PUT as putDraft } from "#app/api/drafts/[scope]/route.ts";
import { PATCH as patchQueued, DELETE as removeQueued } from "#app/api/queue/[id]/route.ts";
import { GET as getSearch } from "#app/api/search/route.ts";
import { ben, firstAdmin, idOf, join } from "#lib/server/auth/people.testing.ts";
import { codeOf, openHouse, TestBrowser } from "#lib/server/auth/testing.ts";
import { Chat, chatSlot } from "#lib/server/chat/chat.ts";
import type { ChatEngine } from "#lib/server/chat/engine.ts";
import { beginTurn, enqueue, talk } from "#lib/server/chat/turns.testing.ts";
import { pngBytes } from "#lib/server/chat/upload.testing.ts";
import type { Store } from "#lib/server/store/store.ts";
import type { AttachmentView, ConversationPage, ConversationView } from "#lib/shared/chat/types.ts";

let store: Store;
let owner: TestBrowser;
let stranger: TestBrowser;
let ownerId: string;

beforeEach(async () => {
  store = await openHouse({ environment: { OPENCLAW_GATEWAY_URL: "http://127.0.0.1:9" } });
  // The admin is the stranger: being one opens nobody's conversations.
  stranger = await firstAdmin();
  owner = await join(stranger, ben);
  ownerId = await idOf(owner);
  // Nothing runs in these tests; the routes only ask for it.
  const engine = { live: new Map(), startNextQueued: async () => null } as unknown as ChatEngine;
  chatSlot().current = new Chat(store, engine);
});

async function upload(browser: TestBrowser, bytes: Uint8Array<ArrayBuffer>, headers: Record<string, string>) {
  const all = browser.requestHeaders();
  all.set("origin", browser.origin);
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  const request = new Request(`${browser.origin}/api/attachments?name=cat.png`, {
    method: "POST",
    headers: all,
    body: bytes,
  });
  return postImage(request, { params: Promise.resolve({}) });
}

function paramsOf(path: string, id: string): Record<string, string> {
  return path.startsWith("/api/drafts/") ? { scope: id } : { id };
}

/** Every route with the id of something that is the owner's. */
async function everything() {
  const image = (await (await upload(owner, pngBytes(30), { "content-type": "image/png" })).json()) as AttachmentView;
  const turn = await beginTurn(store, ownerId, { kind: "send", parentId: null, text: "hi", attachmentIds: [] });
  const conversation = turn.run.conversation_id;
  const queued = await enqueue(store, ownerId, conversation, "next");
  const send =
    (handler: typeof patch, path: string, id: string, method: string, body?: unknown) => (who: TestBrowser) =>
      who.send(handler, path, body, paramsOf(path, id), method);
  const get = (handler: typeof getView, path: string, id: string) => (who: TestBrowser) =>
    who.get(handler, path, paramsOf(path, id));
  const calls = (c: string, i: string, q: string): Record<string, (who: TestBrowser) => Promise<Response>> => ({
    view: get(getView, `/api/conversations/${c}`, c),
    export: get(getExport, `/api/conversations/${c}/export?format=json`, c),
    rename: send(patch, `/api/conversations/${c}`, c, "PATCH", { title: "changed" }),
    delete: send(remove, `/api/conversations/${c}`, c, "DELETE"),
    restore: send(restore, `/api/conversations/${c}/restore`, c, "POST"),
    "read draft": get(getDraft, `/api/drafts/${c}`, c),
    "save draft": send(putDraft, `/api/drafts/${c}`, c, "PUT", { text: "x", attachmentIds: [], version: 0 }),
    image: get(getImage, `/api/attachments/${i}`, i),
    "remove image": send(removeImage, `/api/attachments/${i}`, i, "DELETE"),
    "change queued": send(patchQueued, `/api/queue/${q}`, q, "PATCH", { text: "changed", version: 1 }),
    "remove queued": send(removeQueued, `/api/queue/${q}`, q, "DELETE"),
  });
  return { image, turn, conversation, queued, calls };
}

describe("the routes of conversations", () => {
  test("answer nobody who is not signed in", async () => {
    const { image, conversation, queued, calls } = await everything();
    for (const [name, call] of Object.entries(calls(conversation, image.id, queued.id))) {
      expect([name, await codeOf(await call(new TestBrowser()))]).toEqual([name, "unauthenticated"]);
    }
    for (const [handler, path] of [
      [getList, "/api/conversations"],
      [getSearch, "/api/search?q=hi"],
    ] as const) {
      expect(await codeOf(await new TestBrowser().get(handler, path))).toBe("unauthenticated");
    }
  });

  test("know nothing of what is somebody else's, missing or no id, and change nothing", async () => {
    const { image, conversation, queued, calls } = await everything();
    const before = await (await owner.get(getView, `/api/conversations/${conversation}`, { id: conversation })).json();
    for (const [name, call] of Object.entries(calls(conversation, image.id, queued.id))) {
      expect([name, await codeOf(await call(stranger))]).toEqual([name, "not_found"]);
    }
    const missing = randomUUID();
    for (const odd of [missing, "1", "..%2f", "__proto__", conversation.toUpperCase(), "' or 1=1", `${missing}\n`]) {
      for (const [name, call] of Object.entries(calls(odd, odd, odd))) {
        expect([odd, name, await codeOf(await call(owner))]).toEqual([odd, name, "not_found"]);
      }
    }
    const after = await (await owner.get(getView, `/api/conversations/${conversation}`, { id: conversation })).json();
    expect(after).toEqual(before);
  });

  test("refuse another site, whatever it asks for", async () => {
    const { image, conversation, queued, calls } = await everything();
    const foreign = new TestBrowser({ headers: { origin: "https://evil.example" } });
    for (const [name, value] of owner.cookies) foreign.cookies.set(name, value);
    const {
      view,
      export: _export,
      image: _image,
      "read draft": _draft,
      ...writes
    } = calls(conversation, image.id, queued.id);
    expect(Object.keys(writes)).toHaveLength(7);
    for (const [name, call] of Object.entries(writes)) {
      expect([name, await codeOf(await call(foreign))]).toEqual([name, "foreign_origin"]);
    }
    const own = { "content-type": "image/png", origin: "null" };
    expect(await codeOf(await upload(owner, pngBytes(30), own))).toBe("foreign_origin");
  });

  test("serve their owner", async () => {
    const { image, conversation, queued, turn, calls } = await everything();
    const call = calls(conversation, image.id, queued.id);
    const statusOf = async (name: string) => (await call[name]?.(owner))?.status;
    const page = (await (await owner.get(getList, "/api/conversations")).json()) as ConversationPage;
    expect(page).toMatchObject({ items: [{ id: conversation, state: "streaming" }], pinned: [], nextCursor: null });
    const view = (await (await call["view"]?.(owner))?.json()) as ConversationView;
    expect(view).toMatchObject({ activeRunId: turn.run.id, queue: [{ id: queued.id }] });
    expect(JSON.stringify(view)).not.toContain(turn.sessionKey);
    const picture = await call["image"]?.(owner);
    expect(picture?.headers.get("cache-control")).toBe("private, no-store");
    expect(Buffer.from((await picture?.arrayBuffer()) ?? new ArrayBuffer(0))).toEqual(Buffer.from(pngBytes(30)));
    for (const name of ["rename", "save draft", "read draft", "change queued", "export"]) {
      expect([name, await statusOf(name)]).toEqual([name, 200]);
    }
    expect([await statusOf("remove image"), await statusOf("remove queued")]).toEqual([204, 204]);
    expect(await (await call["delete"]?.(owner))?.json()).toMatchObject({ gatewaySessions: 1 });
    const run = await store.db.selectFrom("runs").select("stop_requested").where("id", "=", turn.run.id).execute();
    expect(run).toEqual([{ stop_requested: 1 }]);
    expect(await (await call["restore"]?.(owner))?.json()).toMatchObject({ title: "changed" });
  });

  test("search is asked with words and finds what is one's own", async () => {
    await talk(store, ownerId, "量子计算是什么", "一种计算方式");
    const path = `/api/search?q=${encodeURIComponent("计算")}&mode=any`;
    expect(await (await owner.get(getSearch, path)).json()).toMatchObject({ total: 2, nextCursor: null });
    expect(await (await stranger.get(getSearch, path)).json()).toMatchObject({ total: 0, hits: [], titles: [] });
    expect(await codeOf(await owner.get(getSearch, "/api/search"))).toBe("invalid_input");
    expect(await codeOf(await owner.get(getSearch, "/api/search?q=a&owner=b"))).toBe("invalid_input");
  });

  test("an upload is refused as what it is not, with one error shape", async () => {
    const svg = new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg'/>");
    for (const type of ["image/svg+xml", "image/png", "application/json"]) {
      const response = await upload(owner, svg, { "content-type": type });
      expect([type, response.status, await codeOf(response)]).toEqual([type, 415, "unsupported_media_type"]);
    }
    const large = await upload(owner, pngBytes(30), { "content-type": "image/png", "content-length": "99999999" });
    expect(large.status).toBe(413);
    expect(await large.json()).toEqual({
      error: {
        code: "too_large",
        message: expect.any(String),
        requestId: expect.any(String),
        facts: { limitBytes: 10_485_760 },
      },
    });
  });

  test.each([
    ["an unknown key", { title: "x", ownerId: "y" }],
    ["a wrong type", { pinned: 1 }],
    ["nothing", {}],
    ["a list", []],
    ["null", null],
  ])("a change with %s is refused and changes nothing", async (_what, body) => {
    const { conversationId } = await talk(store, ownerId, "kept", "a");
    const path = `/api/conversations/${conversationId}`;
    const response = await owner.send(patch, path, body, { id: conversationId }, "PATCH");
    expect([response.status, await codeOf(response)]).toEqual([422, "invalid_input"]);
    expect(await (await owner.get(getView, path, { id: conversationId })).json()).toMatchObject({
      conversation: { title: "kept", pinned: false },
    });
  });
});
