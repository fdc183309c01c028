import "server-only";
import type { Kysely, Transaction } from "kysely";
import { sql } from "kysely";
import { run } from "#lib/server/store/flow.ts";
import type { Schema } from "#lib/server/store/schema.ts";
import { type SearchTerm, searchWords } from "#lib/server/store/search-words.ts";
import type { SearchIndex, Store } from "#lib/server/store/store.ts";

/**
 * Search over a tsvector with a GIN index, filled without PostgreSQL's own parser, so that terms are the same as on
 * SQLite. The owner is a term like the others, so that other people's messages are never visited.
 */
export function postgresSearch(db: Kysely<Schema>, statement: Store["statement"]): SearchIndex {
  const forget = statement<never, { id: string }>("search_forget", (compiler, arg) => ({
    compile: () => sql`delete from message_search where message_id = ${arg("id")}`.compile(compiler),
  }));
  const fill = statement<never, { id: string; lexemes: string }>("search_fill", (compiler, arg) => ({
    compile: () =>
      sql`insert into message_search (message_id, terms)
        values (${arg("id")}, array_to_tsvector(string_to_array(${arg("lexemes")}, ' ')))`.compile(compiler),
  }));
  return {
    *put({ id, ownerId, terms }) {
      yield* run(forget, { id });
      const lexemes = [ownerTerm(ownerId), ...terms.split(" ").filter((term) => term !== "")];
      yield* run(fill, { id, lexemes: lexemes.join(" ") });
    },
    remove,
    async find({ ownerId, terms, mode, limit, offset }) {
      const words = searchWords(terms);
      if (words.length === 0) return [];
      const { rows } = await sql<{ id: string }>`
        select s.message_id as id ${hits(ownerId, words, mode)}
        order by s.position desc limit ${limit} offset ${offset}`.execute(db);
      return rows.map(({ id }) => id);
    },
    async count({ ownerId, terms, mode, atMost }) {
      const words = searchWords(terms);
      if (words.length === 0) return 0;
      const { rows } = await sql<{ count: number }>`
        select count(*) as count from (select 1 ${hits(ownerId, words, mode)} limit ${atMost}) as found`.execute(db);
      return rows[0]?.count ?? 0;
    },
  };
}

function hits(ownerId: string, words: SearchTerm[][], mode: "any" | "all") {
  const wanted = words.map((word) => `(${word.map(quoted).join(" & ")})`).join(mode === "all" ? " & " : " | ");
  return sql`from message_search s
    join messages m on m.id = s.message_id
    join conversations c on c.id = m.conversation_id
    where s.terms @@ cast(${`'${ownerTerm(ownerId)}' & (${wanted})`} as tsquery)
      and m.owner_id = ${ownerId} and c.deleted_at is null`;
}

async function remove(tx: Transaction<Schema>, messageIds: string[]): Promise<void> {
  if (messageIds.length === 0) return;
  await sql`delete from message_search where message_id in (${sql.join(messageIds)})`.execute(tx);
}

/** No word has a colon, so an owner is never taken for one. */
function ownerTerm(ownerId: string): string {
  return `o:${ownerId.replaceAll(/[^\w-]/g, "")}`;
}

function quoted({ text, prefix }: SearchTerm): string {
  return prefix ? `'${text}':*` : `'${text}'`;
}
