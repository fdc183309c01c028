import { endedSessionCookie } from "#lib/server/auth/cookies.ts";
import { signOutEverywhere } from "#lib/server/auth/me.ts";
import { handle } from "#lib/server/http/handle.ts";
import { getStore } from "#lib/server/store/open.ts";

export const POST = handle({
  access: "person",
  async act({ person }) {
    await signOutEverywhere(getStore(), person);
    return new Response(null, { status: 204, headers: { "set-cookie": endedSessionCookie() } });
  },
});
