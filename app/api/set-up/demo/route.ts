import { z } from "zod";
import { codeSchema } from "#lib/server/auth/fields.ts";
import { openDemo } from "#lib/server/auth/set-up.ts";
import { presentedVisit, signedIn } from "#lib/server/auth/signed-in.ts";
import { handle } from "#lib/server/http/handle.ts";
import { getStore } from "#lib/server/store/open.ts";

export const POST = handle({
  access: "public",
  body: z.strictObject({ code: codeSchema }),
  act: async ({ body, request }) => signedIn(await openDemo(getStore(), body, await presentedVisit(request))),
});
