import { makeResetLink, shownLink } from "#lib/server/auth/invitations.ts";
import { handle } from "#lib/server/http/handle.ts";
import { idParams } from "#lib/server/http/schemas.ts";
import { getStore } from "#lib/server/store/open.ts";

export const POST = handle({
  access: "admin",
  params: idParams,
  act: async ({ person, params, origin }) => shownLink(await makeResetLink(getStore(), person, params.id), origin),
});
