import type { MessageProblem } from "#lib/shared/chat/types.ts";

/**
 * Where a job stands. The first six are being followed; the others are ends. `submitting`: the row stands and the
 * upstream is being asked. `unknown`: the upstream names a state that we do not know, which is not an end.
 */
export const activeJobStates = [
  "submitting",
  "queued",
  "running",
  "waiting_for_person",
  "waiting_for_credit",
  "unknown",
] as const;

/**
 * `expired`: the upstream gave it up, or we stopped asking. `not_found_upstream`: the upstream does not know it any more.
 * `create_unknown`: the answer to the creation was lost, and nobody can say whether it was made.
 */
export const endedJobStates = [
  "succeeded",
  "failed",
  "cancelled",
  "expired",
  "not_found_upstream",
  "create_unknown",
] as const;

export type JobState = (typeof activeJobStates)[number] | (typeof endedJobStates)[number];

/** True while the server follows a job by itself, or keeps it for the person to go on with. */
export function isActiveJob(state: JobState): boolean {
  return activeJobStates.some((active) => active === state);
}

export const jobKinds = ["openmarlin_registration", "openmarlin_top_up", "openmarlin_video"] as const;

export type JobKindName = (typeof jobKinds)[number];

/** A job as its owner reads it. What only one kind has stands in `input` and `result`; nothing secret is in either. */
export interface JobView {
  id: string;
  kind: JobKindName;
  state: JobState;
  /** A short name: the prompt of a video, the amount of a top-up. */
  title: string;
  /** What was asked for. */
  input: Record<string, unknown>;
  /** What the upstream told so far; null before it said anything. */
  result: Record<string, unknown> | null;
  /** The state in the upstream's own word, as last seen. */
  upstreamState: string | null;
  /** Why it ended, or what went wrong at the last check. */
  problem: MessageProblem | null;
  /** A notice is wanted when it ends. */
  watched: boolean;
  canCancel: boolean;
  /** It can be started again by a click: it waits for credit. */
  canResume: boolean;
  /** Made at an upstream that is not connected now: it is shown and not followed. */
  readOnly: boolean;
  createdAt: number;
  /** Last answer of the upstream. */
  checkedAt: number | null;
  /** Null when nothing is going to be asked. */
  nextCheckAt: number | null;
  /** When we stop asking. */
  deadlineAt: number | null;
  endedAt: number | null;
}

/** `GET /api/jobs`: newest first. */
export interface JobPage {
  items: JobView[];
  nextCursor: string | null;
  /** The server's clock, for ages and "next check in". */
  now: number;
}
