import { handle } from "#lib/server/http/handle.ts";
import { idParams } from "#lib/server/http/schemas.ts";
import { changeJob, jobChangeSchema, jobs, viewJob } from "#lib/server/jobs/jobs.ts";

export const GET = handle({
  access: "person",
  params: idParams,
  act: ({ person, params }) => viewJob(jobs(), person.id, params.id),
});

export const PATCH = handle({
  access: "person",
  params: idParams,
  body: jobChangeSchema,
  act: ({ person, params, body }) => changeJob(jobs(), person.id, params.id, body),
});
