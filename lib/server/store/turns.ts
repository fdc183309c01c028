import "server-only";
import { sql } from "kysely";
import type {
  AttachmentsTable,
  ConversationsTable,
  GenerationsTable,
  MessagesTable,
  QueuedMessagesTable,
} from "#lib/server/store/schema.ts";
import type { Store } from "#lib/server/store/store.ts";

export type TurnStatements = ReturnType<typeof build>;

/** The statements that begin a turn, compiled once a store. */
export function turnStatements(store: Store): TurnStatements {
  let statements = byStore.get(store);
  if (statements === undefined) {
    statements = build(store);
    byStore.set(store, statements);
  }
  return statements;
}

const byStore = new WeakMap<Store, TurnStatements>();

interface Owned extends Record<string, unknown> {
  id: string;
  ownerId: string;
}

function build(store: Store) {
  return {
    /** Locks the row on PostgreSQL, so that two sends to one conversation follow each other. */
    conversation: store.statement<ConversationsTable, Owned>("turn_conversation", (db, arg) => {
      const query = db
        .selectFrom("conversations")
        .selectAll()
        .where("id", "=", arg("id"))
        .where("owner_id", "=", arg("ownerId"))
        .where("deleted_at", "is", null);
      return store.dialect === "postgres" ? query.forUpdate() : query;
    }),
    insertConversation: store.statement<never, ConversationsTable & Record<string, unknown>>(
      "turn_insert_conversation",
      (db, arg) =>
        db.insertInto("conversations").values({
          id: arg("id"),
          owner_id: arg("owner_id"),
          title: arg("title"),
          title_source: arg("title_source"),
          agent_id: arg("agent_id"),
          model: arg("model"),
          leaf_message_id: arg("leaf_message_id"),
          next_seq: arg("next_seq"),
          created_at: arg("created_at"),
          updated_at: arg("updated_at"),
          seen_at: arg("seen_at"),
          pinned_at: arg("pinned_at"),
          archived_at: arg("archived_at"),
          deleted_at: arg("deleted_at"),
          queue_paused: arg("queue_paused"),
          origin: arg("origin"),
        }),
    ),
    advanceConversation: store.statement<
      never,
      { id: string; leafId: string; nextSeq: number; agentId: string; model: string | null; at: number }
    >("turn_advance_conversation", (db, arg) =>
      db
        .updateTable("conversations")
        .set({
          leaf_message_id: arg("leafId"),
          next_seq: arg("nextSeq"),
          agent_id: arg("agentId"),
          model: arg("model"),
          updated_at: arg("at"),
          archived_at: null,
        })
        .where("id", "=", arg("id")),
    ),
    pauseQueue: store.statement<never, { id: string; paused: number; at: number }>("turn_pause_queue", (db, arg) =>
      db
        .updateTable("conversations")
        .set({ queue_paused: arg("paused"), updated_at: arg("at") })
        .where("id", "=", arg("id")),
    ),
    message: store.statement<MessagesTable, { id: string; conversationId: string; ownerId: string }>(
      "turn_message",
      (db, arg) =>
        db
          .selectFrom("messages")
          .selectAll()
          .where("id", "=", arg("id"))
          .where("conversation_id", "=", arg("conversationId"))
          .where("owner_id", "=", arg("ownerId")),
    ),
    children: store.statement<{ id: string }, { parentId: string; role: MessagesTable["role"] }>(
      "turn_children",
      (db, arg) =>
        db
          .selectFrom("messages")
          .select("id")
          .where("parent_id", "=", arg("parentId"))
          .where("role", "=", arg("role"))
          .orderBy("seq"),
    ),
    roots: store.statement<{ id: string }, { conversationId: string; role: MessagesTable["role"] }>(
      "turn_roots",
      (db, arg) =>
        db
          .selectFrom("messages")
          .select("id")
          .where("conversation_id", "=", arg("conversationId"))
          .where("parent_id", "is", null)
          .where("role", "=", arg("role"))
          .orderBy("seq"),
    ),
    child: store.statement<{ id: string }, { parentId: string }>("turn_child", (db, arg) =>
      db.selectFrom("messages").select("id").where("parent_id", "=", arg("parentId")).limit(1),
    ),
    anyMessage: store.statement<{ id: string }, { conversationId: string }>("turn_any_message", (db, arg) =>
      db.selectFrom("messages").select("id").where("conversation_id", "=", arg("conversationId")).limit(1),
    ),
    /** The branch that ends in a message, newest first, at most 400 messages. */
    branch: store.statement<Pick<MessagesTable, "id" | "role" | "text"> & { images: number }, { leafId: string }>(
      "turn_branch",
      (db, arg) =>
        db
          .withRecursive("branch", (e) =>
            e
              .selectFrom("messages")
              .select(["id", "parent_id", "role", "text", sql<number>`1`.as("depth")])
              .where("id", "=", arg("leafId"))
              .unionAll(
                e
                  .selectFrom("messages as m")
                  .innerJoin("branch as b", "b.parent_id", "m.id")
                  .select(["m.id", "m.parent_id", "m.role", "m.text", sql<number>`b.depth + 1`.as("depth")])
                  .where("b.depth", "<", 400),
              ),
          )
          .selectFrom("branch")
          .select((e) => [
            "id",
            "role",
            "text",
            e
              .selectFrom("attachments")
              .select((a) => a.fn.countAll<number>().as("count"))
              .whereRef("attachments.message_id", "=", "branch.id")
              .as("images"),
          ])
          .orderBy("depth"),
    ),
    cleanGeneration: store.statement<GenerationsTable, { conversationId: string; agentId: string; headId: string }>(
      "turn_clean_generation",
      (db, arg) =>
        db
          .selectFrom("generations")
          .selectAll()
          .where("conversation_id", "=", arg("conversationId"))
          .where("agent_id", "=", arg("agentId"))
          .where("head_message_id", "=", arg("headId"))
          .where("clean", "=", 1)
          .limit(1),
    ),
    insertGeneration: store.statement<
      never,
      { id: string; conversationId: string; ownerId: string; agentId: string; sessionKey: string; at: number }
    >("turn_insert_generation", (db, arg) =>
      db.insertInto("generations").values({
        id: arg("id"),
        conversation_id: arg("conversationId"),
        owner_id: arg("ownerId"),
        agent_id: arg("agentId"),
        session_key: arg("sessionKey"),
        head_message_id: null,
        clean: 0,
        created_at: arg("at"),
      }),
    ),
    setGeneration: store.statement<never, { id: string; clean: number; headId: string | null }>(
      "turn_set_generation",
      (db, arg) =>
        db
          .updateTable("generations")
          .set({ clean: arg("clean"), head_message_id: arg("headId") })
          .where("id", "=", arg("id")),
    ),
    /** Binds an own, whole, still free attachment to a message. */
    attach: store.statement<never, { id: string; ownerId: string; messageId: string }>("turn_attach", (db, arg) =>
      db
        .updateTable("attachments")
        .set({ message_id: arg("messageId") })
        .where("id", "=", arg("id"))
        .where("owner_id", "=", arg("ownerId"))
        .where("complete", "=", 1)
        .where("message_id", "is", null),
    ),
    attachment: store.statement<AttachmentsTable, Owned>("turn_attachment", (db, arg) =>
      db
        .selectFrom("attachments")
        .selectAll()
        .where("id", "=", arg("id"))
        .where("owner_id", "=", arg("ownerId"))
        .where("complete", "=", 1),
    ),
    attachmentsOf: store.statement<AttachmentsTable, { messageId: string }>("turn_attachments_of", (db, arg) =>
      db
        .selectFrom("attachments")
        .selectAll()
        .where("message_id", "=", arg("messageId"))
        .orderBy("created_at")
        .orderBy("id"),
    ),
    /** A second row with the same bytes: an edited message keeps its own copy. */
    copyAttachment: store.statement<never, { id: string; copyId: string; messageId: string; at: number }>(
      "turn_copy_attachment",
      (db, arg) =>
        db
          .insertInto("attachments")
          .columns(["id", "owner_id", "message_id", "name", "media_type", "size_bytes", "complete", "created_at"])
          .expression(
            db
              .selectFrom("attachments")
              .select([
                sql<string>`cast(${arg("copyId")} as text)`.as("id"),
                "owner_id",
                sql<string>`cast(${arg("messageId")} as text)`.as("message_id"),
                "name",
                "media_type",
                "size_bytes",
                "complete",
                "created_at",
              ])
              .where("id", "=", arg("id")),
          ),
    ),
    copyAttachmentChunks: store.statement<never, { id: string; copyId: string }>(
      "turn_copy_attachment_chunks",
      (db, arg) =>
        db
          .insertInto("attachment_chunks")
          .columns(["attachment_id", "seq", "bytes"])
          .expression(
            db
              .selectFrom("attachment_chunks")
              .select([sql<string>`cast(${arg("copyId")} as text)`.as("attachment_id"), "seq", "bytes"])
              .where("attachment_id", "=", arg("id")),
          ),
    ),
    /** Takes a message for the search index; no row changed means that another process has. */
    claimForIndex: store.statement<never, { id: string }>("turn_claim_for_index", (db, arg) =>
      db.updateTable("messages").set({ indexed: 1 }).where("id", "=", arg("id")).where("indexed", "=", 0),
    ),
    queueLength: store.statement<{ count: number; last: number | null }, { conversationId: string }>(
      "turn_queue_length",
      (db, arg) =>
        db
          .selectFrom("queued_messages")
          .select((e) => [e.fn.countAll<number>().as("count"), e.fn.max("seq").as("last")])
          .where("conversation_id", "=", arg("conversationId")),
    ),
    enqueue: store.statement<never, QueuedMessagesTable & Record<string, unknown>>("turn_enqueue", (db, arg) =>
      db.insertInto("queued_messages").values({
        id: arg("id"),
        conversation_id: arg("conversation_id"),
        owner_id: arg("owner_id"),
        request_id: arg("request_id"),
        request_digest: arg("request_digest"),
        seq: arg("seq"),
        text: arg("text"),
        attachment_ids: arg("attachment_ids"),
        agent_id: arg("agent_id"),
        model: arg("model"),
        routing: arg("routing"),
        version: arg("version"),
        created_at: arg("created_at"),
      }),
    ),
    nextQueued: store.statement<QueuedMessagesTable, { conversationId: string }>("turn_next_queued", (db, arg) =>
      db
        .selectFrom("queued_messages")
        .selectAll()
        .where("conversation_id", "=", arg("conversationId"))
        .orderBy("seq")
        .limit(1),
    ),
    removeQueued: store.statement<never, { id: string }>("turn_remove_queued", (db, arg) =>
      db.deleteFrom("queued_messages").where("id", "=", arg("id")),
    ),
  };
}
