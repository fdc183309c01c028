import { restoreConversation } from "#lib/server/chat/conversations.ts";
import { viewerOf } from "#lib/server/chat/viewer.ts";
import { handle } from "#lib/server/http/handle.ts";
import { idParams } from "#lib/server/http/schemas.ts";
import { getStore } from "#lib/server/store/open.ts";

export const POST = handle({
  access: "person",
  params: idParams,
  act: ({ person, params }) => restoreConversation(getStore(), viewerOf(person), params.id),
});
