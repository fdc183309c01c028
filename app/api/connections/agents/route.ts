import { z } from "zod";
import { agentSettingsView } from "#lib/server/agents/agents.ts";
import { changeAgentSettings } from "#lib/server/agents/settings.ts";
import { handle } from "#lib/server/http/handle.ts";
import { agentIdSchema, idSchema, modelSchema } from "#lib/server/http/schemas.ts";
import { getStore } from "#lib/server/store/open.ts";

const settingSchema = z.strictObject({
  id: agentIdSchema.transform((id) => id.toLowerCase()),
  name: z.string().trim().min(1).max(80).nullable(),
  description: z.string().trim().min(1).max(300).nullable(),
  hidden: z.boolean(),
  restricted: z.boolean(),
  personIds: z.array(idSchema).max(1000).refine(isSet, "twice"),
  models: z.array(modelSchema).max(50).refine(isSet, "twice"),
});

const changeSchema = z.strictObject({
  agents: z
    .array(settingSchema)
    .max(200)
    .refine((agents) => isSet(agents.map(({ id }) => id)), "twice"),
});

/** Every agent with what admins said about it. */
export const GET = handle({ access: "admin", act: ({ person }) => agentSettingsView(person) });

/** Replaces what admins said; the order given is the order people see. */
export const PUT = handle({
  access: "admin",
  rate: "admin",
  body: changeSchema,
  async act({ person, body }) {
    await changeAgentSettings(getStore(), person, body.agents);
    return agentSettingsView(person);
  },
});

function isSet(values: string[]): boolean {
  return new Set(values).size === values.length;
}
