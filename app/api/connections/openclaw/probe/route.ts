import { handle } from "#lib/server/http/handle.ts";
import { probeNow } from "#lib/server/settings/connections-view.ts";

/** Checks the gateway without a model call. */
export const POST = handle({ access: "admin", rate: "admin", act: ({ person }) => probeNow(person) });
