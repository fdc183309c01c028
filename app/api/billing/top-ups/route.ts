import { topUp, topUpSchema } from "#lib/server/billing/top-up.ts";
import { handle } from "#lib/server/http/handle.ts";
import { jobs } from "#lib/server/jobs/jobs.ts";

export const POST = handle({
  access: "person",
  body: topUpSchema,
  act: ({ person, body }) => topUp(jobs(), person, body),
});
