import type { ChatEvent } from "#lib/shared/chat/events.ts";
import type { MessageMetrics, MessageProblem, MessageState } from "#lib/shared/chat/types.ts";

/** The live part of one answer: what server and browser both fold from the same events. */
export interface LiveAnswer {
  text: string;
  state: MessageState;
  /** Position in the admission queue, 1 = next; null when running. */
  place: number | null;
  /** Server clock, ms; null before the upstream request was sent. */
  startedAt: number | null;
  /** Seconds without new text, as last reported; 0 after new text. */
  silentSeconds: number;
  problem: MessageProblem | null;
  finishReason: "stop" | "length" | "tool_calls" | null;
  metrics: MessageMetrics;
  endedAt: number | null;
}

export const emptyAnswer: LiveAnswer = {
  text: "",
  state: "queued",
  place: null,
  startedAt: null,
  silentSeconds: 0,
  problem: null,
  finishReason: null,
  metrics: {},
  endedAt: null,
};

/** Pure fold. Events that do not concern the answer return it unchanged; after `end` nothing changes but a `snapshot`. */
export function reduce(answer: LiveAnswer, event: ChatEvent): LiveAnswer {
  if (event.type === "snapshot") {
    return { ...answer, text: event.text, state: event.state, metrics: event.metrics };
  }
  if (answer.endedAt !== null) return answer;
  switch (event.type) {
    case "place":
      return { ...answer, state: "queued", place: event.position };
    case "started":
      return { ...answer, state: "streaming", place: null, startedAt: event.at };
    case "delta":
      return { ...answer, state: "streaming", place: null, text: answer.text + event.text, silentSeconds: 0 };
    case "silence":
      return { ...answer, silentSeconds: event.seconds };
    case "end":
      return {
        ...answer,
        state: event.state,
        place: null,
        silentSeconds: 0,
        problem: event.problem,
        finishReason: event.finishReason,
        metrics: event.metrics,
        endedAt: event.endedAt,
      };
    case "accepted":
    case "queued":
      return answer;
  }
}
