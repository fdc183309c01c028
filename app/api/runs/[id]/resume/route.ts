import { chat } from "#lib/server/chat/chat.ts";
import { handle } from "#lib/server/http/handle.ts";
import { idParams } from "#lib/server/http/schemas.ts";

/** Starts a message that waits for credit. */
export const POST = handle({
  access: "person",
  params: idParams,
  rate: "send",
  act: ({ person, params }) => chat().resume(person, params.id),
});
