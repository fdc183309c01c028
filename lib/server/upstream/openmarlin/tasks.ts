import "server-only";
import { z } from "zod";
import { upstreamIdSchema } from "#lib/server/upstream/openmarlin/amounts.ts";
import { callOpenMarlin } from "#lib/server/upstream/openmarlin/call.ts";
import type { OpenMarlinConnection } from "#lib/server/upstream/openmarlin/connection.ts";
import type { VideoOrder } from "#lib/shared/openmarlin/types.ts";

const taskSchema = z.object({
  task_id: upstreamIdSchema.optional(),
  status: z.string().max(100),
  error: z.unknown().optional(),
  output: z.unknown().optional(),
  metadata: z.unknown().optional(),
  artifact_url: z.unknown().optional(),
});

export interface Task {
  id: string | null;
  /** `queued`, `running`, `succeeded`, `failed`, or a word of a later release. */
  status: string;
  /** A short code, where the failure has one. */
  errorCode: string | null;
  /** Wherever the answer names it. */
  artifactUrl: string | null;
  contentType: string | null;
}

/** `POST /v1/tasks`. The same key with the same order is the original task again. */
export async function submitVideo(
  connection: OpenMarlinConnection,
  key: string,
  { prompt, mediaUrls, durationMs, aspectRatio, metadata }: VideoOrder,
  idempotencyKey: string,
): Promise<Task & { id: string }> {
  const body = {
    kind: "video",
    input: {
      prompt,
      ...(mediaUrls === undefined || mediaUrls.length === 0 ? {} : { media_urls: mediaUrls }),
      ...(durationMs === undefined ? {} : { duration_ms: durationMs }),
      ...(aspectRatio === undefined ? {} : { aspect_ratio: aspectRatio }),
    },
    ...(metadata === undefined ? {} : { metadata }),
    idempotency_key: idempotencyKey,
  };
  const schema = taskSchema.extend({ task_id: upstreamIdSchema });
  const answer = await callOpenMarlin({ connection, key, path: "/v1/tasks", body }, schema);
  return { ...taskOf(answer), id: answer.task_id };
}

/** `GET /v1/tasks/:id`. */
export async function readTask(connection: OpenMarlinConnection, key: string, id: string): Promise<Task> {
  return taskOf(await callOpenMarlin({ connection, key, path: `/v1/tasks/${encodeURIComponent(id)}` }, taskSchema));
}

function taskOf({ task_id, status, error, output, metadata, artifact_url }: z.output<typeof taskSchema>): Task {
  const code = typeof error === "string" ? error : memberOf(error, "code");
  return {
    id: task_id ?? null,
    status,
    errorCode: code !== null && /^[a-z][a-z0-9_]{0,59}$/.test(code) ? code : null,
    artifactUrl:
      textOf(artifact_url) ??
      memberOf(output, "artifact_url") ??
      memberOf(metadata, "artifact_url") ??
      nestedUrl(output) ??
      (typeof output === "string" && /^https?:\/\/\S+$/.test(output) ? output : null),
    contentType: memberOf(output, "content_type") ?? memberOf(metadata, "content_type"),
  };
}

/** An `artifact` or `artifacts` member with an address of its own. */
function nestedUrl(output: unknown): string | null {
  if (typeof output !== "object" || output === null) return null;
  const { artifact, artifacts } = output as { artifact?: unknown; artifacts?: unknown };
  const first: unknown = artifact ?? (Array.isArray(artifacts) ? artifacts[0] : undefined);
  return memberOf(first, "artifact_url") ?? memberOf(first, "url") ?? memberOf(output, "url");
}

function memberOf(holder: unknown, name: string): string | null {
  if (typeof holder !== "object" || holder === null) return null;
  return textOf((holder as Record<string, unknown>)[name]);
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" && value.length <= 4000 ? value : null;
}
