import { readiness } from "#lib/server/http/readiness.ts";

/** Says whether a balancer should send people here. */
export const GET = readiness;
