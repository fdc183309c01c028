import { exportConversation, exportQuerySchema } from "#lib/server/chat/export.ts";
import { handle } from "#lib/server/http/handle.ts";
import { idParams } from "#lib/server/http/schemas.ts";
import { getStore } from "#lib/server/store/open.ts";

export const GET = handle({
  access: "person",
  params: idParams,
  query: exportQuerySchema,
  act: ({ person, params, query, request }) =>
    exportConversation(getStore(), person, params.id, query.format, request.headers),
});
