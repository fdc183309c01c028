import { chat } from "#lib/server/chat/chat.ts";
import { handle } from "#lib/server/http/handle.ts";
import { idParams } from "#lib/server/http/schemas.ts";

export const GET = handle({
  access: "person",
  params: idParams,
  act({ person, params, request }) {
    const after = Number(request.headers.get("last-event-id") ?? Number.NaN);
    return chat().follow(person, params.id, Number.isSafeInteger(after) ? after : undefined);
  },
});
