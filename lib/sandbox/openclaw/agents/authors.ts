import { harbourGuide } from "#lib/sandbox/openclaw/agents/harbour-guide.ts";
import { longhand } from "#lib/sandbox/openclaw/agents/longhand.ts";
import { toolsmith } from "#lib/sandbox/openclaw/agents/toolsmith.ts";
import { typesetter } from "#lib/sandbox/openclaw/agents/typesetter.ts";
import type { ModelAnswer, ModelCall } from "#lib/sandbox/openclaw/model-call.ts";

/** Writes an answer of its own instead of the stub's line. */
export type Author = (call: ModelCall) => Promise<ModelAnswer>;

const authors = new Map<string, { name: string; write: Author }>([
  ["harbour-guide", { name: "Harbour guide", write: harbourGuide }],
  ["typesetter", { name: "Typesetter", write: typesetter }],
  ["longhand", { name: "Longhand", write: longhand }],
  ["toolsmith", { name: "Toolsmith", write: toolsmith }],
]);

/** Undefined for agents that are the plain stub, such as `main`. */
export function authorOf(agent: string): Author | undefined {
  return authors.get(agent)?.write;
}

export function displayNameOf(agent: string): string {
  return authors.get(agent)?.name ?? `${agent.slice(0, 1).toUpperCase()}${agent.slice(1)}`;
}
