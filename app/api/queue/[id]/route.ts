import { changeQueued, queuedChangeSchema, queuedDeleteSchema, removeQueued } from "#lib/server/chat/queue.ts";
import { handle } from "#lib/server/http/handle.ts";
import { idParams } from "#lib/server/http/schemas.ts";
import { getStore } from "#lib/server/store/open.ts";

export const PATCH = handle({
  access: "person",
  params: idParams,
  body: queuedChangeSchema,
  act: ({ person, params, body }) => changeQueued(getStore(), person.id, params.id, body),
});

export const DELETE = handle({
  access: "person",
  params: idParams,
  query: queuedDeleteSchema,
  act: ({ person, params, query }) => removeQueued(getStore(), person.id, params.id, query.version),
});
