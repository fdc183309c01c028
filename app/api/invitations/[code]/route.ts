import { z } from "zod";
import { codeSchema, emailSchema, nameSchema, passwordSchema } from "#lib/server/auth/fields.ts";
import { acceptLink, describeLink } from "#lib/server/auth/invitations.ts";
import { presentedVisit, signedIn } from "#lib/server/auth/signed-in.ts";
import { handle } from "#lib/server/http/handle.ts";
import { getStore } from "#lib/server/store/open.ts";

const params = z.strictObject({ code: codeSchema });

export const GET = handle({
  access: "public",
  params,
  act: ({ params: { code } }) => describeLink(getStore(), code),
});

export const POST = handle({
  access: "public",
  params,
  body: z.strictObject({ name: nameSchema.optional(), email: emailSchema.optional(), password: passwordSchema }),
  act: async ({ params: { code }, body, request }) =>
    signedIn(await acceptLink(getStore(), code, body, await presentedVisit(request))),
});
