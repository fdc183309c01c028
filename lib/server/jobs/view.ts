import "server-only";
import type { JobEngine } from "#lib/server/jobs/engine.ts";
import type { JobRow } from "#lib/server/store/jobs.ts";
import { isActiveJob, type JobView } from "#lib/shared/jobs.ts";

/** Shapes a job for its owner. */
export function jobView(engine: JobEngine, row: JobRow): JobView {
  const kind = engine.kinds.get(row.kind);
  const readOnly = !engine.places().includes(row.place);
  const active = isActiveJob(row.state);
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    title: row.title,
    // Written by this server, see jobs/kinds.
    input: JSON.parse(row.input),
    result: row.result === null ? null : JSON.parse(row.result),
    upstreamState: row.upstream_state,
    problem: row.problem === null ? null : JSON.parse(row.problem),
    watched: row.watched === 1,
    canCancel: active && kind?.cancellable.includes(row.state) === true,
    canResume: !readOnly && row.state === "waiting_for_credit",
    readOnly,
    createdAt: row.created_at,
    checkedAt: row.checked_at,
    nextCheckAt: readOnly ? null : row.next_poll_at,
    deadlineAt: row.deadline_at,
    endedAt: row.ended_at,
  };
}
