import "server-only";
import { allowAgent } from "#lib/server/agents/agents.ts";
import type { Person } from "#lib/server/auth/session.ts";
import { chat } from "#lib/server/chat/chat.ts";
import type { SendRequest } from "#lib/shared/chat/types.ts";

/** Takes a message from a person: the agent must be one that an admin lets them use. */
export async function sendMessage(person: Person, request: SendRequest): Promise<Response> {
  await allowAgent(person, request.agentId, request.model ?? null);
  return chat().send(person, request);
}
