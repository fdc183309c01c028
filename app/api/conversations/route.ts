import { listQuerySchema, pageOfConversations } from "#lib/server/chat/conversations.ts";
import { viewerOf } from "#lib/server/chat/viewer.ts";
import { handle } from "#lib/server/http/handle.ts";
import { getStore } from "#lib/server/store/open.ts";

export const GET = handle({
  access: "person",
  query: listQuerySchema,
  act: ({ person, query }) => pageOfConversations(getStore(), viewerOf(person), query),
});
