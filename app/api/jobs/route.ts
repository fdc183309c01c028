import { handle } from "#lib/server/http/handle.ts";
import { jobs, jobsQuerySchema, pageOfJobs } from "#lib/server/jobs/jobs.ts";

export const GET = handle({
  access: "person",
  query: jobsQuerySchema,
  act: ({ person, query }) => pageOfJobs(jobs(), person.id, query),
});
