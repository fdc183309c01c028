import { listAgents } from "#lib/server/agents/agents.ts";
import { handle } from "#lib/server/http/handle.ts";

/** The agents that the person may talk to. */
export const GET = handle({ access: "person", act: ({ person }) => listAgents(person) });
