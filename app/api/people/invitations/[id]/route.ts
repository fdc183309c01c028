import { withdrawInvitation } from "#lib/server/auth/invitations.ts";
import { handle } from "#lib/server/http/handle.ts";
import { idParams } from "#lib/server/http/schemas.ts";
import { getStore } from "#lib/server/store/open.ts";

export const DELETE = handle({
  access: "admin",
  params: idParams,
  act: ({ person, params }) => withdrawInvitation(getStore(), person, params.id),
});
