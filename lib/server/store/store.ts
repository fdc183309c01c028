import "server-only";
import type { Kysely, Transaction } from "kysely";
import type { Flow, Statement } from "#lib/server/store/flow.ts";
import type { Schema } from "#lib/server/store/schema.ts";

/** The database port. One a process; `openStore` makes it. Rejects with `store_unavailable` when the database is away. */
export interface Store {
  readonly dialect: "sqlite" | "postgres";
  /** For single reads. On SQLite a connection of its own: it never waits for, nor sees, an open transaction. */
  readonly db: Kysely<Schema>;
  /**
   * One write transaction (`BEGIN IMMEDIATE` on SQLite, where they queue). Await nothing in it but its own queries.
   * Retried never: the caller decides.
   */
  write<T>(body: (tx: Transaction<Schema>) => Promise<T>): Promise<T>;
  /**
   * A hot transaction: the same logic runs synchronously on SQLite and asynchronously on PostgreSQL, over statements
   * compiled once. See flow.ts.
   */
  flow<T>(body: () => Flow<T>, options?: FlowOptions): Promise<T>;
  /** Compiles a statement once; `name` must be unique. */
  statement<Row, Args extends Record<string, unknown>>(
    name: string,
    build: (db: Kysely<Schema>, arg: <K extends keyof Args>(key: K) => Args[K]) => { compile(): unknown },
  ): Statement<Row, Args>;
  /** One prepared read outside any transaction, for lookups that every request makes. Same reader as `db`. */
  read<Row, Args extends Record<string, unknown>>(statement: Statement<Row, Args>, args: Args): Promise<Row[]>;
  /** Milliseconds by the database's clock. */
  now(): Promise<number>;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  /** Full-text search, one implementation a dialect; `terms` come from lib/shared/search-terms.ts. */
  readonly search: SearchIndex;
  /** Wakes followers in other processes: LISTEN/NOTIFY on PostgreSQL, nothing on SQLite (one process). */
  readonly wake: Wake;
  close(): Promise<void>;
}

export interface FlowOptions {
  /** Nobody waits for it: it may share the commit of others that come within some milliseconds (SQLite). */
  patient?: boolean;
}

export interface SearchIndex {
  /** Adds or replaces the terms (`indexTerms`) of one message, as steps of the caller's flow: each message passes here. */
  put(message: { id: string; ownerId: string; terms: string }): Flow<void>;
  /**
   * Ids of the owner's messages, newest first; those of deleted conversations are left out. `terms` are those of
   * `queryTerms`: one element a word, `mode` says whether one or every word must occur.
   */
  find(query: {
    ownerId: string;
    terms: string[];
    mode: "any" | "all";
    limit: number;
    offset: number;
  }): Promise<string[]>;
  /** How many {@link find} would give without a limit, counted up to `atMost`. */
  count(query: { ownerId: string; terms: string[]; mode: "any" | "all"; atMost: number }): Promise<number>;
  remove(tx: Transaction<Schema>, messageIds: string[]): Promise<void>;
}

export interface Wake {
  /** Sends one notification naming these topics (run ids, `stop:<runId>`, `user:<id>`); at most one a tick. */
  notify(topics: string[]): void;
  /**
   * Called with the topics of other processes' notifications; `*` means that some may have been missed, as after a lost
   * connection. Returns the way to stop listening.
   */
  listen(onTopics: (topics: string[]) => void): () => void;
}
