import { removeAttachment, serveAttachment } from "#lib/server/chat/attachments.ts";
import { handle } from "#lib/server/http/handle.ts";
import { idParams } from "#lib/server/http/schemas.ts";
import { getStore } from "#lib/server/store/open.ts";

export const GET = handle({
  access: "person",
  params: idParams,
  act: ({ person, params }) => serveAttachment(getStore(), person.id, params.id),
});

export const DELETE = handle({
  access: "person",
  params: idParams,
  act: ({ person, params }) => removeAttachment(getStore(), person.id, params.id),
});
