import { makeResetLink } from "#lib/server/auth/invitations.ts";
import { handle } from "#lib/server/http/handle.ts";
import { idParams } from "#lib/server/http/schemas.ts";
import { getStore } from "#lib/server/store/open.ts";

export const POST = handle({
  access: "admin",
  params: idParams,
  async act({ person, params, origin }) {
    const { path, ...link } = await makeResetLink(getStore(), person, params.id);
    return { ...link, url: origin + path };
  },
});
