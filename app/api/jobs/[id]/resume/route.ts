import { handle } from "#lib/server/http/handle.ts";
import { idParams } from "#lib/server/http/schemas.ts";
import { jobs, resumeJob } from "#lib/server/jobs/jobs.ts";

export const POST = handle({
  access: "person",
  params: idParams,
  act: ({ person, params }) => resumeJob(jobs(), person.id, params.id),
});
