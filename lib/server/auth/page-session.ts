import "server-only";
import { headers } from "next/headers";
import { getSession, type Session } from "#lib/server/auth/session.ts";
import { requestOrigin } from "#lib/server/http/origin.ts";
import { isAppError } from "#lib/shared/errors.ts";

/** The session of the page being rendered, or null; also null where the page was asked for under a foreign host. */
export async function getSessionFromCookies(): Promise<Session | null> {
  const from = await headers();
  try {
    requestOrigin(from);
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
  const session = await getSession(from);
  return session?.user?.id ? session : null;
}
