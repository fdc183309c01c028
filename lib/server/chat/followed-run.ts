import "server-only";
import { FanOut } from "#lib/server/chat/fan-out.ts";
import { all, type Flow, one } from "#lib/server/store/flow.ts";
import { type RunStatements, runStatements } from "#lib/server/store/runs.ts";
import type { MessagesTable, RunsTable } from "#lib/server/store/schema.ts";
import type { Store } from "#lib/server/store/store.ts";
import { type TurnStatements, turnStatements } from "#lib/server/store/turns.ts";
import type { LiveAnswer } from "#lib/shared/chat/reduce.ts";

/** How long a follower waits for a notification before it reads the store by itself. */
const pollMs = 1000;

/**
 * A run that another process owns, mirrored from the store for the readers of this one. Notifications make it quick;
 * without them it reads once a second.
 */
export class FollowedRun {
  readonly fanOut: FanOut;
  readonly #store: Store;
  readonly #run: RunsTable;
  readonly #onEnd: () => void;
  #afterSeq = -1;
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | null = null;
  #ended = false;

  constructor(store: Store, run: RunsTable, onEnd: () => void) {
    this.#store = store;
    this.#run = run;
    this.#onEnd = onEnd;
    this.fanOut = new FanOut(run.id, run.assistant_message_id, { state: run.state, startedAt: run.started_at });
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Reads what is new. Concurrent calls share one read; it never rejects. */
  read(): Promise<void> {
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#ended = true;
    this.fanOut.close();
    this.#onEnd();
  }

  async #readOnce(): Promise<void> {
    if (this.#ended) return;
    clearTimeout(this.#timer);
    try {
      const state = await this.#store.flow(() =>
        readProgress(runStatements(this.#store), turnStatements(this.#store), this.#run, this.#afterSeq),
      );
      if (state === null) return this.close();
      const { message, chunks, nextRunId } = state;
      if (message.ended_at === null) {
        for (const { seq, text } of chunks) {
          this.#afterSeq = seq;
          this.fanOut.text(text);
        }
        if (message.state !== this.fanOut.answer.state)
          this.fanOut.answer = { ...this.fanOut.answer, state: message.state };
      } else {
        this.#finish(message, nextRunId);
        return;
      }
    } catch {
      // The store is away: readers keep what they have, and the next read tells the rest.
    }
    if (this.fanOut.readers.size === 0) return this.close();
    this.#timer = setTimeout(() => void this.read(), pollMs);
  }

  #finish(message: MessagesTable, nextRunId: string | null): void {
    this.fanOut.flush();
    const known = this.fanOut.answer.text;
    if (message.text.startsWith(known)) this.fanOut.text(message.text.slice(known.length));
    else this.fanOut.emit({ ...snapshotOf(message, this.#run.id) });
    this.fanOut.emit(endOf(message, nextRunId));
    this.close();
  }
}

/** The state of an answer that has ended, as the fold of its events would be. */
export function storedAnswer(message: MessagesTable): Partial<LiveAnswer> {
  return { text: message.text, state: message.state, metrics: JSON.parse(message.metrics) };
}

export function endOf(message: MessagesTable, nextRunId: string | null) {
  return {
    type: "end" as const,
    // An ended message is never queued or streaming.
    state: message.state as Exclude<MessagesTable["state"], "queued" | "streaming">,
    problem: message.problem === null ? null : JSON.parse(message.problem),
    finishReason: message.finish_reason,
    metrics: JSON.parse(message.metrics),
    endedAt: message.ended_at ?? 0,
    nextRunId,
  };
}

function snapshotOf(message: MessagesTable, runId: string) {
  return {
    type: "snapshot" as const,
    runId,
    messageId: message.id,
    text: message.text,
    state: message.state,
    metrics: JSON.parse(message.metrics),
  };
}

interface Progress {
  message: MessagesTable;
  chunks: { seq: number; text: string }[];
  nextRunId: string | null;
}

/** Reads one run's answer for its owner; null when it is gone. */
export function* readProgress(
  runs: RunStatements,
  turns: TurnStatements,
  run: RunsTable,
  afterSeq: number,
): Flow<Progress | null> {
  const message = yield* one(turns.message, {
    id: run.assistant_message_id,
    conversationId: run.conversation_id,
    ownerId: run.owner_id,
  });
  if (message === undefined) return null;
  const ended = message.ended_at !== null;
  const chunks = ended ? [] : yield* all(runs.chunks, { messageId: message.id, after: afterSeq });
  const next = ended ? yield* one(runs.activeRun, { conversationId: run.conversation_id }) : undefined;
  return { message, chunks, nextRunId: next?.id ?? null };
}
