import "server-only";
import { createHash } from "node:crypto";
import { type AuditEntry, audit } from "#lib/server/audit/audit.ts";
import type { JobKind } from "#lib/server/jobs/kind.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { isUniqueViolation } from "#lib/server/store/faults.ts";
import { uuidv7 } from "#lib/server/store/ids.ts";
import {
  countActiveJobs,
  findJobByRequest,
  findJobToJoin,
  insertJob,
  type JobRow,
  releaseJoinKey,
} from "#lib/server/store/jobs.ts";
import { lockPerson } from "#lib/server/store/person-lock.ts";
import type { Store } from "#lib/server/store/store.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { JobKindName } from "#lib/shared/jobs.ts";

export interface JobRequest {
  owner: { id: string; name: string };
  kind: JobKindName;
  /** Made by the client, one a press of the button. */
  requestId: string;
  /** Where the upstream is, see JobsTable. */
  place: string;
  title: string;
  /** As the kind's schema has it. */
  input: Record<string, unknown>;
  /** Whoever asks for the same thing while it is under way joins it. */
  joinKey?: string;
  /** A second one was asked for although one is under way: that one goes on alone. */
  fresh?: boolean;
  /** For the audit log, where the kind is in it. */
  facts?: AuditEntry["facts"];
}

/**
 * Stores the row of a job before anything is sent, or finds the one that stands for the same wish: by its request id, or
 * by its join key. Throws `request_id_reused` and `too_many_jobs`.
 */
export async function makeJob(
  store: Store,
  kind: JobKind,
  request: JobRequest,
  epoch: number,
): Promise<{ job: JobRow; joined: boolean }> {
  const digest = createHash("sha256")
    .update(JSON.stringify([request.kind, request.input]))
    .digest("hex");
  const attempt = () => store.write((tx) => makeOrFind(tx, store, kind, request, { digest, epoch }));
  try {
    return await attempt();
  } catch (error) {
    // Two at once: the index let one through, and this one finds it at the second try.
    if (isUniqueViolation(error)) return attempt();
    throw error;
  }
}

type Writer = Parameters<Parameters<Store["write"]>[0]>[0];

async function makeOrFind(
  tx: Writer,
  store: Store,
  kind: JobKind,
  request: JobRequest,
  { digest, epoch }: { digest: string; epoch: number },
): Promise<{ job: JobRow; joined: boolean }> {
  const { owner, joinKey = null } = request;
  await lockPerson(tx, owner.id);
  const earlier = await findJobByRequest(tx, owner.id, request.requestId);
  if (earlier !== undefined) {
    if (earlier.request_digest === digest) return { job: earlier, joined: true };
    throw new AppError("request_id_reused", "This request id was used for something else.");
  }
  if (joinKey !== null) {
    if (request.fresh === true) await releaseJoinKey(tx, joinKey);
    const running = await findJobToJoin(tx, joinKey);
    if (running !== undefined) return { job: running, joined: true };
  }
  if ((await countActiveJobs(tx, owner.id)) >= limits.jobs.activePerPerson) {
    throw new AppError("too_many_jobs", "Too many jobs are under way.", {
      facts: { limit: limits.jobs.activePerPerson },
    });
  }
  const job = await insertJob(
    tx,
    store,
    {
      id: uuidv7(),
      owner_id: owner.id,
      kind: request.kind,
      state: "submitting",
      active: 1,
      place: request.place,
      request_id: request.requestId,
      request_digest: digest,
      join_key: joinKey,
      title: request.title,
      input: JSON.stringify(request.input),
      secret: null,
      upstream_id: null,
      upstream_state: null,
      result: null,
      problem: null,
      required: null,
      watched: 1,
      epoch,
      failures: 0,
    },
    { leaseMs: limits.jobs.leaseMs, deadlineMs: kind.deadlineMs },
  );
  if (kind.audited !== undefined) {
    const facts = request.facts ?? {};
    await audit(tx, { action: kind.audited, actor: owner, object: job.id, outcome: "intent", facts });
  }
  return { job, joined: false };
}
