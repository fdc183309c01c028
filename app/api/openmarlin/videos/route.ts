import { handle } from "#lib/server/http/handle.ts";
import { jobs } from "#lib/server/jobs/jobs.ts";
import { videoRequestSchema } from "#lib/server/openmarlin/schemas.ts";
import { makeVideo } from "#lib/server/openmarlin/videos.ts";

export const POST = handle({
  access: "person",
  body: videoRequestSchema,
  act: ({ person, body }) => makeVideo(jobs(), person, body),
});
