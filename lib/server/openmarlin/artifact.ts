import "server-only";
import { z } from "zod";
import { watchSession } from "#lib/server/auth/revocation.ts";
import type { Person } from "#lib/server/auth/session.ts";
import { contentDisposition } from "#lib/server/http/content-disposition.ts";
import { pulledBody } from "#lib/server/http/pulled-body.ts";
import type { JobEngine } from "#lib/server/jobs/engine.ts";
import { ownJob } from "#lib/server/jobs/jobs.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { openMarlinAccessFor } from "#lib/server/openmarlin/access.ts";
import { perProcess } from "#lib/server/per-process.ts";
import type { JobRow } from "#lib/server/store/jobs.ts";
import { type Download, download } from "#lib/server/upstream/download.ts";
import { isKnownUrl } from "#lib/server/upstream/openmarlin/connection.ts";
import { failureOfFault } from "#lib/server/upstream/openmarlin/failures.ts";
import { readTask } from "#lib/server/upstream/openmarlin/tasks.ts";
import { headerText } from "#lib/server/upstream/transport.ts";
import { isTransportFault } from "#lib/server/upstream/transport-fault.ts";
import { AppError } from "#lib/shared/errors.ts";

export const artifactQuerySchema = z.strictObject({ download: z.literal("1").optional() });

/**
 * The video of a person's job, streamed through this server at the reader's pace: whole, or the one range that a player
 * asks for. It is read from allowed origins only, without any credential, and never run by a page.
 */
export async function serveArtifact(
  engine: JobEngine,
  person: Person,
  id: string,
  { range, asFile }: { range: string | null; asFile: boolean },
): Promise<Response> {
  const row = await ownJob(engine, person.id, id);
  if (row.kind !== "openmarlin_video" || row.state !== "succeeded") throw noArtifact();
  const url = await addressOf(engine, row);
  const oneRange = range !== null && /^bytes=(\d{1,15}-\d{0,15}|-\d{1,15})$/.test(range);
  const found = await download(url, oneRange ? { range } : {}, limits.openmarlin.artifact).catch((error: unknown) => {
    throw isTransportFault(error) ? failureOfFault(error) : error;
  });
  const problem = problemOf(found);
  if (problem !== null) {
    await found.body.return();
    known().delete(row.id);
    throw problem;
  }
  const unwatch = watchSession(
    engine.store,
    { userId: person.id, sidHash: person.sidHash },
    () => void pieces.return(),
  );
  const pieces = withEnd(found.body, unwatch);
  return new Response(pulledBody(pieces), { status: found.status, headers: headersOf(found, row.id, asFile) });
}

/** Signed addresses expire, so the task is asked again for its own; a player's many ranges share one answer. */
async function addressOf({ store }: JobEngine, row: JobRow): Promise<URL> {
  const now = performance.now();
  const held = known().get(row.id);
  if (held !== undefined && held.until > now) return held.url;
  const { connection, key } = await openMarlinAccessFor(store, row);
  const { artifactUrl } = await readTask(connection, key, row.upstream_id ?? "");
  if (artifactUrl === null) throw noArtifact();
  if (!isKnownUrl(artifactUrl, connection.artifactOrigins)) {
    throw new AppError("openmarlin_artifact_refused", "The result is at an origin that is not allowed.", {
      facts: { host: URL.parse(artifactUrl)?.host ?? "" },
    });
  }
  const url = new URL(artifactUrl);
  if (known().size >= addressesAtMost) known().clear();
  known().set(row.id, { url, until: now + addressMs });
  return url;
}

const addressMs = 60_000;
const addressesAtMost = 1000;

function known(): Map<string, { url: URL; until: number }> {
  return perProcess("openmarlin.artifacts", () => new Map<string, { url: URL; until: number }>());
}

function problemOf({ status, headers }: Download): AppError | null {
  if (headerText(headers, "content-encoding") !== undefined) return new AppError("openmarlin_malformed");
  if (status === 200 || status === 206 || status === 416) return null;
  if (status >= 300 && status < 400) return new AppError("openmarlin_artifact_refused", "The result has moved.");
  return status < 500 ? noArtifact() : new AppError("openmarlin_failed");
}

/** Media only: whatever else it calls itself is a file without a type. */
function headersOf({ headers }: Download, id: string, asFile: boolean): Record<string, string> {
  const said = headerText(headers, "content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  const type = /^(video\/[a-z0-9.+-]{1,60}|audio\/[a-z0-9.+-]{1,60}|image\/(png|jpeg|gif|webp))$/.test(said)
    ? said
    : "application/octet-stream";
  const passed: Record<string, RegExp> = {
    "content-length": /^\d{1,15}$/,
    "content-range": /^bytes (\d{1,15}-\d{1,15}|\*)\/(\d{1,15}|\*)$/,
    "accept-ranges": /^bytes$/,
  };
  const kept = Object.entries(passed).flatMap(([name, shape]) => {
    const value = headerText(headers, name);
    return value !== undefined && shape.test(value) ? [[name, value]] : [];
  });
  const extension = /^(?:video|audio|image)\/([a-z0-9]+)$/.exec(type)?.[1] ?? "bin";
  return {
    ...Object.fromEntries(kept),
    "content-type": type,
    "content-disposition": contentDisposition(asFile ? "attachment" : "inline", `video-${id.slice(-6)}.${extension}`),
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "private, no-store",
    "x-content-type-options": "nosniff",
  };
}

/** The same bytes, with `onEnd` called once however they end. */
function withEnd(body: Download["body"], onEnd: () => void): Download["body"] {
  return {
    async next() {
      try {
        const read = await body.next();
        if (read.done === true) onEnd();
        return read;
      } catch (error) {
        onEnd();
        throw error;
      }
    },
    return() {
      onEnd();
      return body.return();
    },
  };
}

function noArtifact(): AppError {
  return new AppError("openmarlin_no_artifact", "There is no file to show.");
}
