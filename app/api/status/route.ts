import { handle } from "#lib/server/http/handle.ts";
import { statusView } from "#lib/server/settings/connections-view.ts";

/** How the upstreams stand. */
export const GET = handle({ access: "person", act: ({ person }) => statusView(person) });
