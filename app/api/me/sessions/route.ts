import { mySessions } from "#lib/server/auth/me.ts";
import { handle } from "#lib/server/http/handle.ts";
import { getStore } from "#lib/server/store/open.ts";

export const GET = handle({
  access: "person",
  act: async ({ person }) => ({ sessions: await mySessions(getStore(), person) }),
});
