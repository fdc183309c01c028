"use client";

import { ChatScreen } from "#components/chat/chat-screen.tsx";
import { deferredParts } from "#components/chat/deferred-parts.tsx";
import type { AgentsAnswer } from "#lib/client/chat-queries.ts";

/** The page of a new chat: it becomes the conversation once something is sent. */
export function NewChatScreen({ initialAgents }: { initialAgents: AgentsAnswer | null }) {
  return <ChatScreen initial={null} initialAgents={initialAgents} parts={deferredParts} />;
}
