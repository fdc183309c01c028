import { api } from "#lib/client/api.ts";
import { tellSessionEnded } from "#lib/client/session-end.ts";

/** Signs in with a password; gives the address to go to, on our own origin. Throws ApiError. */
export async function signInWithPassword(given: { email: string; password: string; next: string }): Promise<string> {
  const { email, password, next } = given;
  return post("callback/credentials", { email, password, callbackUrl: next });
}

/** Leaves for the OpenID Connect provider; gives its address. With an invitation's code the identity accepts it. */
export async function signInWithOidc(given: { next: string; invite?: string; link?: boolean }): Promise<string> {
  const { next, invite, link } = given;
  return post("signin/oidc", {
    callbackUrl: next,
    ...(invite === undefined ? {} : { invite }),
    ...(link ? { link: true } : {}),
  });
}

/** Ends this session and goes to the sign-in page, with nothing of the person left in memory. */
export async function signOut(): Promise<void> {
  const url = await post("signout", { callbackUrl: "/sign-in" }).catch(() => "/sign-in");
  tellSessionEnded();
  location.replace(url);
}

async function post(action: "callback/credentials" | "signin/oidc" | "signout", fields: object): Promise<string> {
  const { csrfToken } = await api<{ csrfToken: string }>("/api/auth/csrf");
  const { url } = await api<{ url: string }>(`/api/auth/${action}`, { method: "POST", body: { ...fields, csrfToken } });
  return url;
}
