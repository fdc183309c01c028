import { z } from "zod";
import { roleSchema } from "#lib/server/auth/fields.ts";
import { changePerson } from "#lib/server/auth/people.ts";
import { handle } from "#lib/server/http/handle.ts";
import { idParams } from "#lib/server/http/schemas.ts";
import { getStore } from "#lib/server/store/open.ts";

export const PATCH = handle({
  access: "admin",
  params: idParams,
  body: z.strictObject({ role: roleSchema.optional(), disabled: z.boolean().optional() }),
  act: async ({ person, params, body }) => ({ person: await changePerson(getStore(), person, params.id, body) }),
});
