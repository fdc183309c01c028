import { z } from "zod";
import { emailSchema, roleSchema } from "#lib/server/auth/fields.ts";
import { invite, shownLink } from "#lib/server/auth/invitations.ts";
import { handle } from "#lib/server/http/handle.ts";
import { getStore } from "#lib/server/store/open.ts";

export const POST = handle({
  access: "admin",
  body: z.strictObject({ role: roleSchema.default("member"), email: emailSchema.nullable().default(null) }),
  act: async ({ person, body, origin }) => shownLink(await invite(getStore(), person, body), origin),
});
