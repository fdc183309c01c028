import { z } from "zod";
import { ControlRefusal } from "#lib/sandbox/control-refusal.ts";
import { refuse, sendJson } from "#lib/sandbox/openmarlin/answers.ts";
import { bodyOf } from "#lib/sandbox/openmarlin/body.ts";
import { priceOfVideo, videoProviderId } from "#lib/sandbox/openmarlin/catalog.ts";
import { iso, isoOrNull, newId } from "#lib/sandbox/openmarlin/ids.ts";
import type { Charge, Ledger } from "#lib/sandbox/openmarlin/ledger.ts";
import type { KeyVisit, OpenShop } from "#lib/sandbox/openmarlin/shop.ts";
import { videoLengthMs, videoPath, videoType } from "#lib/sandbox/openmarlin/video.ts";
import type { SandboxStore } from "#lib/sandbox/store.ts";

/** A task runs by the clock alone: its times are written when it is submitted, so a restart takes nothing from it. */
export const taskTables = `
CREATE TABLE IF NOT EXISTS openmarlin_tasks (
  id TEXT PRIMARY KEY, workspace_id TEXT NOT NULL, idempotency_key TEXT, payload TEXT NOT NULL, metadata TEXT,
  created_at INTEGER NOT NULL, starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, error TEXT,
  ended INTEGER NOT NULL DEFAULT 0, video_id TEXT NOT NULL UNIQUE
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS openmarlin_tasks_once ON openmarlin_tasks (workspace_id, idempotency_key);
CREATE INDEX IF NOT EXISTS openmarlin_tasks_due ON openmarlin_tasks (ends_at) WHERE ended = 0;
`;

export interface Task {
  id: string;
  workspaceId: string;
  idempotencyKey: string | null;
  /** The submission in a form that does not depend on the order of its fields. */
  payload: string;
  /** JSON of an object, as it was submitted. */
  metadata: string | null;
  createdAt: number;
  startsAt: number;
  endsAt: number;
  /** How it ends; null = well. */
  error: string | null;
  ended: 0 | 1;
  /** Name of its video; nobody can guess it. */
  videoId: string;
}

export type Tasks = ReturnType<typeof makeTasks>;

export function makeTasks({ db }: SandboxStore, ledger: Ledger) {
  const columns =
    "id, workspace_id AS workspaceId, idempotency_key AS idempotencyKey, payload, metadata, created_at AS createdAt, starts_at AS startsAt, ends_at AS endsAt, error, ended, video_id AS videoId";
  const byId = db.prepare<[string], Task>(`SELECT ${columns} FROM openmarlin_tasks WHERE id = ?`);
  const byKey = db.prepare<[string, string], Task>(
    `SELECT ${columns} FROM openmarlin_tasks WHERE workspace_id = ? AND idempotency_key = ?`,
  );
  const byVideo = db.prepare<[string], Task>(`SELECT ${columns} FROM openmarlin_tasks WHERE video_id = ?`);
  const due = db.prepare<[number], Task>(
    `SELECT ${columns} FROM openmarlin_tasks WHERE ended = 0 AND ends_at <= ? ORDER BY ends_at`,
  );
  const insert = db.prepare(
    `INSERT INTO openmarlin_tasks (id, workspace_id, idempotency_key, payload, metadata, created_at, starts_at, ends_at, error, video_id)
     VALUES (@id, @workspaceId, @idempotencyKey, @payload, @metadata, @createdAt, @startsAt, @endsAt, @error, @videoId)`,
  );
  const hurry = db.prepare(
    "UPDATE openmarlin_tasks SET starts_at = min(starts_at, @now), ends_at = @now, error = @error WHERE id = @id",
  );
  const end = db.prepare("UPDATE openmarlin_tasks SET ended = 1 WHERE id = ?");
  const submit = db.transaction((task: Task, price: number) => {
    ledger.charge(chargeOf(task), price);
    insert.run(task);
  });
  const endDue = db.transaction((now: number) => {
    for (const task of due.all(now)) {
      end.run(task.id);
      if (task.error === null) ledger.succeed(chargeOf(task), task.endsAt);
      else ledger.reverse(chargeOf(task), task.endsAt);
    }
  });
  return {
    find: (id: string) => byId.get(id),
    findByKey: (workspaceId: string, key: string) => byKey.get(workspaceId, key),
    findByVideo: (videoId: string) => byVideo.get(videoId),
    /** Takes the price and stores the task, both or neither. Throws the 402. */
    submit: (task: Task, price: number): void => submit.immediate(task, price),
    hurry: (id: string, error: string | null): void => void hurry.run({ id, error, now: Date.now() }),
    /** Ends the tasks whose time has come, each once. */
    advance: (now: number): void => void endDue.immediate(now),
  };
}

const webUrl = z.url({ protocol: /^https?$/ });

/** Bounds are the sandbox's choice. Whatever the client refuses to send is refused here too. */
const taskBody = z.strictObject({
  kind: z.string(),
  input: z.strictObject({
    prompt: z.string().max(4000).regex(/\S/),
    media_urls: z.array(webUrl).max(8).optional(),
    media_ids: z.array(z.string().min(1)).max(8).optional(),
    duration_ms: z.int().min(1000).max(60_000).optional(),
    aspect_ratio: z
      .string()
      .regex(/^[1-9]\d?:[1-9]\d?$/)
      .optional(),
  }),
  metadata: z.record(z.string(), z.unknown()).optional(),
  idempotency_key: z.string().min(1).max(255).optional(),
});

/** What a video lasts when nothing is said; the price goes by it. */
const usualDurationMs = 5000;

/** POST /v1/tasks. The same key with the same payload is the same task, at any time later. */
export async function submitTask(shop: OpenShop, { exchange, workspaceId }: KeyVisit): Promise<void> {
  const { idempotency_key: key, ...order } = await bodyOf(exchange, taskBody);
  if (order.kind !== "video") throw refuse("task_executor_not_found");
  const payload = JSON.stringify(order, sortedFields);
  const known = key === undefined ? undefined : shop.tasks.findByKey(workspaceId, key);
  if (known !== undefined) {
    if (known.payload !== payload) throw refuse("idempotency_conflict");
    return sendJson(exchange.wire, 200, view(shop, known));
  }
  const { clock, settings } = shop.sandbox;
  const now = Date.now();
  const startsAt = now + Math.ceil(clock.scaled(settings.openmarlin.taskQueuedMs));
  // The two words in a prompt are the sandbox's own, for whoever wants to see a task fail from the app.
  const planned = exchange.plan.task_fails?.error ?? (order.input.prompt.includes("[[fail]]") ? usualError : null);
  const task: Task = {
    id: newId("task"),
    workspaceId,
    idempotencyKey: key ?? null,
    payload,
    metadata: order.metadata === undefined ? null : JSON.stringify(order.metadata),
    createdAt: now,
    startsAt,
    endsAt: startsAt + Math.ceil(clock.scaled(settings.openmarlin.taskRunningMs)),
    error: planned,
    ended: 0,
    videoId: newId("task").slice("task_".length),
  };
  shop.tasks.submit(task, priceOfVideo(order.input.duration_ms ?? usualDurationMs));
  sendJson(exchange.wire, 202, view(shop, task));
}

const usualError = "video_generation_failed";

/** GET /v1/tasks/:id. */
export function readTask(shop: OpenShop, { exchange, id, workspaceId }: KeyVisit): void {
  const task = shop.tasks.find(id);
  if (task?.workspaceId !== workspaceId) throw refuse("task_not_found");
  sendJson(exchange.wire, 200, view(shop, task));
}

/** Ends a task before its time. */
export function finishTask(shop: OpenShop, id: string, error: string | null) {
  const task = shop.tasks.find(id);
  if (task === undefined) throw new ControlRefusal(404, "No such task.");
  if (task.ended === 1) throw new ControlRefusal(409, "The task has ended.");
  shop.tasks.hurry(id, error);
  shop.tasks.advance(Date.now());
  return { status: statusOf(shop.tasks.find(id) ?? task) };
}

function statusOf(task: Task): "queued" | "running" | "succeeded" | "failed" {
  if (task.ended === 1) return task.error === null ? "succeeded" : "failed";
  return Date.now() >= task.startsAt ? "running" : "queued";
}

function view({ sandbox }: OpenShop, task: Task) {
  const status = statusOf(task);
  const startedAt = status === "queued" ? null : task.startsAt;
  const completedAt = task.ended === 1 ? task.endsAt : null;
  const artifact =
    status === "succeeded"
      ? {
          artifact_url: `${sandbox.openmarlinOrigin}${videoPath}${task.videoId}.webm`,
          content_type: videoType,
          duration_ms: videoLengthMs,
        }
      : null;
  const inOutput = sandbox.settings.openmarlin.artifactIn === "output";
  const metadata = task.metadata === null ? null : JSON.parse(task.metadata);
  return {
    task_id: task.id,
    kind: "video",
    status,
    provider_id: videoProviderId,
    workspace_id: task.workspaceId,
    created_at: iso(task.createdAt),
    updated_at: iso(completedAt ?? startedAt ?? task.createdAt),
    started_at: isoOrNull(startedAt),
    completed_at: isoOrNull(completedAt),
    error: status === "failed" ? task.error : null,
    output: inOutput ? artifact : null,
    metadata: inOutput || artifact === null ? metadata : { ...metadata, ...artifact },
  };
}

function chargeOf({ workspaceId, id }: Task): Charge {
  return { workspaceId, referenceId: id, capability: "video", providerId: videoProviderId };
}

function sortedFields(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
