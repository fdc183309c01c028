import "server-only";
import type { Insertable } from "kysely";
import { sql } from "kysely";
import type { MessagesTable, QueuedMessagesTable, RunsTable, Schema } from "#lib/server/store/schema.ts";
import type { Store } from "#lib/server/store/store.ts";

export type RunStatements = ReturnType<typeof build>;

/** The statements of the hot path, compiled once a store. */
export function runStatements(store: Store): RunStatements {
  let statements = byStore.get(store);
  if (statements === undefined) {
    statements = build(store);
    byStore.set(store, statements);
  }
  return statements;
}

const byStore = new WeakMap<Store, RunStatements>();

type MessageInsert = Insertable<MessagesTable> & Record<string, unknown>;
type RunInsert = Insertable<RunsTable> & Record<string, unknown>;

interface Owned extends Record<string, unknown> {
  id: string;
  ownerId: string;
}

function build(store: Store) {
  const insertAll =
    <T extends keyof Schema>(table: T, columns: readonly (keyof Schema[T] & string)[]) =>
    // Every column is an argument of its own name, so the values have the table's types.
    (db: Store["db"], arg: (key: string) => unknown) =>
      db.insertInto(table).values(Object.fromEntries(columns.map((column) => [column, arg(column)])) as never);

  return {
    runByRequest: store.statement<RunsTable, { ownerId: string; requestId: string }>("run_by_request", (db, arg) =>
      db
        .selectFrom("runs")
        .selectAll()
        .where("owner_id", "=", arg("ownerId"))
        .where("request_id", "=", arg("requestId")),
    ),
    queuedByRequest: store.statement<QueuedMessagesTable, { ownerId: string; requestId: string }>(
      "queued_by_request",
      (db, arg) =>
        db
          .selectFrom("queued_messages")
          .selectAll()
          .where("owner_id", "=", arg("ownerId"))
          .where("request_id", "=", arg("requestId")),
    ),
    runById: store.statement<RunsTable, Owned>("run_by_id", (db, arg) =>
      db.selectFrom("runs").selectAll().where("id", "=", arg("id")).where("owner_id", "=", arg("ownerId")),
    ),
    activeRun: store.statement<{ id: string }, { conversationId: string }>("active_run", (db, arg) =>
      db.selectFrom("runs").select("id").where("conversation_id", "=", arg("conversationId")).where("active", "=", 1),
    ),
    activeOfOwner: store.statement<{ count: number }, { ownerId: string }>("active_of_owner", (db, arg) =>
      db
        .selectFrom("runs")
        .select((e) => e.fn.countAll<number>().as("count"))
        .where("owner_id", "=", arg("ownerId"))
        .where("active", "=", 1),
    ),
    insertRun: store.statement<never, RunInsert>(
      "insert_run",
      insertAll("runs", [
        "id",
        "owner_id",
        "request_id",
        "request_digest",
        "conversation_id",
        "user_message_id",
        "assistant_message_id",
        "state",
        "active",
        "epoch",
        "stop_requested",
        "backend",
        "agent_id",
        "model",
        "routing",
        "generation_id",
        "created_at",
        "started_at",
        "ended_at",
      ]),
    ),
    insertMessage: store.statement<never, MessageInsert>(
      "insert_message",
      insertAll("messages", [
        "id",
        "conversation_id",
        "owner_id",
        "parent_id",
        "seq",
        "role",
        "state",
        "text",
        "agent_id",
        "model",
        "run_id",
        "created_at",
        "ended_at",
        "finish_reason",
        "problem",
        "metrics",
        "replayed_without_images",
        "indexed",
      ]),
    ),
    startRun: store.statement<never, { id: string; epoch: number; at: number }>("start_run", (db, arg) =>
      db
        .updateTable("runs")
        .set({ state: "streaming", started_at: arg("at") })
        .where("id", "=", arg("id"))
        .where("epoch", "=", arg("epoch"))
        .where("active", "=", 1),
    ),
    /** Takes a run that waits for credit: only one caller changes a row. */
    claimWaiting: store.statement<
      never,
      { id: string; epoch: number; state: RunsTable["state"]; generationId: string; startedAt: number | null }
    >("claim_waiting", (db, arg) =>
      db
        .updateTable("runs")
        .set({
          state: arg("state"),
          active: 1,
          epoch: arg("epoch"),
          stop_requested: 0,
          generation_id: arg("generationId"),
          started_at: arg("startedAt"),
          ended_at: null,
        })
        .where("id", "=", arg("id"))
        .where("state", "=", "waiting_for_credit"),
    ),
    /** The answer of such a run begins again, under the same id. */
    restartMessage: store.statement<never, { id: string; state: MessagesTable["state"]; images: number }>(
      "restart_message",
      (db, arg) =>
        db
          .updateTable("messages")
          .set({
            state: arg("state"),
            text: "",
            ended_at: null,
            problem: null,
            metrics: "{}",
            indexed: 0,
            replayed_without_images: arg("images"),
          })
          .where("id", "=", arg("id")),
    ),
    giveUpWaiting: store.statement<never, { id: string }>("give_up_waiting", (db, arg) =>
      db
        .updateTable("runs")
        .set({ state: "stopped" })
        .where("id", "=", arg("id"))
        .where("state", "=", "waiting_for_credit"),
    ),
    giveUpMessage: store.statement<never, { id: string }>("give_up_message", (db, arg) =>
      db.updateTable("messages").set({ state: "stopped", problem: null }).where("id", "=", arg("id")),
    ),
    /** Ends a run in its owner's name; no row changed means that somebody else declared it dead. */
    endRun: store.statement<never, { id: string; epoch: number; state: RunsTable["state"]; at: number }>(
      "end_run",
      (db, arg) =>
        db
          .updateTable("runs")
          .set({ state: arg("state"), active: 0, ended_at: arg("at") })
          .where("id", "=", arg("id"))
          .where("epoch", "=", arg("epoch"))
          .where("active", "=", 1),
    ),
    endMessage: store.statement<
      never,
      {
        id: string;
        state: MessagesTable["state"];
        text: string;
        at: number;
        finishReason: MessagesTable["finish_reason"];
        problem: string | null;
        metrics: string;
      }
    >("end_message", (db, arg) =>
      db
        .updateTable("messages")
        .set({
          state: arg("state"),
          text: arg("text"),
          ended_at: arg("at"),
          finish_reason: arg("finishReason"),
          problem: arg("problem"),
          metrics: arg("metrics"),
        })
        .where("id", "=", arg("id")),
    ),
    messageStreams: store.statement<never, { id: string }>("message_streams", (db, arg) =>
      db.updateTable("messages").set({ state: "streaming" }).where("id", "=", arg("id")).where("state", "=", "queued"),
    ),
    /** Adds text only while the run is this process's own. */
    appendChunk: store.statement<never, { messageId: string; seq: number; text: string; runId: string; epoch: number }>(
      "append_chunk",
      (db, arg) =>
        db
          .insertInto("run_chunks")
          .columns(["message_id", "seq", "text"])
          .expression(
            db
              .selectFrom("runs")
              // The casts tell PostgreSQL the types of bare parameters.
              .select([
                sql<string>`cast(${arg("messageId")} as text)`.as("message_id"),
                sql<number>`cast(${arg("seq")} as integer)`.as("seq"),
                sql<string>`cast(${arg("text")} as text)`.as("text"),
              ])
              .where("id", "=", arg("runId"))
              .where("epoch", "=", arg("epoch"))
              .where("active", "=", 1),
          ),
    ),
    chunks: store.statement<{ seq: number; text: string }, { messageId: string; after: number }>("chunks", (db, arg) =>
      db
        .selectFrom("run_chunks")
        .select(["seq", "text"])
        .where("message_id", "=", arg("messageId"))
        .where("seq", ">", arg("after"))
        .orderBy("seq"),
    ),
    deleteChunks: store.statement<never, { messageId: string }>("delete_chunks", (db, arg) =>
      db.deleteFrom("run_chunks").where("message_id", "=", arg("messageId")),
    ),
    requestStop: store.statement<never, Owned>("request_stop", (db, arg) =>
      db
        .updateTable("runs")
        .set({ stop_requested: 1 })
        .where("id", "=", arg("id"))
        .where("owner_id", "=", arg("ownerId"))
        .where("active", "=", 1),
    ),
    stopsRequested: store.statement<{ id: string }, { epoch: number }>("stops_requested", (db, arg) =>
      db
        .selectFrom("runs")
        .select("id")
        .where("epoch", "=", arg("epoch"))
        .where("active", "=", 1)
        .where("stop_requested", "=", 1),
    ),
    activeOfEpoch: store.statement<RunsTable, { epoch: number }>("active_of_epoch", (db, arg) =>
      db.selectFrom("runs").selectAll().where("epoch", "=", arg("epoch")).where("active", "=", 1),
    ),
    activeOfUser: store.statement<{ id: string }, { ownerId: string }>("active_of_user", (db, arg) =>
      db.selectFrom("runs").select("id").where("owner_id", "=", arg("ownerId")).where("active", "=", 1),
    ),
  };
}
