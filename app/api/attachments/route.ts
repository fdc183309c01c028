import { receiveAttachment, uploadQuerySchema } from "#lib/server/chat/upload.ts";
import { handle } from "#lib/server/http/handle.ts";
import { getStore } from "#lib/server/store/open.ts";

export const POST = handle({
  access: "person",
  rate: "upload",
  body: "stream",
  query: uploadQuerySchema,
  act: ({ person, query, body, request }) =>
    receiveAttachment(getStore(), person.id, { name: query.name, headers: request.headers, body }),
});
