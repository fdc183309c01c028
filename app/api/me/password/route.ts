import { z } from "zod";
import { passwordSchema } from "#lib/server/auth/fields.ts";
import { changePassword } from "#lib/server/auth/me.ts";
import { handle } from "#lib/server/http/handle.ts";
import { getStore } from "#lib/server/store/open.ts";

export const POST = handle({
  access: "person",
  body: z.strictObject({ current: passwordSchema, next: passwordSchema }),
  act: ({ person, body, address }) => changePassword(getStore(), person, { ...body, address }),
});
