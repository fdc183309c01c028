import type {
  MessageMetrics,
  MessageProblem,
  MessageState,
  MessageView,
  QueuedMessageView,
} from "#lib/shared/chat/types.ts";

/** What an adapter reports while it reads an upstream. All adapters speak this; nothing else reaches a run. */
export type UpstreamEvent =
  /** Text to append. */
  | { type: "delta"; text: string }
  | { type: "finish"; reason: "stop" | "length" | "tool_calls" }
  | { type: "usage"; inputTokens: number; outputTokens: number }
  /** The upstream's own number for this answer, by which it can be found in usage and ledger. */
  | { type: "reference"; requestId: string };

/** What travels from the server to a browser, as SSE `event: <type>`, `data: <JSON>`, `id: <seq>`. */
export type ChatEvent =
  /** First event of a POST: both messages are durable. Carries what the browser needs to show the turn. */
  | {
      type: "accepted";
      conversationId: string;
      conversationTitle: string;
      runId: string;
      /** Absent when the intent made no new one (regenerate). */
      userMessage?: MessageView;
      assistantMessage: MessageView;
    }
  /** First and last event of a POST that was put behind the running answer. */
  | { type: "queued"; conversationId: string; item: QueuedMessageView }
  /** Replaces whatever the reader had of this message. */
  | { type: "snapshot"; runId: string; messageId: string; text: string; state: MessageState; metrics: MessageMetrics }
  /** Waits for a place at the gateway; 1 = next. */
  | { type: "place"; position: number }
  /** The upstream request was sent. `at` is the server's clock in ms. */
  | { type: "started"; at: number }
  | { type: "delta"; text: string }
  /** Nothing new for this long. Sent every 5 s from 10 s on. */
  | { type: "silence"; seconds: number }
  /** The run ended; committed before it is sent. `nextRunId`: a queued follow-up starts. */
  | {
      type: "end";
      state: Exclude<MessageState, "queued" | "streaming">;
      problem: MessageProblem | null;
      finishReason: "stop" | "length" | "tool_calls" | null;
      metrics: MessageMetrics;
      endedAt: number;
      nextRunId: string | null;
    };

export type ChatEventType = ChatEvent["type"];
