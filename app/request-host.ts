import "server-only";
import { headers } from "next/headers";
import { requestOrigin } from "#lib/server/http/origin.ts";

/** The host that the person's browser addresses, once it passed the allow-list. */
export async function requestHost(): Promise<string> {
  return new URL(requestOrigin(new Headers(await headers()))).host;
}
