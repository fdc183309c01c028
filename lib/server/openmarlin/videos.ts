import "server-only";
import { createHash } from "node:crypto";
import type { Person } from "#lib/server/auth/session.ts";
import type { JobEngine } from "#lib/server/jobs/engine.ts";
import { jobView } from "#lib/server/jobs/view.ts";
import { openMarlinAccess } from "#lib/server/openmarlin/access.ts";
import { allowOpenMarlin } from "#lib/server/openmarlin/allow.ts";
import type { VideoRequest } from "#lib/server/openmarlin/schemas.ts";
import { findJobByRequest } from "#lib/server/store/jobs.ts";
import type { JobView } from "#lib/shared/jobs.ts";

/**
 * Submits a video. The same request id, or the same order while it is under way, finds the job that it made: a second
 * click makes no second video, unless one is asked for with `fresh`.
 */
export async function makeVideo(
  engine: JobEngine,
  person: Person,
  { requestId, fresh, ...order }: VideoRequest,
): Promise<{ job: JobView; joined: boolean }> {
  const known = await findJobByRequest(engine.store.db, person.id, requestId);
  if (known === undefined) await allowOpenMarlin(engine.store, person.id, "videos");
  const { connection } = await openMarlinAccess(engine.store, person.id);
  const digest = createHash("sha256").update(JSON.stringify(order)).digest("hex");
  const { job, joined } = await engine.submit({
    owner: { id: person.id, name: person.name },
    kind: "openmarlin_video",
    requestId,
    place: connection.place,
    title: order.prompt.replaceAll(/\s+/g, " ").slice(0, 200).toWellFormed(),
    input: { ...order },
    joinKey: `openmarlin_video:${person.id}:${connection.place}:${digest}`,
    fresh,
  });
  return { job: jobView(engine, job), joined };
}
