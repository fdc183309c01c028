import { chat } from "#lib/server/chat/chat.ts";
import { handle } from "#lib/server/http/handle.ts";
import { idParams } from "#lib/server/http/schemas.ts";

export const POST = handle({
  access: "person",
  params: idParams,
  act: ({ person, params }) => chat().stop(person.id, params.id),
});
