import { agentSettingsView } from "#lib/server/agents/agents.ts";
import { agentChangeSchema, changeAgentSettings } from "#lib/server/agents/settings.ts";
import { handle } from "#lib/server/http/handle.ts";
import { getStore } from "#lib/server/store/open.ts";

/** Every agent with what admins said about it. */
export const GET = handle({ access: "admin", act: ({ person }) => agentSettingsView(person) });

/** Replaces what admins said; the order given is the order people see. */
export const PUT = handle({
  access: "admin",
  rate: "admin",
  body: agentChangeSchema,
  async act({ person, body }) {
    await changeAgentSettings(getStore(), person, body.agents);
    return agentSettingsView(person);
  },
});
