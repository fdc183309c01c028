import { ledgerAnswer, ledgerQuerySchema } from "#lib/server/billing/history.ts";
import { handle } from "#lib/server/http/handle.ts";
import { getStore } from "#lib/server/store/open.ts";

/** A page of JSON, or with `format=csv` all of it as a file. */
export const GET = handle({
  access: "person",
  query: ledgerQuerySchema,
  act: ({ person, query }) => ledgerAnswer(getStore(), person, query),
});
