import { usagePage, usageQuerySchema } from "#lib/server/billing/history.ts";
import { handle } from "#lib/server/http/handle.ts";
import { getStore } from "#lib/server/store/open.ts";

export const GET = handle({
  access: "person",
  query: usageQuerySchema,
  act: ({ person, query }) => usagePage(getStore(), person, query),
});
