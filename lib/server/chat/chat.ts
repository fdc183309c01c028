import "server-only";
import { watchSession } from "#lib/server/auth/revocation.ts";
import type { Person } from "#lib/server/auth/session.ts";
import type { Accepted } from "#lib/server/chat/accept.ts";
import { siblingIds, type Turn, viewOf } from "#lib/server/chat/begin.ts";
import { giveUpWaiting } from "#lib/server/chat/claim-waiting.ts";
import type { ChatEngine } from "#lib/server/chat/engine.ts";
import { encode, FanOut } from "#lib/server/chat/fan-out.ts";
import { endOf, FollowedRun, readProgress, storedAnswer } from "#lib/server/chat/followed-run.ts";
import { eventStream, openReader, type Reader } from "#lib/server/chat/reader.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { perProcess } from "#lib/server/per-process.ts";
import { all, type Flow, one, run } from "#lib/server/store/flow.ts";
import { runStatements } from "#lib/server/store/runs.ts";
import type { RunsTable } from "#lib/server/store/schema.ts";
import type { Store } from "#lib/server/store/store.ts";
import { type TurnStatements, turnStatements } from "#lib/server/store/turns.ts";
import type { ChatEvent } from "#lib/shared/chat/events.ts";
import type { SendRequest } from "#lib/shared/chat/types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { chooseLocale } from "#lib/shared/messages/locale.ts";
import { getText } from "#lib/shared/messages/messages.ts";

/** The chat of this process, once it has started. Throws `store_unavailable` before that. */
export function chat(): Chat {
  const { current } = chatSlot();
  if (current === null) {
    throw new AppError("store_unavailable", "This server is still starting.", { retryAfterSeconds: 2 });
  }
  return current;
}

/** Where the process keeps its chat; the start fills it. */
export function chatSlot(): { current: Chat | null } {
  return perProcess<{ current: Chat | null }>("chat", () => ({ current: null }));
}

/** What route handlers ask of the runs: send, follow, stop. Whoever asks owns what they name, or it is not found. */
export class Chat {
  readonly engine: ChatEngine;
  readonly store: Store;
  readonly readers = new Set<Reader>();
  readonly followed = new Map<string, FollowedRun>();

  constructor(store: Store, engine: ChatEngine) {
    this.store = store;
    this.engine = engine;
  }

  /** Accepts a message. The answer is the run's event stream; its first event is the acknowledgement. */
  async send(person: Person, request: SendRequest): Promise<Response> {
    this.#requireFreeReader(person.id);
    const asksToGoOn = request.intent.kind === "continue";
    const continueText = asksToGoOn ? getText(chooseLocale(person.locale, null))("chat.continuePrompt") : "";
    const accepted = await this.engine.accept({ id: person.id, email: person.email }, request, continueText);
    return this.#answer(person, accepted);
  }

  /** Follows a run: the whole text, or what comes after the `after` UTF-16 units that the reader has. */
  async follow(person: Person, runId: string, after: number | undefined): Promise<Response> {
    this.#requireFreeReader(person.id);
    const live = this.engine.live.get(runId);
    if (live !== undefined) {
      if (live.owner.id !== person.id) throw notFound();
      return this.#attach(person, live.fanOut, { after });
    }
    return this.#followStored(person, await this.#ownedRun(person.id, runId), { after });
  }

  /** Asks a run to stop, wherever it lives. Stopping what has ended changes nothing. */
  async stop(personId: string, runId: string): Promise<void> {
    const live = this.engine.live.get(runId);
    if (live !== undefined) {
      if (live.owner.id !== personId) throw notFound();
      this.engine.stop(runId);
      return;
    }
    const row = await this.#ownedRun(personId, runId);
    if (row.state === "waiting_for_credit") {
      await this.store.flow(() => giveUpWaiting(runStatements(this.store), row));
      return;
    }
    await this.store.flow(() => run(runStatements(this.store).requestStop, { id: runId, ownerId: personId }));
    this.store.wake.notify([`stop:${runId}`]);
  }

  /** Starts a run that waits for credit, by a click. Throws `conflict` when it cannot start, or does not wait any more. */
  async resume(person: Person, runId: string): Promise<void> {
    const row = await this.#ownedRun(person.id, runId);
    if (row.state === "waiting_for_credit" && (await this.engine.resume(person, runId, "click"))) return;
    throw new AppError("conflict", "This message does not wait for credit any more.");
  }

  #answer(person: Person, accepted: Accepted): Promise<Response> | Response {
    switch (accepted.kind) {
      case "queued":
        return oneShot([encode({ type: "queued", conversationId: accepted.conversationId, item: accepted.item })]);
      case "turn": {
        const first = acceptedEvent(accepted.turn);
        const live = this.engine.live.get(accepted.turn.run.id);
        if (live === undefined) return this.#followStored(person, accepted.turn.run, { first });
        return this.#attach(person, live.fanOut, { first });
      }
      case "existing":
        return this.#existing(person, accepted.run);
    }
  }

  async #existing(person: Person, row: RunsTable): Promise<Response> {
    const first = await this.store.flow(() => loadAccepted(turnStatements(this.store), row));
    const live = this.engine.live.get(row.id);
    return live === undefined
      ? this.#followStored(person, row, { first })
      : this.#attach(person, live.fanOut, { first });
  }

  async #followStored(
    person: Person,
    run: RunsTable,
    options: { after?: number | undefined; first?: ChatEvent },
  ): Promise<Response> {
    const known = this.followed.get(run.id);
    if (known !== undefined && !known.ended) return this.#attach(person, known.fanOut, options);
    const progress = await this.store.flow(() =>
      readProgress(runStatements(this.store), turnStatements(this.store), run, -1),
    );
    if (progress === null) throw notFound();
    const { message, nextRunId } = progress;
    if (message.ended_at !== null) {
      const past = new FanOut(run.id, message.id, storedAnswer(message));
      const response = this.#attach(person, past, options);
      past.emit(endOf(message, nextRunId));
      past.close();
      return response;
    }
    const followed = new FollowedRun(this.store, run, () => this.followed.delete(run.id));
    this.followed.set(run.id, followed);
    const response = this.#attach(person, followed.fanOut, options);
    void followed.read();
    return response;
  }

  #attach(person: Person, fanOut: FanOut, options: { after?: number | undefined; first?: ChatEvent }): Response {
    const { reader, body } = openReader(person.id, (left) => {
      fanOut.readers.delete(left);
      this.readers.delete(left);
      unwatch();
    });
    const unwatch = watchSession(this.store, { userId: person.id, sidHash: person.sidHash }, () => reader.close());
    fanOut.attach(reader, options);
    this.readers.add(reader);
    return eventStream(body);
  }

  async #ownedRun(ownerId: string, id: string): Promise<RunsTable> {
    const run = (await this.store.read(runStatements(this.store).runById, { id, ownerId }))[0];
    if (run === undefined) throw notFound();
    return run;
  }

  #requireFreeReader(userId: string): void {
    let mine = 0;
    for (const reader of this.readers) if (reader.userId === userId) mine += 1;
    if (mine >= limits.stream.readersPerPerson) {
      throw new AppError("rate_limited", "Too many open answers.", { retryAfterSeconds: 10 });
    }
  }
}

function acceptedEvent(turn: Turn): ChatEvent {
  return {
    type: "accepted",
    conversationId: turn.run.conversation_id,
    conversationTitle: turn.conversationTitle,
    runId: turn.run.id,
    ...(turn.userMessage === null ? {} : { userMessage: turn.userMessage }),
    assistantMessage: turn.assistantMessage,
  };
}

/** The acknowledgement of a request that was accepted earlier. */
function* loadAccepted(turns: TurnStatements, run: RunsTable): Flow<ChatEvent> {
  const find = { conversationId: run.conversation_id, ownerId: run.owner_id };
  const conversation = yield* one(turns.conversation, { id: run.conversation_id, ownerId: run.owner_id });
  const views = [];
  for (const id of [run.user_message_id, run.assistant_message_id]) {
    const row = yield* one(turns.message, { ...find, id });
    if (row === undefined) throw notFound();
    const attachments = yield* all(turns.attachmentsOf, { messageId: id });
    views.push(viewOf(row, attachments, yield* siblingIds(turns, row)));
  }
  const [userMessage, assistantMessage] = views;
  if (conversation === undefined || userMessage === undefined || assistantMessage === undefined) throw notFound();
  const { title: conversationTitle } = conversation;
  return {
    type: "accepted",
    conversationId: conversation.id,
    conversationTitle,
    runId: run.id,
    userMessage,
    assistantMessage,
  };
}

function oneShot(frames: Buffer[]): Response {
  return eventStream(
    new ReadableStream({
      start(controller) {
        for (const frame of frames) controller.enqueue(frame);
        controller.close();
      },
    }),
  );
}

function notFound(): AppError {
  return new AppError("not_found", "There is nothing at this address.");
}
