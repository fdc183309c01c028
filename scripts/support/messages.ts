import { randomUUID } from "node:crypto";
import type { SendRequest } from "#lib/shared/chat/types.ts";

/** The first message of a new conversation. */
export function firstMessage(text: string, agentId = "main"): SendRequest {
  return {
    requestId: randomUUID(),
    conversationId: null,
    agentId,
    intent: { kind: "send", parentId: null, text, attachmentIds: [] },
  };
}
