import { readFileSync } from "node:fs";
import path from "node:path";
import { refuse } from "#lib/sandbox/openmarlin/answers.ts";
import type { OpenShop, Visit } from "#lib/sandbox/openmarlin/shop.ts";

/** Where the sandbox's videos are. The contract has only "an artifact_url". */
export const videoPath = "/artifacts/";
export const videoType = "video/webm";
export const videoLengthMs = 5000;

/** Every task ends with this one: VP9 without sound, 320 x 180, whatever was asked for. */
const video = readFileSync(path.join(import.meta.dirname, "videos/harbour.webm"));
const etag = `"harbour-${video.length}"`;

/**
 * GET /artifacts/<name>.webm, as storage with signed addresses does: no key is asked for, the name is the secret. One
 * range is served; several at once are answered with everything, as they may be.
 */
export function serveVideo(shop: OpenShop, { exchange, id }: Visit): void {
  const { wire, headers } = exchange;
  const task = id.endsWith(".webm") ? shop.tasks.findByVideo(id.slice(0, -".webm".length)) : undefined;
  if (task === undefined || task.ended === 0 || task.error !== null) throw refuse("not_found");
  const common = { "content-type": videoType, "accept-ranges": "bytes", etag, "cache-control": "private, max-age=300" };
  const range = headers["if-range"] === undefined || headers["if-range"] === etag ? rangeOf(headers.range) : "all";
  if (range === "none") {
    wire.head(416, { ...common, "content-range": `bytes */${video.length}`, "content-length": 0 });
    wire.end();
    return;
  }
  const { from, to } = range === "all" ? { from: 0, to: video.length - 1 } : range;
  wire.head(range === "all" ? 200 : 206, {
    ...common,
    "content-length": to - from + 1,
    ...(range === "all" ? {} : { "content-range": `bytes ${from}-${to}/${video.length}` }),
  });
  wire.end(video.subarray(from, to + 1));
}

/** Both ends included. `all` for what is no range or more than one; `none` for one that lies outside. */
function rangeOf(header: string | undefined): { from: number; to: number } | "all" | "none" {
  const [, first = "", last = ""] = header?.match(/^bytes=(\d*)-(\d*)$/) ?? [];
  if (first === "" && last === "") return "all";
  const from = first === "" ? Math.max(0, video.length - Number(last)) : Number(first);
  const to = first === "" || last === "" ? video.length - 1 : Math.min(Number(last), video.length - 1);
  if (first !== "" && last !== "" && Number(last) < from) return "all";
  return from >= video.length ? "none" : { from, to };
}
