"use client";

import { ChatScreen } from "#components/chat/chat-screen.tsx";
import { conversationParts } from "#components/chat/conversation-parts.tsx";
import type { AgentsAnswer } from "#lib/client/chat-queries.ts";
import type { ConversationView } from "#lib/shared/chat/types.ts";

/** The page of a conversation, with its messages. */
export function ConversationScreen(props: { initial: ConversationView | null; initialAgents: AgentsAnswer | null }) {
  return <ChatScreen {...props} parts={conversationParts} />;
}
