import { z } from "zod";
import { answerAuthGet, answerAuthPost } from "#lib/server/auth/auth-routes.ts";
import { handle } from "#lib/server/http/handle.ts";

const params = z.object({ nextauth: z.array(z.string().max(40)).min(1).max(2) });

export const GET = handle({
  access: "public",
  params,
  act: ({ request, origin, params: { nextauth } }) => answerAuthGet({ request, origin, path: nextauth }),
});

export const POST = handle({
  access: "public",
  params,
  // A form or JSON: read where the fields are known.
  body: "stream",
  act: ({ request, origin, params: { nextauth } }) => answerAuthPost({ request, origin, path: nextauth }),
});
