import { handle } from "#lib/server/http/handle.ts";
import { jobs } from "#lib/server/jobs/jobs.ts";
import { connectOpenMarlin, connectSchema } from "#lib/server/openmarlin/connect.ts";

export const POST = handle({
  access: "person",
  body: connectSchema,
  act: ({ person, body }) => connectOpenMarlin(jobs(), person, body.requestId),
});
