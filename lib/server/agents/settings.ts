import "server-only";
import { z } from "zod";
import { audit } from "#lib/server/audit/audit.ts";
import type { Person } from "#lib/server/auth/session.ts";
import { agentIdSchema, idSchema, modelSchema } from "#lib/server/http/schemas.ts";
import { log } from "#lib/server/log.ts";
import { perProcess } from "#lib/server/per-process.ts";
import { listAgentSettings, replaceAgentSettings } from "#lib/server/store/agent-settings.ts";
import { getStore } from "#lib/server/store/open.ts";
import type { Store } from "#lib/server/store/store.ts";
import { listUsers } from "#lib/server/store/users.ts";
import type { AgentSetting } from "#lib/shared/connections.ts";
import { AppError } from "#lib/shared/errors.ts";

const settingSchema = z.strictObject({
  id: agentIdSchema.transform((id) => id.toLowerCase()),
  name: z.string().trim().min(1).max(80).nullable(),
  description: z.string().trim().min(1).max(300).nullable(),
  hidden: z.boolean(),
  restricted: z.boolean(),
  personIds: z.array(idSchema).max(1000).refine(isSet, "twice"),
  models: z.array(modelSchema).max(50).refine(isSet, "twice"),
});

/** What an admin says of the agents: each once, in the order that people see. */
export const agentChangeSchema = z.strictObject({
  agents: z
    .array(settingSchema)
    .max(200)
    .refine((agents) => isSet(agents.map(({ id }) => id)), "twice"),
});

/**
 * What admins said about agents, by id in their order. Kept in memory: a change counts at once in this process and
 * within seconds in others.
 */
export async function agentSettings(): Promise<ReadonlyMap<string, AgentSetting>> {
  const held = state();
  if (held.settings === null) await reload(held);
  else if (performance.now() - held.readAt > freshMs) {
    // What is known stays good while the database is away.
    reload(held).catch((error: unknown) => {
      held.readAt = performance.now();
      log().warn({ error }, "the settings of agents could not be read again");
    });
  }
  return held.settings ?? new Map();
}

/** Replaces the settings of all agents, with an audit row. Throws `invalid_input` for people who do not exist. */
export async function changeAgentSettings(
  store: Store,
  person: Pick<Person, "id" | "name">,
  settings: AgentSetting[],
): Promise<void> {
  const known = new Set((await listUsers(store.db)).map((user) => user.id));
  const stranger = settings.findIndex(({ personIds }) => personIds.some((id) => !known.has(id)));
  if (stranger !== -1) {
    throw new AppError("invalid_input", "Somebody in the list does not exist.", {
      fields: [{ path: `agents.${stranger}.personIds`, message: "unknown_person" }],
    });
  }
  await store.write(async (tx) => {
    await replaceAgentSettings(tx, settings);
    await audit(tx, {
      actor: { id: person.id, name: person.name },
      action: "agents.update",
      object: "openclaw",
      outcome: "done",
      facts: {
        agents: settings.length,
        hidden: listed(settings.filter(({ hidden }) => hidden)),
        restricted: listed(settings.filter(({ restricted }) => restricted)),
        withModels: listed(settings.filter(({ models }) => models.length > 0)),
      },
    });
  });
  store.wake.notify([wakeTopic]);
  await reload(state());
}

const freshMs = 4000;
const wakeTopic = "agents";

interface State {
  settings: ReadonlyMap<string, AgentSetting> | null;
  readAt: number;
  reading: Promise<void> | null;
  listeningTo: Store | null;
}

function state(): State {
  return perProcess("agents.settings", () => {
    const held: State = { settings: null, readAt: 0, reading: null, listeningTo: null };
    return held;
  });
}

function reload(held: State): Promise<void> {
  // A read that began before a change must not be taken for one after it: reads follow each other.
  held.reading = (held.reading ?? Promise.resolve()).catch(() => {}).then(() => read(held));
  return held.reading;
}

async function read(held: State): Promise<void> {
  const store = getStore();
  if (held.listeningTo !== store) {
    held.listeningTo = store;
    store.wake.listen((topics) => {
      if (topics.includes(wakeTopic)) held.readAt = Number.NEGATIVE_INFINITY;
    });
  }
  held.readAt = performance.now();
  const settings = await listAgentSettings(store.db);
  held.settings = new Map(settings.map((setting) => [setting.id, setting]));
}

function listed(settings: AgentSetting[]): string {
  return settings
    .map(({ id }) => id)
    .join(", ")
    .slice(0, 500);
}

function isSet(values: string[]): boolean {
  return new Set(values).size === values.length;
}
