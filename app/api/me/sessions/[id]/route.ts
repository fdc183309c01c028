import { z } from "zod";
import { sidHashSchema } from "#lib/server/auth/fields.ts";
import { endMySession } from "#lib/server/auth/me.ts";
import { handle } from "#lib/server/http/handle.ts";
import { getStore } from "#lib/server/store/open.ts";

export const DELETE = handle({
  access: "person",
  params: z.strictObject({ id: sidHashSchema }),
  act: ({ person, params }) => endMySession(getStore(), person, params.id),
});
