import "server-only";
import type { UpstreamEvent } from "#lib/shared/chat/events.ts";
import { type ExecutionRouting, openMarlinAgentId } from "#lib/shared/openmarlin/types.ts";

export type BackendName = "openclaw" | "openmarlin";

/** Who answers is said by the agent: one id stands for OpenMarlin, and no gateway can have it. */
export function backendOfAgent(agentId: string): BackendName {
  return agentId === openMarlinAgentId ? "openmarlin" : "openclaw";
}

/** One turn as an upstream adapter gets it. Everything in it was made or checked by this server. */
export interface TurnRequest {
  runId: string;
  agentId: string;
  /** Allowed by an admin for this agent, or null. */
  model: string | null;
  /** What a person set for OpenMarlin under Advanced. */
  routing: ExecutionRouting;
  sessionKey: string;
  text: string;
  images: { mediaType: string; bytes: Uint8Array }[];
  person: { id: string; email: string };
  signal: AbortSignal;
}

/** What carries a turn to an upstream. Resolves when the answer is whole; throws an AppError that says what failed. */
export interface Backend {
  stream(request: TurnRequest, on: (events: UpstreamEvent[]) => void): Promise<void>;
  /** `sandbox:<id>` or `real`: marks conversations, so that data of one never runs against the other. */
  origin(): string;
}
