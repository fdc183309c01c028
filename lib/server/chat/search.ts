import "server-only";
import { z } from "zod";
import { decodeCursor, encodeCursor } from "#lib/server/chat/cursor.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { log } from "#lib/server/log.ts";
import { listTitles } from "#lib/server/store/conversations.ts";
import { type Flow, run } from "#lib/server/store/flow.ts";
import { type FoundRow, readFound, readUnindexed } from "#lib/server/store/messages.ts";
import type { Store } from "#lib/server/store/store.ts";
import { turnStatements } from "#lib/server/store/turns.ts";
import type { SearchHit, SearchPage, TitleHit } from "#lib/shared/chat/types.ts";
import { findMarks, snippetOf } from "#lib/shared/search-snippet.ts";
import { fold, indexTerms, queryParts, queryTerms } from "#lib/shared/search-terms.ts";

export const searchQuerySchema = z.strictObject({
  q: z.string().max(limits.search.queryChars),
  mode: z.enum(["any", "all"]).default("all"),
  cursor: z.string().max(200).optional(),
});

type Query = z.output<typeof searchQuerySchema>;

const offsetSchema = z.number().int().min(1).max(limits.search.countedHits);

/**
 * Messages of one person that have one or every word of a query, newest first, and with the first page the conversations
 * whose titles have them. Deleted conversations are not looked through. What ended just now is found too.
 */
export async function searchMessages(store: Store, ownerId: string, query: Query): Promise<SearchPage> {
  const offset = query.cursor === undefined ? 0 : decodeCursor(offsetSchema, query.cursor);
  const terms = queryTerms(query.q);
  if (terms.length === 0) return { hits: [], titles: [], nextCursor: null, total: 0 };
  await indexEndedMessages(store).catch((error: unknown) => {
    log().warn({ message: "New messages could not be indexed before a search.", error });
  });
  const limit = limits.page.hits;
  const wanted = { ownerId, terms, mode: query.mode };
  const [ids, total, titles] = await Promise.all([
    store.search.find({ ...wanted, limit: limit + 1, offset }),
    store.search.count({ ...wanted, atMost: limits.search.countedHits }),
    offset === 0 ? titleHits(store, ownerId, query) : [],
  ]);
  const rows = await readFound(store.db, ownerId, ids.slice(0, limit), limits.search.messageChars);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const next = offset + limit;
  return {
    hits: ids.slice(0, limit).flatMap((id) => hitOf(byId.get(id), query.q)),
    titles,
    nextCursor: ids.length > limit && next <= limits.search.countedHits ? encodeCursor(next) : null,
    total,
  };
}

const batchMessages = 20;

/**
 * Brings ended messages into the search index, a few a transaction. Every process may do it at any time. Returns how many
 * there were.
 */
export async function indexEndedMessages(store: Store): Promise<number> {
  for (let indexed = 0; ; ) {
    const rows = await readUnindexed(store.db, batchMessages, limits.search.messageChars);
    if (rows.length === 0) return indexed;
    const messages = rows.map(({ id, owner_id, text }) => ({ id, ownerId: owner_id, terms: indexTerms(text) }));
    await store.flow(() => index(store, messages));
    indexed += rows.length;
    if (rows.length < batchMessages) return indexed;
  }
}

function* index(store: Store, messages: { id: string; ownerId: string; terms: string }[]): Flow<void> {
  const { claimForIndex } = turnStatements(store);
  for (const message of messages) {
    if ((yield* run(claimForIndex, { id: message.id })) === 1) yield* store.search.put(message);
  }
}

function hitOf(row: FoundRow | undefined, query: string): SearchHit[] {
  // A conversation may be deleted between the two reads.
  if (row === undefined) return [];
  return [
    {
      conversationId: row.conversation_id,
      conversationTitle: row.title,
      messageId: row.id,
      role: row.role,
      agentId: row.agent_id,
      createdAt: row.created_at,
      archived: row.archived_at !== null,
      pinned: row.pinned_at !== null,
      ...snippetOf(row.text, query),
    },
  ];
}

async function titleHits(store: Store, ownerId: string, query: Query): Promise<TitleHit[]> {
  const words = queryParts(query.q).map(({ text }) => text);
  const rows = await listTitles(store.db, ownerId, limits.search.titles);
  const hits: TitleHit[] = [];
  for (const row of rows) {
    const title = fold(row.title);
    // Cheap first: most titles have none of the words.
    const isWanted =
      query.mode === "all" ? words.every((word) => title.includes(word)) : words.some((word) => title.includes(word));
    const marks = isWanted ? findMarks(row.title, query.q) : [];
    if (marks.length === 0) continue;
    hits.push({
      conversationId: row.id,
      title: row.title,
      updatedAt: row.updated_at,
      archived: row.archived_at !== null,
      pinned: row.pinned_at !== null,
      marks,
    });
    if (hits.length === limits.page.titles) break;
  }
  return hits;
}
