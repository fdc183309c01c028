import "server-only";
import type { Turn } from "#lib/server/chat/begin.ts";
import { FanOut } from "#lib/server/chat/fan-out.ts";
import type { UpstreamEvent } from "#lib/shared/chat/events.ts";
import type { MessageMetrics } from "#lib/shared/chat/types.ts";

export interface RunOwner {
  id: string;
  email: string;
}

/** A run that this process owns, from acceptance to its stored end. */
export class LiveRun {
  readonly turn: Turn;
  readonly owner: RunOwner;
  readonly fanOut: FanOut;
  readonly abort = new AbortController();
  /** Somebody pressed Stop, left for good or was disabled. */
  stopRequested = false;
  /** Another process declared this run dead: write nothing more. */
  fenced = false;
  ending = false;
  /** Text that is shown but not stored yet. */
  unstored = "";
  /** Monotonic ms since when text waits for the store; null when none does. */
  unstoredSince: number | null = null;
  chunkSeq = 0;
  finishReason: "stop" | "length" | "tool_calls" | null = null;
  metrics: MessageMetrics = {};
  /** Monotonic ms. */
  startedAt = 0;
  lastTextAt = 0;

  constructor(turn: Turn, owner: RunOwner) {
    this.turn = turn;
    this.owner = owner;
    this.fanOut = new FanOut(turn.run.id, turn.assistantMessage.id, { state: turn.assistantMessage.state });
  }

  get id(): string {
    return this.turn.run.id;
  }

  /** Folds what one upstream chunk held. Returns whether there is text to store. */
  receive(events: UpstreamEvent[]): boolean {
    if (this.ending) return false;
    let text = "";
    for (const event of events) {
      // PostgreSQL cannot keep U+0000, and nobody can read it.
      if (event.type === "delta") text += event.text.includes("\0") ? event.text.replaceAll("\0", "") : event.text;
      else if (event.type === "finish") this.finishReason = event.reason;
      else if (event.type === "reference") this.metrics = { ...this.metrics, upstreamRequestId: event.requestId };
      else this.metrics = { ...this.metrics, inputTokens: event.inputTokens, outputTokens: event.outputTokens };
    }
    if (text === "") return false;
    const now = performance.now();
    this.lastTextAt = now;
    if (this.metrics.firstTokenMs === undefined) this.metrics.firstTokenMs = Math.round(now - this.startedAt);
    this.unstored += text;
    this.unstoredSince ??= now;
    this.fanOut.text(text);
    return true;
  }

  stop(): void {
    this.stopRequested = true;
    this.abort.abort("stopped");
  }
}
