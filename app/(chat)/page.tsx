import type { Metadata } from "next";
import { requirePerson } from "#app/visitor.ts";
import { NewChatScreen } from "#components/chat/new-chat-screen.tsx";
import { listAgents } from "#lib/server/agents/agents.ts";
import { getText } from "#lib/shared/messages/messages.ts";

export async function generateMetadata(): Promise<Metadata> {
  const { locale } = await requirePerson("/");
  return { title: getText(locale)("chat.newChat") };
}

export default async function NewChatPage() {
  const { person } = await requirePerson("/");
  const agents = await listAgents(person).catch(() => null);
  return <NewChatScreen initialAgents={agents} />;
}
