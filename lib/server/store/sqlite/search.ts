import "server-only";
import type { Kysely, Transaction } from "kysely";
import { sql } from "kysely";
import { one, run } from "#lib/server/store/flow.ts";
import type { Schema } from "#lib/server/store/schema.ts";
import { type SearchTerm, searchWords } from "#lib/server/store/search-words.ts";
import type { SearchIndex, Store } from "#lib/server/store/store.ts";

/** Search over FTS5. The owner is a term like the others, so that other people's messages are never visited. */
export function sqliteSearch(db: Kysely<Schema>, statement: Store["statement"]): SearchIndex {
  const forget = statement<never, { id: string }>("search_forget", (compiler, arg) => ({
    compile: () => sql`delete from message_search where message_id = ${arg("id")}`.compile(compiler),
  }));
  const place = statement<{ position: number }, { id: string }>("search_place", (compiler, arg) => ({
    compile: () =>
      sql`insert into message_search (message_id) values (${arg("id")}) returning position`.compile(compiler),
  }));
  const fill = statement<never, { position: number; owner: string; terms: string }>("search_fill", (compiler, arg) => ({
    compile: () =>
      sql`insert into message_terms (rowid, owner, terms)
        values (${arg("position")}, ${arg("owner")}, ${arg("terms")})`.compile(compiler),
  }));
  return {
    *put({ id, ownerId, terms }) {
      yield* run(forget, { id });
      const placed = yield* one(place, { id });
      yield* run(fill, { position: placed?.position ?? 0, owner: ownerTerm(ownerId), terms });
    },
    remove,
    async find({ ownerId, terms, mode, limit, offset }) {
      const words = searchWords(terms);
      if (words.length === 0) return [];
      const { rows } = await sql<{ id: string }>`
        select s.message_id as id ${hits(ownerId, words, mode)}
        order by t.rowid desc limit ${limit} offset ${offset}`.execute(db);
      return rows.map(({ id }) => id);
    },
    async count({ ownerId, terms, mode, atMost }) {
      const words = searchWords(terms);
      if (words.length === 0) return 0;
      const { rows } = await sql<{ count: number }>`
        select count(*) as count from (select 1 ${hits(ownerId, words, mode)} limit ${atMost})`.execute(db);
      return rows[0]?.count ?? 0;
    },
  };
}

function hits(ownerId: string, words: SearchTerm[][], mode: "any" | "all") {
  const wanted = words.map((word) => `(${word.map(quoted).join(" AND ")})`).join(mode === "all" ? " AND " : " OR ");
  return sql`from message_terms t
    join message_search s on s.position = t.rowid
    join messages m on m.id = s.message_id
    join conversations c on c.id = m.conversation_id
    where message_terms match ${`owner:"${ownerTerm(ownerId)}" AND terms:(${wanted})`}
      and m.owner_id = ${ownerId} and c.deleted_at is null`;
}

async function remove(tx: Transaction<Schema>, messageIds: string[]): Promise<void> {
  if (messageIds.length === 0) return;
  await sql`delete from message_search where message_id in (${sql.join(messageIds)})`.execute(tx);
}

/** The tokenizer would split at hyphens. */
function ownerTerm(ownerId: string): string {
  return ownerId.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

function quoted({ text, prefix }: SearchTerm): string {
  return prefix ? `"${text}" *` : `"${text}"`;
}
