import "server-only";
import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { getSession, type Person } from "#lib/server/auth/session.ts";
import { requestOrigin } from "#lib/server/http/origin.ts";
import { log } from "#lib/server/log.ts";
import { barCookie, localeCookie } from "#lib/shared/cookies.ts";
import { chooseLocale, type Locale } from "#lib/shared/messages/locale.ts";

/** Who opens a page and in which language, read once a request. Each page decides itself what they may see. */
export interface Visitor {
  person: Person | null;
  locale: Locale;
  /** The person folded the left bar on this browser. */
  barFolded: boolean;
  /** Of this page's content security policy. */
  nonce: string | undefined;
  /** The session could not be looked up: nobody is signed out by that. */
  failure: unknown;
}

export const visitor = cache(async (): Promise<Visitor> => {
  const [requestHeaders, jar] = await Promise.all([headers(), cookies()]);
  let person: Person | null = null;
  let failure: unknown = null;
  try {
    const own = new Headers(requestHeaders);
    // Under a foreign name nobody is signed in, whatever cookie came along.
    requestOrigin(own);
    const session = await getSession(own);
    person = session?.user?.id ? session.user : null;
  } catch (error) {
    log().error({ message: "A page could not look up its session.", error });
    failure = error;
  }
  return {
    person,
    locale: chooseLocale(person?.locale ?? jar.get(localeCookie)?.value, requestHeaders.get("accept-language")),
    barFolded: jar.get(barCookie)?.value === "folded",
    nonce: requestHeaders.get("x-nonce") ?? undefined,
    failure,
  };
});

/** The person who opens the page at `path`; others go to sign in and come back. Throws while sessions cannot be read. */
export async function requirePerson(path: string): Promise<Visitor & { person: Person }> {
  const { person, ...rest } = await visitor();
  if (person !== null) return { ...rest, person };
  if (rest.failure !== null) throw rest.failure;
  redirect(path === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(path)}`);
}
