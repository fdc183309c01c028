import { handle } from "#lib/server/http/handle.ts";
import { idParams } from "#lib/server/http/schemas.ts";
import { jobs } from "#lib/server/jobs/jobs.ts";
import { artifactQuerySchema, serveArtifact } from "#lib/server/openmarlin/artifact.ts";

/** The bytes of a video, or the range of them that the player asks for. */
export const GET = handle({
  access: "person",
  params: idParams,
  query: artifactQuerySchema,
  act: ({ person, params, query, request }) =>
    serveArtifact(jobs(), person, params.id, {
      range: request.headers.get("range"),
      asFile: query.download !== undefined,
    }),
});
