import "server-only";
import { openMarlinAccess } from "#lib/server/openmarlin/access.ts";
import { openMarlinDailyLimits } from "#lib/server/settings/connection.ts";
import type { Store } from "#lib/server/store/store.ts";
import { AppError } from "#lib/shared/errors.ts";

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Lets a person use OpenMarlin: they have a key, and with the deployment's they are within what an admin allows one
 * person in 24 hours. Throws `openmarlin_not_connected`, `openmarlin_unconfigured` and `daily_limit_reached`.
 */
export async function allowOpenMarlin(store: Store, userId: string, what: "executions" | "videos"): Promise<void> {
  const { shared } = await openMarlinAccess(store, userId);
  if (!shared) return;
  const { dailyExecutions, dailyVideos } = openMarlinDailyLimits();
  const limit = what === "executions" ? dailyExecutions : dailyVideos;
  if (limit === null) return;
  const since = (await store.now()) - dayMs;
  const used =
    what === "executions" ? await countExecutions(store, userId, since) : await countVideos(store, userId, since);
  if (used >= limit) throw new AppError("daily_limit_reached", "This person's share is used up.", { facts: { limit } });
}

async function countExecutions(store: Store, userId: string, since: number): Promise<number> {
  const { count } = await store.db
    .selectFrom("runs")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("owner_id", "=", userId)
    .where("backend", "=", "openmarlin")
    .where("created_at", ">", since)
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function countVideos(store: Store, userId: string, since: number): Promise<number> {
  const { count } = await store.db
    .selectFrom("jobs")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("owner_id", "=", userId)
    .where("kind", "=", "openmarlin_video")
    .where("created_at", ">", since)
    .executeTakeFirstOrThrow();
  return Number(count);
}
