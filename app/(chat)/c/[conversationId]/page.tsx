import { requirePerson } from "#app/visitor.ts";
import { ConversationScreen } from "#components/chat/conversation-screen.tsx";
import { listAgents } from "#lib/server/agents/agents.ts";
import { viewConversation, viewQuerySchema } from "#lib/server/chat/view.ts";
import { viewerOf } from "#lib/server/chat/viewer.ts";
import { idSchema } from "#lib/server/http/schemas.ts";
import { getStore } from "#lib/server/store/open.ts";

interface PageProps {
  params: Promise<{ conversationId: string }>;
}

/** The messages come with the page. Where they cannot be read the screen asks itself and says why. */
export default async function ConversationPage({ params }: PageProps) {
  const { conversationId } = await params;
  const { person } = await requirePerson(`/c/${encodeURIComponent(conversationId)}`);
  const id = idSchema.safeParse(conversationId);
  const [initial, agents] = await Promise.all([
    id.success
      ? viewConversation(getStore(), viewerOf(person), id.data, viewQuerySchema.parse({})).catch(() => null)
      : null,
    listAgents(person).catch(() => null),
  ]);
  return <ConversationScreen initial={initial} initialAgents={agents} />;
}
