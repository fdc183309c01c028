import "server-only";
import { AsyncLocalStorage } from "node:async_hooks";
import { type Accepted, accept, beginNext } from "#lib/server/chat/accept.ts";
import { Admission } from "#lib/server/chat/admission.ts";
import { type Backend, type BackendName, backendOfAgent } from "#lib/server/chat/backend.ts";
import type { Turn } from "#lib/server/chat/begin.ts";
import { claimWaiting } from "#lib/server/chat/claim-waiting.ts";
import { type Ended, endRun } from "#lib/server/chat/end.ts";
import { LiveRun, type RunOwner } from "#lib/server/chat/live-run.ts";
import { type Outcome, outcomeOf } from "#lib/server/chat/outcome.ts";
import { promptText } from "#lib/server/chat/prompt.ts";
import { TextStore } from "#lib/server/chat/text-store.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { log, personTag } from "#lib/server/log.ts";
import { isUniqueViolation } from "#lib/server/store/faults.ts";
import { run as execute, type Flow } from "#lib/server/store/flow.ts";
import { runStatements } from "#lib/server/store/runs.ts";
import type { FlowOptions, Store } from "#lib/server/store/store.ts";
import { turnStatements } from "#lib/server/store/turns.ts";
import type { SendRequest } from "#lib/shared/chat/types.ts";
import { AppError } from "#lib/shared/errors.ts";

export interface EngineOptions {
  store: Store;
  backends: Record<BackendName, Backend>;
  /** Turns sent to each upstream at once by this process. */
  places: Record<BackendName, number>;
  epoch: number;
  loadImage(ownerId: string, attachmentId: string): Promise<{ mediaType: string; bytes: Uint8Array }>;
}

/**
 * Runs answers: a reply belongs to this process, not to a request. It reads the upstream to its end whatever happens to
 * browsers, stores what they have seen, and ends every answer in exactly one state. One a process.
 */
export class ChatEngine {
  /** The fence: every write of a run names it. Changes when this process had been declared dead. */
  epoch: number;
  readonly live = new Map<string, LiveRun>();
  readonly #store: Store;
  readonly #backends: Record<BackendName, Backend>;
  readonly #loadImage: EngineOptions["loadImage"];
  readonly #admissions: Record<BackendName, Admission>;
  readonly #texts: TextStore;
  // Runs leave the request that began them; otherwise they would hold its async context for minutes.
  readonly #inRoot = AsyncLocalStorage.snapshot();
  #closing = false;

  constructor(options: EngineOptions) {
    this.epoch = options.epoch;
    this.#store = options.store;
    this.#backends = options.backends;
    this.#loadImage = options.loadImage;
    const { openclaw, openmarlin } = options.places;
    this.#admissions = { openclaw: new Admission(openclaw), openmarlin: new Admission(openmarlin) };
    this.#texts = new TextStore(options.store, {
      fenced: (run) => this.fence(run),
      lost: (run) => void this.#end(run, outcomeOf(new AppError("store_write_failed"), run.id)),
    });
  }

  /** Stores a send and starts it: one transaction, then the upstream. Nothing else is awaited in between. */
  async accept(owner: RunOwner, request: SendRequest, continueText: string): Promise<Accepted> {
    const backend = backendOfAgent(request.agentId);
    const admission = this.#admissions[backend];
    if (admission.waiting >= limits.runs.waiting) {
      throw new AppError("too_many_runs", "Too many answers are waiting.", { retryAfterSeconds: 15 });
    }
    const placed = admission.tryTake();
    let accepted: Accepted | undefined;
    try {
      const input = {
        ownerId: owner.id,
        request,
        continueText,
        placed,
        origin: this.#backends[backend].origin(),
        at: Date.now(),
      };
      const attempt = () => this.#flow((runs, turns) => accept(runs, turns, { ...input, epoch: this.epoch }));
      // Two requests with one id at two processes: the index lets one through, and the other finds it at the second try.
      accepted = await attempt().catch((error: unknown) => {
        if (isUniqueViolation(error)) return attempt();
        throw error;
      });
    } finally {
      if (placed && accepted?.kind !== "turn") admission.release();
    }
    if (accepted.kind === "turn") this.#launch(accepted.turn, owner);
    return accepted;
  }

  /** Lets the follow-up queue of a conversation go on. Null when there is nothing to start. */
  async startNextQueued(owner: RunOwner, conversationId: string): Promise<string | null> {
    // Most follow-ups go to the gateway; one that does not waits for its own place, if only for a moment.
    const admission = this.#admissions.openclaw;
    const placedAt = admission.tryTake() ? "openclaw" : null;
    let turn: Turn | null = null;
    try {
      turn = await this.#flow((runs, turns) =>
        beginNext(runs, turns, { ownerId: owner.id, conversationId, epoch: this.epoch, placedAt, at: Date.now() }),
      );
    } finally {
      if (placedAt !== null && turn?.run.backend !== placedAt) admission.release();
    }
    if (turn !== null) this.#launch(turn, owner);
    return turn?.run.id ?? null;
  }

  /**
   * Lets a run that waits for credit go on, at most once: of several callers one gets it. By a click it starts as long as
   * nothing stands below it; by itself only where the conversation has not moved on. False when it waits no more.
   */
  async resume(owner: RunOwner, runId: string, by: "click" | "credit"): Promise<boolean> {
    const admission = this.#admissions.openmarlin;
    const placed = admission.tryTake();
    let turn: Turn | null = null;
    try {
      const input = { ownerId: owner.id, runId, by, epoch: this.epoch, placed, at: Date.now() };
      turn = await this.#flow((runs, turns) => claimWaiting(runs, turns, input));
    } finally {
      if (placed && turn === null) admission.release();
    }
    if (turn !== null) this.#launch(turn, owner);
    return turn !== null;
  }

  /** Stops a run of this process; false when it is not here. */
  stop(runId: string): boolean {
    const run = this.live.get(runId);
    if (run === undefined) return false;
    run.stop();
    if (this.#admissionOf(run).cancel(runId))
      void this.#end(run, { state: "stopped", problem: null }, { placed: false });
    return true;
  }

  /** Somebody else declared this run dead: close the upstream and write nothing. */
  fence(run: LiveRun): void {
    if (run.fenced) return;
    run.fenced = true;
    run.abort.abort(overReason);
    log().warn({ message: "A run was declared dead by another process.", runId: run.id });
    const admission = this.#admissionOf(run);
    const waited = admission.cancel(run.id);
    this.#drop(run);
    if (!waited) admission.release();
  }

  /** Waits until every run has ended, at most `limitMs`, then interrupts the rest. */
  async drain(limitMs: number): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (this.live.size > 0 && performance.now() < deadline) await new Promise((wake) => setTimeout(wake, 50));
    this.#closing = true;
    const rest = [...this.live.values()];
    await Promise.all(
      rest.map((run) => {
        const waited = this.#admissionOf(run).cancel(run.id);
        return this.#end(run, outcomeOf(new AppError("process_restarted"), run.id), { placed: !waited });
      }),
    );
  }

  #launch(turn: Turn, owner: RunOwner): void {
    const run = new LiveRun(turn, owner);
    this.live.set(run.id, run);
    this.#inRoot(() => {
      if (turn.run.state === "streaming") void this.#execute(run);
      else {
        this.#admissionOf(run).wait({
          runId: run.id,
          ownerId: owner.id,
          start: () => void this.#startWaiting(run),
          moved: (position) => run.fanOut.emit({ type: "place", position }),
        });
      }
    });
  }

  async #startWaiting(run: LiveRun): Promise<void> {
    try {
      const started = await this.#flow((runs) => startRow(runs, run));
      if (started) await this.#execute(run);
      else this.fence(run);
    } catch (error) {
      await this.#end(run, outcomeOf(error, run.id));
    }
  }

  async #execute(run: LiveRun): Promise<void> {
    run.startedAt = performance.now();
    run.lastTextAt = run.startedAt;
    run.fanOut.emit({ type: "started", at: Date.now() });
    let outcome: Outcome;
    try {
      const { prompt, sessionKey } = run.turn;
      const images =
        prompt.attachments.length === 0
          ? []
          : await Promise.all(prompt.attachments.map(({ id }) => this.#loadImage(run.owner.id, id)));
      await this.#backends[run.turn.run.backend].stream(
        {
          runId: run.id,
          agentId: run.turn.run.agent_id,
          model: run.turn.run.model,
          // Written by this server, from a request whose schema has checked it.
          routing: run.turn.run.routing === null ? {} : JSON.parse(run.turn.run.routing),
          sessionKey,
          text: promptText(prompt.replay, prompt.text),
          images,
          person: run.owner,
          signal: run.abort.signal,
        },
        (events) => {
          if (run.receive(events)) this.#texts.add(run);
          if (run.fanOut.answer.text.length > limits.runs.answerChars) run.abort.abort(overReason);
        },
      );
      outcome = { state: "complete", problem: null };
    } catch (error) {
      outcome = this.#outcomeOfFailure(run, error);
    }
    await this.#end(run, outcome);
  }

  #outcomeOfFailure(run: LiveRun, error: unknown): Outcome {
    if (run.stopRequested) return { state: "stopped", problem: null };
    if (run.abort.signal.aborted) return outcomeOf(new AppError("gateway_too_large"), run.id);
    const outcome = outcomeOf(error, run.id);
    log().warn({ message: "A run did not complete.", runId: run.id, code: outcome.problem?.code, error });
    return outcome;
  }

  /** Stores the end, then tells it. While the store is away it is tried again; the answer stays in memory. */
  async #end(run: LiveRun, outcome: Outcome, { placed } = { placed: true }): Promise<void> {
    if (run.ending || run.fenced) return;
    run.ending = true;
    if (outcome.state !== "complete") run.abort.abort(overReason);
    run.fanOut.flush();
    this.#texts.remove(run);
    const metrics = { ...run.metrics };
    if (run.startedAt > 0) metrics.durationMs = Math.round(performance.now() - run.startedAt);
    const at = Date.now();
    const admission = this.#admissionOf(run);
    const placedAt = placed && admission.waiting === 0 ? run.turn.run.backend : null;
    const ended = await this.#storeEnd(run, outcome, metrics, at, placedAt);
    if (run.fenced) return;
    const next = ended.kind === "ended" ? ended.next : null;
    if (ended.kind === "ended") {
      run.fanOut.emit({
        type: "end",
        state: outcome.state,
        problem: outcome.problem,
        finishReason: run.finishReason,
        metrics,
        endedAt: at,
        nextRunId: next?.run.id ?? null,
      });
      log().info({
        message: "run ended",
        runId: run.id,
        person: personTag(run.owner.id),
        state: outcome.state,
        code: outcome.problem?.code,
        firstTokenMs: metrics.firstTokenMs,
        ms: metrics.durationMs,
        chars: run.fanOut.answer.text.length,
      });
    }
    // The follow-up is live before the readers of this one are told to look for it.
    if (next !== null) this.#launch(next, run.owner);
    this.#drop(run);
    if (placed && !(next !== null && next.run.backend === placedAt)) admission.release();
    this.#store.wake.notify([run.id]);
  }

  async #storeEnd(
    run: LiveRun,
    outcome: Outcome,
    metrics: LiveRun["metrics"],
    at: number,
    placedAt: BackendName | null,
  ): Promise<Ended> {
    for (let waitMs = 250; ; waitMs = Math.min(2000, waitMs * 2)) {
      try {
        return await this.#flow(
          (runs, turns) =>
            endRun(runs, turns, {
              run: run.turn.run,
              epoch: run.turn.run.epoch,
              text: run.fanOut.answer.text,
              outcome,
              finishReason: run.finishReason,
              metrics,
              at,
              next: this.#closing ? null : { epoch: this.epoch, placedAt },
            }),
          { patient: true },
        );
      } catch (error) {
        log().error({ message: "The end of a run could not be stored; it is tried again.", runId: run.id, error });
        await new Promise((wake) => setTimeout(wake, waitMs));
      }
    }
  }

  #admissionOf(run: LiveRun): Admission {
    return this.#admissions[run.turn.run.backend];
  }

  #drop(run: LiveRun): void {
    this.live.delete(run.id);
    this.#texts.remove(run);
    run.fanOut.close();
  }

  #flow<T>(
    body: (runs: ReturnType<typeof runStatements>, turns: ReturnType<typeof turnStatements>) => Flow<T>,
    options?: FlowOptions,
  ): Promise<T> {
    return this.#store.flow(() => body(runStatements(this.#store), turnStatements(this.#store)), options);
  }
}

/** Why an upstream is closed: a constant, because making an exception for each costs more than closing. */
const overReason = "over";

function* startRow(runs: ReturnType<typeof runStatements>, run: LiveRun): Flow<boolean> {
  const changed = yield* execute(runs.startRun, { id: run.id, epoch: run.turn.run.epoch, at: Date.now() });
  if (changed === 0) return false;
  yield* execute(runs.messageStreams, { id: run.turn.assistantMessage.id });
  return true;
}
