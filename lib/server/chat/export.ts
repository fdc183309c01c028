import "server-only";
import { z } from "zod";
import { attachmentView } from "#lib/server/chat/attachment-view.ts";
import { longestBranch } from "#lib/server/chat/branches.ts";
import { contentDisposition } from "#lib/server/http/content-disposition.ts";
import { pulledBody } from "#lib/server/http/pulled-body.ts";
import { attachmentsOfMessages } from "#lib/server/store/attachments.ts";
import { type ConversationRow, findConversation } from "#lib/server/store/conversations.ts";
import { type MessageRow, readBranchIds, readInOrder, readMessages, type Within } from "#lib/server/store/messages.ts";
import type { Store } from "#lib/server/store/store.ts";
import { markdownHead, markdownMessage } from "#lib/shared/chat/markdown-export.ts";
import type { AttachmentView } from "#lib/shared/chat/types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { chooseLocale } from "#lib/shared/messages/locale.ts";
import { getText } from "#lib/shared/messages/messages.ts";
import type { Text } from "#lib/shared/messages/text.ts";

export const exportQuerySchema = z.strictObject({ format: z.enum(["md", "json"]).default("md") });

/** The format of the JSON export; a change that older readers would misread gets another number. */
export const exportFormat = "breakwater.conversation/1";

/** Messages read at a time. */
const batch = 20;

/**
 * A person's conversation as a file, written as it is read: Markdown of the branch that is shown, in the person's
 * language, or JSON of all branches. No session key, no credential, no id of a person is in it.
 */
export async function exportConversation(
  store: Store,
  person: { id: string; locale: string | null },
  id: string,
  format: "md" | "json",
  headers: Headers,
): Promise<Response> {
  const row = await findConversation(store.db, person.id, id);
  if (row === undefined) throw new AppError("not_found", "This conversation does not exist.");
  const within = { ownerId: person.id, conversationId: id };
  const t = getText(chooseLocale(person.locale, headers.get("accept-language")));
  const texts = format === "md" ? asMarkdown(store.db, within, row, t) : asJson(store.db, within, row);
  return new Response(pulledBody(encoded(texts)), {
    headers: {
      "content-type": format === "md" ? "text/markdown; charset=utf-8" : "application/json; charset=utf-8",
      "content-disposition": contentDisposition("attachment", `${row.title.slice(0, 100)}.${format}`),
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

async function* encoded(texts: AsyncGenerator<string>): AsyncGenerator<Uint8Array> {
  for await (const text of texts) yield Buffer.from(text, "utf8");
}

async function* asMarkdown(db: Store["db"], within: Within, row: ConversationRow, t: Text): AsyncGenerator<string> {
  yield markdownHead({ title: row.title, createdAt: row.created_at }, Date.now(), t);
  if (row.leaf_message_id === null) return;
  const path = await readBranchIds(db, within, row.leaf_message_id, { untilId: null, limit: longestBranch });
  const ids = path.reverse();
  for (let start = 0; start < ids.length; start += batch) {
    const rows = await readMessages(db, within, ids.slice(start, start + batch));
    const attachments = await attachmentsByMessage(db, rows);
    // Along a branch the order of making is the order of reading.
    for (const message of rows.sort((a, b) => a.seq - b.seq)) {
      const { role, state, text, agent_id: agentId, created_at: createdAt } = message;
      yield markdownMessage({ role, state, text, agentId, createdAt, attachments: attachments(message.id) }, t);
    }
  }
}

async function* asJson(db: Store["db"], within: Within, row: ConversationRow): AsyncGenerator<string> {
  const conversation = {
    title: row.title,
    agentId: row.agent_id,
    createdAt: isoTime(row.created_at),
    updatedAt: isoTime(row.updated_at),
    leafMessageId: row.leaf_message_id,
  };
  yield `{"format":${JSON.stringify(exportFormat)},"exportedAt":${JSON.stringify(isoTime(Date.now()))},\n`;
  yield `"conversation":${JSON.stringify(conversation)},\n"messages":[`;
  for (let afterSeq = 0, separator = "\n"; ; ) {
    const rows = await readInOrder(db, within, afterSeq, batch);
    const attachments = await attachmentsByMessage(db, rows);
    for (const message of rows) {
      yield separator + JSON.stringify(exported(message, attachments(message.id)));
      separator = ",\n";
      afterSeq = message.seq;
    }
    if (rows.length < batch) break;
  }
  yield "\n]}\n";
}

/** Field by field, so that nothing private slips out. */
function exported(row: MessageRow, attachments: AttachmentView[]) {
  return {
    id: row.id,
    parentId: row.parent_id,
    role: row.role,
    state: row.state,
    text: row.text,
    agentId: row.agent_id,
    model: row.model,
    createdAt: isoTime(row.created_at),
    endedAt: row.ended_at === null ? null : isoTime(row.ended_at),
    finishReason: row.finish_reason,
    problem: row.problem === null ? null : String(JSON.parse(row.problem).code),
    metrics: JSON.parse(row.metrics),
    attachments: attachments.map(({ name, mediaType, sizeBytes }) => ({ name, mediaType, sizeBytes })),
  };
}

async function attachmentsByMessage(db: Store["db"], rows: MessageRow[]): Promise<(id: string) => AttachmentView[]> {
  const ids = rows.map(({ id }) => id);
  const groups = Map.groupBy(await attachmentsOfMessages(db, ids), ({ message_id }) => message_id);
  return (id) => (groups.get(id) ?? []).map(attachmentView);
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}
