import "server-only";
import { AsyncLocalStorage } from "node:async_hooks";
import { audit } from "#lib/server/audit/audit.ts";
import type { JobAtWork, JobKind, JobStep, Pace } from "#lib/server/jobs/kind.ts";
import { type JobRequest, makeJob } from "#lib/server/jobs/make.ts";
import { nextPollMs } from "#lib/server/jobs/pace.ts";
import { stepOfFailedPoll, stepOfFailedSubmit } from "#lib/server/jobs/setbacks.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { log } from "#lib/server/log.ts";
import { anyJobDue, claimDueJobs, type JobChange, type JobRow, moveJob, saveJob } from "#lib/server/store/jobs.ts";
import { dataKeys } from "#lib/server/store/keys.ts";
import { jobPurpose } from "#lib/server/store/reseal.ts";
import type { Store } from "#lib/server/store/store.ts";
import { AppError } from "#lib/shared/errors.ts";
import { isActiveJob, type JobKindName } from "#lib/shared/jobs.ts";

export interface JobEngineOptions {
  store: Store;
  kinds: readonly JobKind[];
  /** The epoch of this process, which changes when it had been declared dead. */
  epoch(): number;
  /** The upstreams that are connected now; jobs of others rest. */
  places(): string[];
  /** For tests: stands above the pace of every kind. */
  pace?: Pace;
}

/**
 * Asks upstreams about the jobs of all people, each job by one process at a time, whether or not anybody watches. What it
 * finds out it writes in the name of its claim, so that a process that was taken for dead changes nothing. One a process.
 */
export class JobEngine {
  readonly store: Store;
  readonly kinds: ReadonlyMap<JobKindName, JobKind>;
  readonly #options: JobEngineOptions;
  readonly #atWork = new Set<Promise<void>>();
  readonly #inRoot = AsyncLocalStorage.snapshot();
  #timer: NodeJS.Timeout | undefined;
  #claiming: Promise<void> | null = null;

  constructor(options: JobEngineOptions) {
    this.store = options.store;
    this.kinds = new Map(options.kinds.map((kind) => [kind.kind, kind]));
    this.#options = options;
  }

  places(): string[] {
    return this.#options.places();
  }

  /** Begins to look for due jobs. */
  start(): void {
    this.#timer ??= setInterval(() => void this.look(), limits.jobs.tickMs);
    this.#timer.unref();
  }

  /** Looks no more and waits for what is being asked, at most `limitMs`. */
  async stop(limitMs = 5000): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#claiming;
    const patience = new Promise((wake) => setTimeout(wake, limitMs).unref());
    await Promise.race([Promise.all(this.#atWork), patience]);
  }

  /** Claims what is due now, as far as there is room, and starts to ask. Never rejects. */
  look(): Promise<void> {
    this.#claiming ??= this.#claim().finally(() => {
      this.#claiming = null;
    });
    return this.#claiming;
  }

  /** Waits until nothing is being asked. */
  async idle(): Promise<void> {
    while (this.#atWork.size > 0) await Promise.all(this.#atWork);
  }

  /**
   * Stores a job and asks the upstream for it. The same request id finds the job it made; the same join key finds the job
   * that is under way. Resolves once the upstream has answered or failed to.
   */
  async submit(request: JobRequest): Promise<{ job: JobRow; joined: boolean }> {
    const kind = this.#kindOf(request.kind);
    const made = await makeJob(this.store, kind, request, this.#options.epoch());
    if (made.joined) return made;
    return { job: await this.#hold(this.#submitClaimed(kind, made.job), made.job), joined: false };
  }

  /** Starts a job that waits for credit, if it still does: at most one caller gets it. Null when it waits no more. */
  async resume(ownerId: string, id: string): Promise<JobRow | null> {
    const claimed = await this.store.write((tx) =>
      moveJob(
        tx,
        this.store,
        { id, ownerId, from: ["waiting_for_credit"] },
        {
          state: "submitting",
          ended: false,
          epoch: this.#options.epoch(),
          leaseMs: limits.jobs.leaseMs,
          problem: null,
        },
      ),
    );
    if (claimed === undefined) return null;
    return this.#hold(this.#submitClaimed(this.#kindOf(claimed.kind), claimed), claimed);
  }

  async #claim(): Promise<void> {
    try {
      const places = this.#options.places();
      const room = limits.jobs.pollsAtOnce - this.#atWork.size;
      if (room <= 0 || places.length === 0 || !(await anyJobDue(this.store, places))) return;
      const claimed = await claimDueJobs(this.store, {
        epoch: this.#options.epoch(),
        places,
        limit: room,
        leaseMs: limits.jobs.leaseMs,
        shortestMs: this.#options.pace?.firstMs ?? limits.jobs.shortestMs,
      });
      for (const row of claimed) void this.#hold(this.#work(row), row);
    } catch (error) {
      log().warn({ message: "Due jobs could not be claimed; they are looked for again.", error });
    }
  }

  /** Runs a piece of work outside the request that began it, and answers with the job as it stands afterwards. */
  #hold(work: Promise<JobRow | undefined>, before: JobRow): Promise<JobRow> {
    const settled = work.catch((error: unknown) => {
      // The claim expires, and the job is asked about again.
      log().error({ message: "A job could not be worked on.", jobId: before.id, kind: before.kind, error });
      return undefined;
    });
    const tracked: Promise<void> = settled.then(() => {
      this.#atWork.delete(tracked);
    });
    this.#atWork.add(tracked);
    return settled.then((row) => row ?? before);
  }

  #work(row: JobRow): Promise<JobRow | undefined> {
    const kind = this.kinds.get(row.kind);
    // A kind of a later version: it rests until that one runs again.
    if (kind === undefined) return Promise.resolve(undefined);
    if (row.state !== "submitting") return this.#poll(kind, row);
    if (kind.repeatable) return this.#submitClaimed(kind, row);
    // Whoever submitted it is gone, and nobody knows how far the request came.
    const step = stepOfFailedSubmit(new AppError("process_restarted"), { isUnknown: true });
    return this.#save(kind, row, withOutcome(kind, step), true);
  }

  async #submitClaimed(kind: JobKind, row: JobRow): Promise<JobRow | undefined> {
    let step: JobStep;
    try {
      step = await this.#inRoot(() => kind.submit(this.#atWorkOn(kind, row)));
    } catch (error) {
      log().warn({ message: "A job was not accepted.", jobId: row.id, kind: row.kind, error });
      step = withOutcome(kind, stepOfFailedSubmit(error, { repeatable: kind.repeatable, failures: row.failures }));
    }
    return this.#save(kind, row, step, step.state !== "submitting");
  }

  async #poll(kind: JobKind, row: JobRow): Promise<JobRow | undefined> {
    try {
      const step = await this.#inRoot(() => kind.poll(this.#atWorkOn(kind, row)));
      const now = await this.store.now();
      if (isActiveJob(step.state) && row.deadline_at !== null && row.deadline_at <= now) {
        return this.#save(kind, row, { ...step, state: "expired", problem: { code: "job_deadline" } }, true);
      }
      return this.#save(kind, row, { problem: null, ...step }, true);
    } catch (error) {
      log().warn({ message: "A check of a job told nothing.", jobId: row.id, kind: row.kind, error });
      return this.#save(kind, row, stepOfFailedPoll(error, row, await this.store.now()), false);
    }
  }

  async #save(kind: JobKind, row: JobRow, step: JobStep, told: boolean): Promise<JobRow | undefined> {
    const now = await this.store.now();
    const failures = told ? 0 : row.failures + 1;
    const facts = { ageMs: now - row.created_at, failures, retryAfterSeconds: retryAfterOf(step) };
    const waits = step.state === "waiting_for_credit";
    const change: JobChange = {
      state: step.state,
      failures,
      checked: told,
      ended: !isActiveJob(step.state),
      nextPollMs: waits ? null : nextPollMs(this.#options.pace ?? kind.pace, facts),
      ...(step.upstreamId === undefined ? {} : { upstream_id: step.upstreamId }),
      ...(step.upstreamState === undefined ? {} : { upstream_state: step.upstreamState.slice(0, 100) }),
      ...(step.result === undefined ? {} : { result: JSON.stringify(step.result) }),
      ...(step.problem === undefined ? {} : { problem: step.problem === null ? null : JSON.stringify(step.problem) }),
      ...(step.secret === undefined ? {} : { secret: sealJobSecret(row.id, step.secret) }),
      ...(step.required === undefined ? {} : { required: step.required }),
    };
    return this.store.write(async (tx) => {
      const saved = await saveJob(tx, this.store, row, change);
      if (saved === undefined) return undefined;
      await step.alongside?.(tx);
      if (step.audit !== undefined) {
        const owner = await tx.selectFrom("users").select("name").where("id", "=", row.owner_id).executeTakeFirst();
        await audit(tx, { ...step.audit, actor: { id: row.owner_id, name: owner?.name ?? "" }, object: row.id });
      }
      return saved;
    });
  }

  #atWorkOn(kind: JobKind, row: JobRow): JobAtWork<unknown> {
    return {
      row,
      input: kind.input.parse(JSON.parse(row.input)),
      store: this.store,
      secret: row.secret === null ? null : JSON.parse(dataKeys().unseal(row.secret, jobPurpose(row.id))),
      mark: async (change) => {
        const keep = { ...change, checked: false, ended: false, nextPollMs: 0, keepMs: limits.jobs.leaseMs };
        const saved = await this.store.write((tx) => saveJob(tx, this.store, row, keep));
        if (saved === undefined) throw new AppError("conflict", "This job is in other hands by now.");
      },
    };
  }

  #kindOf(name: JobKindName): JobKind {
    const kind = this.kinds.get(name);
    if (kind === undefined) throw new Error(`No kind of job is called ${name}.`);
    return kind;
  }
}

/** Seals what must never leave the server; it opens for this job only. */
function sealJobSecret(jobId: string, value: unknown): string | null {
  return value === null ? null : dataKeys().seal(JSON.stringify(value), jobPurpose(jobId));
}

/** A submit that came to nothing, for the audit log. */
function withOutcome({ audited }: JobKind, step: JobStep): JobStep {
  if (audited === undefined || isActiveJob(step.state)) return step;
  const outcome = step.state === "create_unknown" ? "unknown" : "failed";
  const facts = step.problem ? { code: step.problem.code } : {};
  return { ...step, audit: { action: audited, outcome, facts } };
}

function retryAfterOf({ problem }: JobStep): number | undefined {
  const seconds = problem?.facts?.["retryAfterSeconds"];
  return typeof seconds === "number" ? seconds : undefined;
}
