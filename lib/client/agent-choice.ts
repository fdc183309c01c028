"use client";

import { useSyncExternalStore } from "react";
import { recall, remember } from "#lib/client/local-memory.ts";
import type { AgentView } from "#lib/shared/chat/types.ts";

export interface AgentChoice {
  agentId: string;
  model: string | null;
}

/**
 * Who answers next in a conversation: what was chosen here, else who answered before, else who was chosen last anywhere,
 * else the first that is offered. Null where nobody is.
 */
export function useAgentChoice(
  scope: string,
  before: string | null,
  agents: AgentView[],
): { choice: AgentChoice | null; choose: (choice: AgentChoice) => void } {
  const chosen = useSyncExternalStore(
    subscribe,
    () => chosenFor(scope),
    () => null,
  );
  const last = useSyncExternalStore(
    subscribe,
    () => chosenFor("last"),
    () => null,
  );
  const offered = (choice: AgentChoice | null) => {
    const agent = agents.find(({ id }) => id === choice?.agentId);
    if (agent === undefined || choice === null) return null;
    return {
      agentId: agent.id,
      model: choice.model !== null && agent.models.includes(choice.model) ? choice.model : null,
    };
  };
  const [first] = agents;
  const choice =
    offered(chosen) ??
    offered(before === null ? null : { agentId: before, model: null }) ??
    offered(last) ??
    (first === undefined ? null : { agentId: first.id, model: null });
  return { choice, choose: (next) => keep(scope, next) };
}

const choices = new Map<string, AgentChoice | null>();
const listeners = new Set<() => void>();

function chosenFor(scope: string): AgentChoice | null {
  const known = choices.get(scope);
  if (known !== undefined) return known;
  const kept = recall<AgentChoice>(`agent:${scope}`);
  choices.set(scope, kept);
  return kept;
}

function keep(scope: string, choice: AgentChoice): void {
  for (const name of [scope, "last"]) {
    choices.set(name, choice);
    remember(`agent:${name}`, choice);
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
