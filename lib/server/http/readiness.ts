import "server-only";
import { lifecycle } from "#lib/server/lifecycle.ts";
import { getStore } from "#lib/server/store/open.ts";

/** 200 while this process serves and its database answers, else 503; open to all, and tells nothing but that. */
export async function readiness(): Promise<Response> {
  const { state } = lifecycle();
  let ready = state === "ready";
  if (ready) {
    try {
      await getStore().ping();
    } catch {
      ready = false;
    }
  }
  const status = ready ? "ready" : state === "ready" ? "store_unavailable" : state;
  return Response.json({ status }, { status: ready ? 200 : 503, headers: { "cache-control": "no-store" } });
}
