import "server-only";
import { allowAgent } from "#lib/server/agents/agents.ts";
import type { Person } from "#lib/server/auth/session.ts";
import { backendOfAgent } from "#lib/server/chat/backend.ts";
import { chat } from "#lib/server/chat/chat.ts";
import { allowOpenMarlin } from "#lib/server/openmarlin/allow.ts";
import { getStore } from "#lib/server/store/open.ts";
import type { SendRequest } from "#lib/shared/chat/types.ts";
import { AppError } from "#lib/shared/errors.ts";

/** Takes a message from a person: for an agent that an admin lets them use, or for OpenMarlin once it is connected. */
export async function sendMessage(person: Person, request: SendRequest): Promise<Response> {
  if (backendOfAgent(request.agentId) === "openmarlin") {
    const { intent } = request;
    if ("attachmentIds" in intent && intent.attachmentIds.length > 0) throw new AppError("openmarlin_no_images");
    await allowOpenMarlin(getStore(), person.id, "executions");
  } else await allowAgent(person, request.agentId, request.model ?? null);
  return chat().send(person, request);
}
