import type { ErrorCode } from "#lib/shared/errors.ts";
import type { ExecutionRouting } from "#lib/shared/openmarlin/types.ts";

/** What becomes of a message. Every assistant message ends in exactly one of the last five. */
export type MessageState =
  | "queued"
  | "streaming"
  | "complete"
  | "stopped"
  | "interrupted"
  | "failed"
  | "waiting_for_credit";

export type MessageRole = "user" | "assistant";

/** Why an answer failed or was interrupted: a code with wording, never upstream text. */
export interface MessageProblem {
  code: ErrorCode;
  requestId?: string;
  facts?: Record<string, string | number>;
}

/** What is known about how an answer came about; what is not known is absent, never zero. */
export interface MessageMetrics {
  /** Milliseconds from the upstream request to the first text. */
  firstTokenMs?: number;
  /** Milliseconds from the upstream request to the end. */
  durationMs?: number;
  inputTokens?: number;
  outputTokens?: number;
  /** The upstream's own number for this answer. */
  upstreamRequestId?: string;
}

export interface AttachmentView {
  id: string;
  name: string;
  mediaType: string;
  sizeBytes: number;
}

/** A message as the browser reads it. */
export interface MessageView {
  id: string;
  conversationId: string;
  parentId: string | null;
  role: MessageRole;
  state: MessageState;
  text: string;
  /** The agent that answered, or was asked. */
  agentId: string | null;
  /** `provider/model` where an admin allowed a choice. */
  model: string | null;
  /** The run that writes this answer; null on a person's message and on imported ones. */
  runId: string | null;
  createdAt: number;
  endedAt: number | null;
  finishReason: "stop" | "length" | "tool_calls" | null;
  problem: MessageProblem | null;
  metrics: MessageMetrics;
  attachments: AttachmentView[];
  /** Ids of all messages with the same parent and role, oldest first; this one included. */
  siblingIds: string[];
  /** The first turn of a new generation was a replay without the images of earlier turns. */
  replayedWithoutImages?: boolean;
}

/** A follow-up that waits until the running answer completes. */
export interface QueuedMessageView {
  id: string;
  text: string;
  attachments: AttachmentView[];
  agentId: string;
  model: string | null;
  version: number;
  createdAt: number;
}

export interface ConversationSummary {
  id: string;
  title: string;
  agentId: string | null;
  createdAt: number;
  /** Time of the last message; the list is ordered and grouped by it. */
  updatedAt: number;
  pinned: boolean;
  archived: boolean;
  /** State of the newest answer, for the glyph in the list; null when there is nothing to show. */
  state: MessageState | null;
  /** An answer ended that the person has not seen. */
  unread: boolean;
  /** Made against the sandbox while real upstreams are connected now (or the other way round): read-only. */
  readOnly: boolean;
}

/** A page of the list. Pinned conversations come whole with the first page and in no other place. */
export interface ConversationPage {
  items: ConversationSummary[];
  pinned?: ConversationSummary[];
  nextCursor: string | null;
}

/** One conversation with a page of its current branch, oldest first. */
export interface ConversationView {
  conversation: ConversationSummary;
  messages: MessageView[];
  /** Older messages of this branch exist: ask with `before` = the first id of this page. */
  hasOlder: boolean;
  /** Only after a jump far back: the branch goes on below this page. Ask without `around` for its end. */
  hasNewer?: true;
  queue: QueuedMessageView[];
  /** The run that is queued or streaming now. */
  activeRunId: string | null;
  /** Why the follow-up queue is not moving, when it is not. */
  queuePaused: boolean;
}

export interface AgentView {
  id: string;
  name: string;
  description: string;
  /** Extra backend models that an admin offers for this agent. Empty: no choice. */
  models: string[];
  upstream: "openclaw";
}

export interface SearchHit {
  conversationId: string;
  conversationTitle: string;
  messageId: string;
  role: MessageRole;
  agentId: string | null;
  createdAt: number;
  archived: boolean;
  pinned: boolean;
  /** Text around the first hit with the hits as `[start, end)` offsets in UTF-16 units. */
  snippet: string;
  marks: [number, number][];
}

/** A conversation whose title has the words. */
export interface TitleHit {
  conversationId: string;
  title: string;
  updatedAt: number;
  archived: boolean;
  pinned: boolean;
  /** Where the words stand in the title. */
  marks: [number, number][];
}

export interface SearchPage {
  hits: SearchHit[];
  /** Only with the first page. */
  titles: TitleHit[];
  nextCursor: string | null;
  /** Counted up to 1,000: that number means "as many, or more". */
  total: number;
}

/** What is kept of a composer: a conversation's, or that of a new one. */
export interface DraftView {
  text: string;
  attachments: AttachmentView[];
  /** 0 when nothing was kept yet; a save names the version that it replaces. */
  version: number;
}

/** What a save of a draft asks for. */
export interface DraftRequest {
  text: string;
  attachmentIds: string[];
  version: number;
}

/** What a change of a conversation may ask for; at least one of them. */
export interface ConversationChange {
  title?: string;
  pinned?: boolean;
  archived?: boolean;
  /** Shows the branch of this message, down to its newest one. */
  leafMessageId?: string;
  /** The person has it open. */
  seen?: true;
  /** Lets the follow-up queue go on. */
  resumeQueue?: true;
}

/** The answer to a change. */
export interface ChangedConversation {
  conversation: ConversationSummary;
  /** The run of the queued message that started, if one did. */
  startedRunId: string | null;
}

/** The answer to a deletion. */
export interface DeletedConversation {
  /** Sessions that stay at the gateway, which cannot delete them. */
  gatewaySessions: number;
  /** Until then it can be restored. */
  undoUntil: number;
}

/** What a send asks for. Unknown keys are refused. */
export interface SendRequest {
  /** UUID made by the client, one a press of Send; the same id never causes two upstream calls. */
  requestId: string;
  /** Null starts a conversation. */
  conversationId: string | null;
  /** Of a gateway's agent, or `openMarlinAgentId`. */
  agentId: string;
  model?: string | null;
  /** Only with OpenMarlin: where it goes, beyond the model. */
  routing?: ExecutionRouting;
  intent:
    | {
        kind: "send";
        /** The leaf that the person saw; null in an empty conversation. */
        parentId: string | null;
        text: string;
        attachmentIds: string[];
      }
    /** A sibling of a person's message, with other text. */
    | { kind: "edit"; messageId: string; text: string; attachmentIds: string[] }
    /** Another answer beside an assistant message: Retry, Regenerate. */
    | { kind: "regenerate"; messageId: string }
    /** Goes on after an interrupted or stopped answer, as a new turn under it. */
    | { kind: "continue"; messageId: string };
}
