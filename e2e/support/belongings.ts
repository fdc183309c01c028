import { createHash, randomBytes } from "node:crypto";
import { expect } from "@playwright/test";
import type { AttachmentView, ConversationView } from "#lib/shared/chat/types.ts";
import type { SessionView } from "#lib/shared/people.ts";
import { firstMessage } from "#scripts/support/messages.ts";
import type { HttpPerson } from "#scripts/support/person.ts";

/** The id of one thing of every kind that a person can own. */
export interface Belongings extends Record<string, string> {
  /** Stands in everything that this person wrote. */
  word: string;
  conversationId: string;
  userMessageId: string;
  answerId: string;
  runId: string;
  archivedId: string;
  deletedId: string;
  /** A conversation whose answer is stopped, with a message that waits behind it. */
  busyId: string;
  queuedId: string;
  busyRunId: string;
  freeImageId: string;
  sentImageId: string;
  draftImageId: string;
  sessionId: string;
}

/** Makes one of everything. */
export async function belongingsOf(person: HttpPerson): Promise<Belongings> {
  const word = `word${randomBytes(8).toString("hex")}`;
  const sentImageId = await upload(person, "sent.png");
  const main = await said(person, `${word} [[n=3]]`, [sentImageId]);
  const archived = await said(person, `${word} archived [[n=2]]`);
  await person.json("PATCH", `/api/conversations/${archived.conversationId}`, { archived: true });
  const deleted = await said(person, `${word} deleted [[n=2]]`);
  await person.json("DELETE", `/api/conversations/${deleted.conversationId}`);
  const busy = await waiting(person, word);
  const draftImageId = await upload(person, "draft.png");
  const draft = { text: `${word} draft`, attachmentIds: [draftImageId], version: 0 };
  await person.json("PUT", `/api/drafts/${main.conversationId}`, draft);
  const { sessions } = await person.json<{ sessions: SessionView[] }>("GET", "/api/me/sessions");
  return {
    word,
    ...main,
    archivedId: archived.conversationId,
    deletedId: deleted.conversationId,
    ...busy,
    freeImageId: await upload(person, "free.png"),
    sentImageId,
    draftImageId,
    sessionId: sessions.find(({ current }) => current)?.id ?? "",
  };
}

/** Everything is still there, as it was. */
export async function expectIntact(person: HttpPerson, of: Belongings): Promise<void> {
  const view = await person.json<ConversationView>("GET", `/api/conversations/${of.conversationId}`);
  expect(view.messages.map(({ id, state }) => [id, state])).toEqual([
    [of.userMessageId, "complete"],
    [of.answerId, "complete"],
  ]);
  expect(view.conversation).toMatchObject({ pinned: false, archived: false });
  expect(view.conversation.title).toContain(of.word);
  const { queue } = await person.json<ConversationView>("GET", `/api/conversations/${of.busyId}`);
  expect(queue.map(({ id, text, version }) => [id, text, version])).toEqual([[of.queuedId, `${of.word} waits`, 1]]);
  const draft = await person.json("GET", `/api/drafts/${of.conversationId}`);
  expect(draft).toMatchObject({ text: `${of.word} draft`, attachments: [{ id: of.draftImageId }], version: 1 });
  for (const id of [of.freeImageId, of.sentImageId, of.draftImageId]) {
    const bytes = await (await person.request("GET", `/api/attachments/${id}`)).arrayBuffer();
    expect(createHash("sha256").update(Buffer.from(bytes)).digest("hex")).toBe(imageDigest);
  }
  expect((await person.request("GET", `/api/conversations/${of.archivedId}`)).status).toBe(200);
  expect((await person.request("GET", `/api/conversations/${of.deletedId}`)).status).toBe(404);
  expect((await person.request("GET", "/api/me")).status).toBe(200);
}

const image = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const imageDigest = createHash("sha256").update(image).digest("hex");

async function upload(person: HttpPerson, name: string): Promise<string> {
  const response = await fetch(`${person.origin}/api/attachments?name=${name}`, {
    method: "POST",
    headers: person.headers("image/png"),
    body: image,
  });
  expect(response.status).toBe(200);
  // The route answers with the view of what it stored.
  return ((await response.json()) as AttachmentView).id;
}

type Said = Pick<Belongings, "conversationId" | "userMessageId" | "answerId" | "runId">;

async function said(person: HttpPerson, text: string, attachmentIds: string[] = []): Promise<Said> {
  const request = firstMessage(text);
  const found: Said = { conversationId: "", userMessageId: "", answerId: "", runId: "" };
  const intent = { kind: "send" as const, parentId: null, text, attachmentIds };
  for await (const event of person.send({ ...request, intent })) {
    if (event.type !== "accepted") continue;
    Object.assign(found, {
      conversationId: event.conversationId,
      userMessageId: event.userMessage?.id ?? "",
      answerId: event.assistantMessage.id,
      runId: event.runId,
    });
  }
  return found;
}

/** A message that waits for good: the answer before it was stopped. */
async function waiting(
  person: HttpPerson,
  word: string,
): Promise<Pick<Belongings, "busyId" | "busyRunId" | "queuedId">> {
  const running = person.send(firstMessage(`${word} [[n=2000 every=20]]`));
  const first = await running.next();
  if (first.done || first.value.type !== "accepted") throw new Error("The run did not start.");
  const { conversationId, runId, assistantMessage } = first.value;
  const text = `${word} waits`;
  const intent = { kind: "send" as const, parentId: assistantMessage.id, text, attachmentIds: [] };
  let queuedId = "";
  for await (const event of person.send({ ...firstMessage(text), conversationId, intent })) {
    if (event.type === "queued") queuedId = event.item.id;
  }
  await person.json("POST", `/api/runs/${runId}/stop`, {});
  for await (const event of running) if (event.type === "end") break;
  return { busyId: conversationId, busyRunId: runId, queuedId };
}
