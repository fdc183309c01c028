import "server-only";
import type { ColumnTypes } from "#lib/server/store/migrations/column-types.ts";

/**
 * The full-text index. `position` counts up with indexing, so newest first is the index's own order. On SQLite the terms
 * stand in a contentless FTS5 table kept in step by a trigger; its `ascii` tokenizer takes the terms exactly as given.
 */
export function createSearch({ dialect, text, serial, end }: ColumnTypes): string[] {
  const documents = `create table message_search (
      position ${serial},
      message_id ${text} not null unique references messages (id) on delete cascade
      ${dialect === "postgres" ? ", terms tsvector not null" : ""}
    ) ${end}`;
  if (dialect === "postgres") {
    return [documents, "create index message_search_terms on message_search using gin (terms)"];
  }
  return [
    documents,
    `create virtual table message_terms using fts5 (
      owner, terms, content = '', contentless_delete = 1, detail = column, tokenize = 'ascii'
    )`,
    `create trigger message_search_removed after delete on message_search begin
      delete from message_terms where rowid = old.position;
    end`,
  ];
}
