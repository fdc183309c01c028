import { z } from "zod";
import { codeSchema, emailSchema, nameSchema, passwordSchema } from "#lib/server/auth/fields.ts";
import { createFirstAdmin, setUpState } from "#lib/server/auth/set-up.ts";
import { presentedVisit, signedIn } from "#lib/server/auth/signed-in.ts";
import { handle } from "#lib/server/http/handle.ts";
import { getStore } from "#lib/server/store/open.ts";

export const GET = handle({ access: "public", act: () => setUpState(getStore()) });

export const POST = handle({
  access: "public",
  body: z.strictObject({ code: codeSchema, name: nameSchema, email: emailSchema, password: passwordSchema }),
  act: async ({ body, request }) => signedIn(await createFirstAdmin(getStore(), body, await presentedVisit(request))),
});
