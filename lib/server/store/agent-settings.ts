import "server-only";
import type { Kysely, Transaction } from "kysely";
import type { Schema } from "#lib/server/store/schema.ts";
import type { AgentSetting } from "#lib/shared/connections.ts";

/** What admins said about agents, in their order. */
export async function listAgentSettings(db: Kysely<Schema>): Promise<AgentSetting[]> {
  const rows = await db.selectFrom("agent_settings").selectAll().orderBy("position").orderBy("agent_id").execute();
  const access = await db.selectFrom("agent_access").selectAll().orderBy("user_id").execute();
  return rows.map((row) => ({
    id: row.agent_id,
    name: row.name,
    description: row.description,
    hidden: row.hidden === 1,
    restricted: row.restricted === 1,
    personIds: access.filter(({ agent_id }) => agent_id === row.agent_id).map(({ user_id }) => user_id),
    models: modelsOf(row.models),
  }));
}

/** Replaces all of it; the order given is the order kept. */
export async function replaceAgentSettings(tx: Transaction<Schema>, settings: AgentSetting[]): Promise<void> {
  await tx.deleteFrom("agent_access").execute();
  await tx.deleteFrom("agent_settings").execute();
  if (settings.length === 0) return;
  await tx
    .insertInto("agent_settings")
    .values(
      settings.map((setting, position) => ({
        agent_id: setting.id,
        name: setting.name,
        description: setting.description,
        position,
        hidden: setting.hidden ? 1 : 0,
        restricted: setting.restricted ? 1 : 0,
        models: JSON.stringify(setting.models),
      })),
    )
    .execute();
  const access = settings.flatMap(({ id, personIds }) =>
    personIds.map((userId) => ({ agent_id: id, user_id: userId })),
  );
  if (access.length > 0) await tx.insertInto("agent_access").values(access).execute();
}

function modelsOf(json: string): string[] {
  const parsed: unknown = JSON.parse(json);
  return Array.isArray(parsed) ? parsed.filter((model): model is string => typeof model === "string") : [];
}
