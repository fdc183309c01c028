import "server-only";
import type { Generated } from "kysely";
import type { JobKindName, JobState } from "#lib/shared/jobs.ts";

/**
 * The tables, alike on SQLite and PostgreSQL: text ids (UUIDv7, lower case), integer milliseconds, 0 or 1 for truth,
 * JSON as text. `migrations/` creates them.
 */
export interface Schema {
  instances: InstancesTable;
  users: UsersTable;
  identities: IdentitiesTable;
  sessions: SessionsTable;
  one_time_codes: OneTimeCodesTable;
  sign_in_failures: SignInFailuresTable;
  settings: SettingsTable;
  agent_settings: AgentSettingsTable;
  agent_access: AgentAccessTable;
  conversations: ConversationsTable;
  messages: MessagesTable;
  runs: RunsTable;
  run_chunks: RunChunksTable;
  queued_messages: QueuedMessagesTable;
  generations: GenerationsTable;
  drafts: DraftsTable;
  attachments: AttachmentsTable;
  attachment_chunks: AttachmentChunksTable;
  jobs: JobsTable;
  openmarlin_accounts: OpenMarlinAccountsTable;
  audit_log: AuditLogTable;
  audit_head: AuditHeadTable;
}

/** One row a server process. Runs carry its epoch; an expired heartbeat means that the process is gone. */
export interface InstancesTable {
  /** Counts up with every start of any process: the fence. */
  epoch: Generated<number>;
  started_at: number;
  /** The database's clock. */
  heartbeat_at: number;
}

export interface UsersTable {
  id: string;
  /** Lower case, trimmed, unique. */
  email: string;
  name: string;
  /** argon2id, or null for people who come by OIDC only. */
  password_hash: string | null;
  role: "admin" | "member";
  is_demo: number;
  disabled_at: number | null;
  locale: string | null;
  theme: "system" | "light" | "dark";
  send_key: "enter" | "mod_enter";
  /** What a screen reader is told of a growing answer. */
  announce: "sentences" | "end";
  created_at: number;
}

export interface IdentitiesTable {
  issuer: string;
  subject: string;
  user_id: string;
  created_at: number;
}

export interface SessionsTable {
  /** SHA-256 (hex) of the random `sid` inside the cookie's token. */
  sid_hash: string;
  user_id: string;
  created_at: number;
  last_seen_at: number;
  expires_at: number;
  user_agent: string;
  address: string;
}

/**
 * Invitations and password resets. The set-up code is printed and never stored; only its SHA-256 is, in `settings` as
 * `set_up.code.<hash>`, and only on PostgreSQL, where the browser may meet another process than the one that printed it.
 */
export interface OneTimeCodesTable {
  id: string;
  /** SHA-256 (hex) of the code. */
  code_hash: string;
  kind: "invite" | "reset";
  /** Who is invited, if said; whose password is reset. */
  email: string | null;
  user_id: string | null;
  role: "admin" | "member";
  created_by: string;
  created_at: number;
  expires_at: number;
  used_at: number | null;
}

/** Failed sign-ins of one account or one address within a window; rows whose window is over count nothing. */
export interface SignInFailuresTable {
  /** Primary key: `account:<SHA-256 of the e-mail>` or `address:<address>`. */
  key: string;
  failures: number;
  /** Indexed: expired rows are swept. */
  window_ends_at: number;
}

export interface SettingsTable {
  key: string;
  /** JSON; sealed (`v1.…`) where `sealed` is 1. */
  value: string;
  sealed: number;
  updated_at: number;
  updated_by: string | null;
}

/** What an admin says about an agent; an agent without a row is shown to everyone under its id. */
export interface AgentSettingsTable {
  agent_id: string;
  name: string | null;
  description: string | null;
  position: number;
  hidden: number;
  /** 1: only people in `agent_access`. */
  restricted: number;
  /** JSON array of `provider/model`, allowed values of `x-openclaw-model`. */
  models: string;
}

export interface AgentAccessTable {
  agent_id: string;
  user_id: string;
}

export interface ConversationsTable {
  id: string;
  owner_id: string;
  title: string;
  title_source: "auto" | "person";
  agent_id: string | null;
  model: string | null;
  /** Newest message of the branch that is shown. */
  leaf_message_id: string | null;
  /** Next `messages.seq`; the only order of messages. */
  next_seq: number;
  created_at: number;
  updated_at: number;
  /** Last time the person had it open; unread when an answer ended later. */
  seen_at: number;
  pinned_at: number | null;
  archived_at: number | null;
  /** Deleted by the person; erased for good after the undo time. */
  deleted_at: number | null;
  /** Why queued follow-ups do not start: the run before them did not end `complete`. 0 or 1. */
  queue_paused: number;
  /** `sandbox:<id>` or `real`: data of one is read-only while the other is connected. */
  origin: string;
}

export interface MessagesTable {
  id: string;
  conversation_id: string;
  owner_id: string;
  parent_id: string | null;
  seq: number;
  role: "user" | "assistant";
  state: "queued" | "streaming" | "complete" | "stopped" | "interrupted" | "failed" | "waiting_for_credit";
  /** Whole text once ended; while it streams the text is in `run_chunks`. */
  text: string;
  agent_id: string | null;
  model: string | null;
  run_id: string | null;
  created_at: number;
  ended_at: number | null;
  finish_reason: "stop" | "length" | "tool_calls" | null;
  /** JSON `MessageProblem` or null. */
  problem: string | null;
  /** JSON `MessageMetrics`. */
  metrics: string;
  replayed_without_images: number;
  /** 1 once the search index has it; ended messages with 0 are picked up by the indexer. */
  indexed: number;
}

export interface RunsTable {
  id: string;
  owner_id: string;
  /** UNIQUE with owner_id. */
  request_id: string;
  /** SHA-256 (hex) of the request body: the same id with another body is refused. */
  request_digest: string;
  conversation_id: string;
  user_message_id: string;
  assistant_message_id: string;
  state: "queued" | "streaming" | "complete" | "stopped" | "interrupted" | "failed" | "waiting_for_credit";
  /** 1 while queued or streaming; a partial unique index allows one a conversation. */
  active: number;
  /** The owner process; every write names it. */
  epoch: number;
  stop_requested: number;
  backend: "openclaw" | "openmarlin";
  agent_id: string;
  model: string | null;
  /** JSON `ExecutionRouting`, what a person set under Advanced; null when nothing was. */
  routing: string | null;
  generation_id: string | null;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
}

/** New text of a streaming answer, in order; deleted when the run ends. */
export interface RunChunksTable {
  message_id: string;
  seq: number;
  text: string;
}

export interface QueuedMessagesTable {
  id: string;
  conversation_id: string;
  owner_id: string;
  /** UNIQUE with owner_id, and never used by a run before it starts. */
  request_id: string;
  request_digest: string;
  /** Order in the queue. */
  seq: number;
  text: string;
  /** JSON array of attachment ids. */
  attachment_ids: string;
  agent_id: string;
  model: string | null;
  routing: string | null;
  version: number;
  created_at: number;
}

/** The gateway's working memory of one branch. */
export interface GenerationsTable {
  id: string;
  conversation_id: string;
  owner_id: string;
  agent_id: string;
  /** `agent:<agentId>:web:<32 hex>`; never leaves the server. */
  session_key: string;
  /** Newest assistant message that this session knows. */
  head_message_id: string | null;
  /** 0 once its memory and our transcript may differ. */
  clean: number;
  created_at: number;
}

export interface DraftsTable {
  owner_id: string;
  /** A conversation id, or `new`. */
  scope: string;
  text: string;
  /** JSON array of attachment ids. */
  attachment_ids: string;
  version: number;
  updated_at: number;
}

export interface AttachmentsTable {
  id: string;
  owner_id: string;
  /** Null while it is only in a draft or a queued message. */
  message_id: string | null;
  /** Display text only. */
  name: string;
  media_type: string;
  size_bytes: number;
  /** 1 once every byte is stored. */
  complete: number;
  created_at: number;
}

export interface AttachmentChunksTable {
  attachment_id: string;
  seq: number;
  /** At most 256 kB. */
  bytes: Uint8Array;
}

/** Something that an upstream does for a person and that this server asks about until it ends. */
export interface JobsTable {
  id: string;
  owner_id: string;
  kind: JobKindName;
  state: JobState;
  /** 1 until it ends. */
  active: number;
  /** The upstream it was made at, as `sandbox:<id>` or an address: never asked about anywhere else. */
  place: string;
  /** UNIQUE with owner_id. */
  request_id: string;
  /** SHA-256 (hex) of what was asked for: the same id with something else is refused. */
  request_digest: string;
  /** While it is active, whoever asks for a job with the same key joins this one. */
  join_key: string | null;
  title: string;
  /** JSON; nothing secret. */
  input: string;
  /** Sealed JSON: what must never leave the server. */
  secret: string | null;
  upstream_id: string | null;
  upstream_state: string | null;
  /** JSON; nothing secret. */
  result: string | null;
  /** JSON `MessageProblem` or null. */
  problem: string | null;
  /** Credits that it needs before it can start, while it waits for them. */
  required: string | null;
  watched: number;
  /** The process that asks, or asked last. */
  epoch: number;
  /** Counts up with every claim: the fence. Every write names it. */
  lease: number;
  /** The database's clock. */
  lease_until: number;
  /** Checks in a row that told nothing. */
  failures: number;
  /** The database's clock; null when nothing is to be asked. */
  next_poll_at: number | null;
  deadline_at: number | null;
  created_at: number;
  checked_at: number | null;
  ended_at: number | null;
}

/** The workspace key that OpenMarlin issued to a person. */
export interface OpenMarlinAccountsTable {
  user_id: string;
  place: string;
  /** Sealed; goes only to the upstream that issued it. */
  sealed_key: string;
  key_id: string;
  account_id: string | null;
  workspace_id: string;
  workspace_name: string | null;
  created_at: number;
}

export interface AuditLogTable {
  seq: number;
  at: number;
  actor_id: string | null;
  actor_name: string;
  /** Dotted verb: `sign_in`, `user.disable`, `settings.update`. */
  action: string;
  /** What it was done to: an id or a name. */
  object: string;
  outcome: "intent" | "done" | "refused" | "failed" | "unknown";
  /** JSON; nothing secret. */
  facts: string;
  /** HMAC-SHA-256 (hex) over the row and the one before. */
  mac: string;
}

export interface AuditHeadTable {
  id: number;
  seq: number;
  mac: string;
}
