import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { invalid, type Refusal, refuse } from "#lib/sandbox/openclaw/answers.ts";
import type { GatewaySettings } from "#lib/sandbox/settings.ts";

/** The provider and models behind all agents. Text-only models drop images without a word. */
export const provider = { id: "stub", defaultModel: "stub-1", textOnly: ["stub-2"] };

/** What `model` and the agent header say. Throws 400. */
export function agentOf(headers: IncomingHttpHeaders, model: string | undefined, settings: GatewaySettings): string {
  if (settings.release === "2026.2") return earlyAgentOf(headers, model, settings);
  const named = header(headers, "x-openclaw-agent-id") ?? header(headers, "x-openclaw-agent");
  const fromModel = model === undefined ? null : agentInModel(model);
  const agent = named?.toLowerCase() ?? fromModel;
  if (agent === null) {
    const [only, another] = settings.agents;
    if (only !== undefined && another === undefined) return only;
    throw severalAgents();
  }
  if (!settings.agents.includes(agent)) throw invalid(`Unknown agent '${agent}'.`);
  return agent;
}

/** Null: the default agent. Throws when the name is not one of the gateway's. */
function agentInModel(model: string): string | null {
  const name = model.trim().toLowerCase();
  if (name === "openclaw" || name === "openclaw/default") return null;
  const agent = name.match(/^(?:openclaw[/:]|agent:)([a-z0-9][a-z0-9_-]{0,63})$/)?.[1];
  if (agent === undefined) throw invalid("Invalid `model`. Use `openclaw` or `openclaw/<agentId>`.");
  return agent;
}

/** The early releases validated nothing here and fell back to `main`. */
function earlyAgentOf(headers: IncomingHttpHeaders, model: string | undefined, settings: GatewaySettings): string {
  const inModel = model?.toLowerCase().match(/^(?:openclaw[/:]|agent:)(.+)$/)?.[1];
  const wanted = header(headers, "x-openclaw-agent-id")?.toLowerCase() ?? inModel ?? "main";
  return settings.agents.includes(wanted) ? wanted : (settings.agents[0] ?? "main");
}

/** Backend model of this request. Throws 401 for a provider that is not configured. */
export function backendModelOf(headers: IncomingHttpHeaders): string {
  const override = header(headers, "x-openclaw-model");
  if (override === undefined) return provider.defaultModel;
  const slash = override.indexOf("/");
  const from = slash < 0 ? provider.id : override.slice(0, slash);
  if (from !== provider.id)
    throw refuse(401, "authentication_error", `No route-compatible authentication source is configured for ${from}.`);
  return override.slice(slash + 1);
}

export interface SessionAddress {
  /** Case-folded. */
  key: string;
  /** The agent that really runs: the key's, whatever the model says. */
  agent: string;
}

/** Which session a request speaks in. `endpoint` is part of the keys made from `user` and of the nameless ones. */
export function sessionOf(
  headers: IncomingHttpHeaders,
  user: string | undefined,
  agent: string,
  endpoint: "openai" | "openresponses",
  settings: GatewaySettings,
): SessionAddress {
  const given = header(headers, "x-openclaw-session-key");
  if (given === undefined) {
    const name = user?.trim() ? `${endpoint}-user:${user.trim().toLowerCase()}` : `${endpoint}:${randomUUID()}`;
    return { key: `agent:${agent}:${name}`, agent };
  }
  const key = given.toLowerCase();
  if (/^(agent:[^:]*:)?(subagent|cron|acp):/.test(key))
    throw invalid("`x-openclaw-session-key` cannot use reserved internal session namespaces.");
  const address = resolveKey(key, settings);
  if (address === null) throw refuse(500, "api_error", "internal error");
  return address;
}

/** Null: the key has no owner, because it is bare among several agents or names an unknown one. */
export function resolveKey(given: string, settings: GatewaySettings): SessionAddress | null {
  const key = given.trim().toLowerCase();
  const owner = key.match(/^agent:([^:]+):.+$/)?.[1];
  if (owner !== undefined) return settings.agents.includes(owner) ? { key, agent: owner } : null;
  const [only, another] = settings.agents;
  return only === undefined || another !== undefined ? null : { key: `agent:${only}:${key}`, agent: only };
}

/** A header that is present and not blank. */
export function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  const text = (Array.isArray(value) ? value[0] : value)?.trim();
  // Node reads header bytes as Latin-1; keys with other characters arrive as UTF-8.
  return text ? Buffer.from(text, "latin1").toString("utf8") : undefined;
}

function severalAgents(): Refusal {
  return invalid(
    "Multiple agents are configured, but this operation has no explicit owner. Select an agent explicitly; CLI callers can pass --agent <id>, channels can add a binding, and ambient services can set their agentId target.",
  );
}
