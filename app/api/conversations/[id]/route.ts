import { changeConversation, changeSchema } from "#lib/server/chat/change-conversation.ts";
import { chat } from "#lib/server/chat/chat.ts";
import { deleteConversation } from "#lib/server/chat/conversations.ts";
import { viewConversation, viewQuerySchema } from "#lib/server/chat/view.ts";
import { viewerOf } from "#lib/server/chat/viewer.ts";
import { handle } from "#lib/server/http/handle.ts";
import { idParams } from "#lib/server/http/schemas.ts";
import { getStore } from "#lib/server/store/open.ts";

export const GET = handle({
  access: "person",
  params: idParams,
  query: viewQuerySchema,
  act: ({ person, params, query }) => viewConversation(getStore(), viewerOf(person), params.id, query),
});

export const PATCH = handle({
  access: "person",
  params: idParams,
  body: changeSchema,
  act: ({ person, params, body }) =>
    changeConversation(getStore(), viewerOf(person), params.id, body, (id) =>
      chat().engine.startNextQueued(person, id),
    ),
});

export const DELETE = handle({
  access: "person",
  params: idParams,
  act: ({ person, params }) => deleteConversation(getStore(), viewerOf(person), params.id, chat()),
});
