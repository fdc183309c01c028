import "server-only";
import { agentSettings } from "#lib/server/agents/settings.ts";
import { openclawConnection } from "#lib/server/settings/connection.ts";
import { type GatewayAgents, gatewayAgents } from "#lib/server/upstream/openclaw/agents.ts";
import type { AgentView } from "#lib/shared/chat/types.ts";
import type { AgentSetting, AgentSettingsView } from "#lib/shared/connections.ts";
import { AppError, type ErrorCode, isAppError } from "#lib/shared/errors.ts";

/** Whom agents are listed for. */
export interface AgentsPerson {
  id: string;
  email: string;
}

/**
 * The agents that this person may use, in the admin's order, those nobody placed after them in the gateway's. `problem`
 * says why the list may be old or empty.
 */
export async function listAgents(
  person: AgentsPerson,
): Promise<{ agents: AgentView[]; problem: { code: ErrorCode } | null }> {
  const { ids, problem } = await idsFor(person);
  const settings = await agentSettings();
  const agents = inOrder(ids, settings)
    .filter((id) => mayUse(person, settings.get(id)))
    .map((id) => viewOf(id, settings.get(id)));
  return { agents, problem: problem === null ? null : { code: problem.code } };
}

/**
 * Lets a turn pass when this person may use this agent and model. Throws `agent_unavailable`, or the gateway's problem
 * when no list was ever read. Waits for nothing once the lists are known.
 */
export async function allowAgent(person: AgentsPerson, agentId: string, model: string | null): Promise<void> {
  const { ids, problem } = await idsFor(person);
  if (ids.length === 0 && problem !== null) throw problem;
  const setting = (await agentSettings()).get(agentId);
  const allowed =
    ids.includes(agentId) && mayUse(person, setting) && (model === null || (setting?.models.includes(model) ?? false));
  if (!allowed) throw new AppError("agent_unavailable", "This agent or model is not offered to this person.");
}

/** What an admin sees: every agent that the gateway lists or that has settings. */
export async function agentSettingsView(person: AgentsPerson): Promise<AgentSettingsView> {
  const { ids, problem } = await idsFor(person);
  const settings = await agentSettings();
  const all = [...new Set([...inOrder(ids, settings), ...settings.keys()])];
  return {
    agents: all.map((id) => ({ ...(settings.get(id) ?? unset(id)), listed: ids.includes(id) })),
    problem: problem === null ? null : { code: problem.code },
  };
}

async function idsFor(person: AgentsPerson): Promise<Pick<GatewayAgents, "ids" | "problem">> {
  try {
    return await gatewayAgents(await openclawConnection(), person);
  } catch (error) {
    if (isAppError(error) && error.code !== "store_unavailable") return { ids: [], problem: error };
    throw error;
  }
}

function inOrder(ids: string[], settings: ReadonlyMap<string, AgentSetting>): string[] {
  const placed = [...settings.keys()].filter((id) => ids.includes(id));
  return [...placed, ...ids.filter((id) => !settings.has(id))];
}

function mayUse(person: AgentsPerson, setting: AgentSetting | undefined): boolean {
  if (setting === undefined) return true;
  return !setting.hidden && (!setting.restricted || setting.personIds.includes(person.id));
}

function viewOf(id: string, setting: AgentSetting | undefined): AgentView {
  return {
    id,
    name: setting?.name ?? id,
    description: setting?.description ?? "",
    models: setting?.models ?? [],
    upstream: "openclaw",
  };
}

function unset(id: string): AgentSetting {
  return { id, name: null, description: null, hidden: false, restricted: false, personIds: [], models: [] };
}
