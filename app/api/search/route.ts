import { searchMessages, searchQuerySchema } from "#lib/server/chat/search.ts";
import { handle } from "#lib/server/http/handle.ts";
import { getStore } from "#lib/server/store/open.ts";

export const GET = handle({
  access: "person",
  rate: "search",
  query: searchQuerySchema,
  act: ({ person, query }) => searchMessages(getStore(), person.id, query),
});
