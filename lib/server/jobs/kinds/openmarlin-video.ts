import "server-only";
import { defineKind, type JobStep } from "#lib/server/jobs/kind.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { type OpenMarlinAccess, openMarlinAccessFor, withoutSharedAmounts } from "#lib/server/openmarlin/access.ts";
import { videoOrderSchema } from "#lib/server/openmarlin/schemas.ts";
import { isKnownUrl } from "#lib/server/upstream/openmarlin/connection.ts";
import { readTask, submitVideo, type Task } from "#lib/server/upstream/openmarlin/tasks.ts";
import type { VideoOrder } from "#lib/shared/openmarlin/types.ts";

/**
 * A video. Its idempotency key is the job's own id, so that a submit whose answer was lost, or that waited for credit, is
 * made again as the same task.
 */
export const openMarlinVideo = defineKind<VideoOrder>({
  kind: "openmarlin_video",
  input: videoOrderSchema,
  pace: { firstMs: 2000, longestMs: 60_000 },
  deadlineMs: limits.openmarlin.videoMs,
  repeatable: true,
  cancellable: ["waiting_for_credit"],
  async submit({ row, input, store }) {
    const access = await openMarlinAccessFor(store, row);
    try {
      const task = await submitVideo(access.connection, access.key, input, `breakwater-${row.id}`);
      return { ...stepOf(access, task), upstreamId: task.id, required: null };
    } catch (error) {
      throw await withoutSharedAmounts(store, access, row.owner_id, error);
    }
  },
  async poll({ row, store }) {
    const access = await openMarlinAccessFor(store, row);
    return stepOf(access, await readTask(access.connection, access.key, row.upstream_id ?? ""));
  },
});

/** The address of the result is not kept: whoever has it has the video, and it may be another one tomorrow. */
function stepOf({ connection }: OpenMarlinAccess, task: Task): JobStep {
  const upstreamState = task.status;
  switch (task.status) {
    case "queued":
    case "running":
      return { state: task.status, upstreamState, problem: null };
    case "failed":
      return {
        state: "failed",
        upstreamState,
        problem: {
          code: "openmarlin_task_failed",
          ...(task.errorCode === null ? {} : { facts: { reason: task.errorCode } }),
        },
      };
    case "succeeded": {
      const { artifactUrl, contentType } = task;
      if (artifactUrl === null)
        return { state: "succeeded", upstreamState, problem: { code: "openmarlin_no_artifact" } };
      const known = isKnownUrl(artifactUrl, connection.artifactOrigins);
      return {
        state: "succeeded",
        upstreamState,
        result: { artifact: known, contentType },
        problem: known
          ? null
          : { code: "openmarlin_artifact_refused", facts: { host: URL.parse(artifactUrl)?.host ?? "" } },
      };
    }
    default:
      return { state: "unknown", upstreamState };
  }
}
