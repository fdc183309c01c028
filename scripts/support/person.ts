import type { ChatEvent } from "#lib/shared/chat/events.ts";
import type { SendRequest } from "#lib/shared/chat/types.ts";
import type { RunningBreakwater } from "#scripts/support/breakwater.ts";

export interface Credentials {
  name: string;
  email: string;
  password: string;
}

/** Somebody who uses Breakwater over HTTP as a browser would: cookies, same origin, JSON. */
export class HttpPerson {
  readonly origin: string;
  readonly cookies = new Map<string, string>();
  /** Told to the server as the client's address; counts only with TRUST_PROXY. */
  readonly address: string | undefined;

  constructor(origin: string, address?: string) {
    this.origin = origin;
    this.address = address;
  }

  /** The same person at the same server, listening elsewhere now. */
  at(origin: string): HttpPerson {
    const person = new HttpPerson(origin, this.address);
    for (const [name, value] of this.cookies) person.cookies.set(name, value);
    return person;
  }

  async request(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
    const response = await fetch(`${this.origin}${path}`, {
      method,
      redirect: "manual",
      headers: this.headers(body instanceof URLSearchParams ? "application/x-www-form-urlencoded" : "application/json"),
      ...(body === undefined ? {} : { body: body instanceof URLSearchParams ? body.toString() : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    this.keepCookies(response);
    return response;
  }

  headers(contentType: string): Record<string, string> {
    return {
      "content-type": contentType,
      origin: this.origin,
      cookie: this.cookieHeader(),
      ...(this.address === undefined ? {} : { "x-forwarded-for": this.address }),
    };
  }

  /** A request that must succeed; resolves with its JSON. The caller names the shape that the route promises. */
  async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.request(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  async signIn({ email, password }: Pick<Credentials, "email" | "password">): Promise<void> {
    const { csrfToken } = await this.json<{ csrfToken: string }>("GET", "/api/auth/csrf");
    const form = new URLSearchParams({ csrfToken, email, password, json: "true" });
    const response = await this.request("POST", "/api/auth/callback/credentials", form);
    await response.arrayBuffer();
    const me = await this.request("GET", "/api/me");
    await me.arrayBuffer();
    if (!me.ok) throw new Error(`Signing in as ${email} did not work: ${response.status}, then ${me.status}.`);
  }

  /** Sends a message and yields the events of its stream. */
  async *send(request: SendRequest, signal?: AbortSignal): AsyncGenerator<ChatEvent> {
    const response = await this.request("POST", "/api/chat", request, signal);
    if (!response.ok || response.body === null) {
      throw new Error(`POST /api/chat answered ${response.status}: ${(await response.text()).slice(0, 500)}`);
    }
    yield* readEvents(response.body);
  }

  cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  private keepCookies(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const equals = pair.indexOf("=");
      const value = pair.slice(equals + 1);
      if (value === "" || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) this.cookies.delete(pair.slice(0, equals));
      else this.cookies.set(pair.slice(0, equals), value);
    }
  }
}

/** The events of a stream of ours. Each `data` line is one whole event. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ChatEvent> {
  const decoder = new TextDecoder();
  let held = "";
  for await (const bytes of body) {
    held += decoder.decode(bytes, { stream: true });
    for (let end = held.indexOf("\n\n"); end !== -1; end = held.indexOf("\n\n")) {
      const data = held
        .slice(0, end)
        .split("\n")
        .find((line) => line.startsWith("data: "));
      held = held.slice(end + 2);
      // Our own server made it, by the type of the same name.
      if (data !== undefined) yield JSON.parse(data.slice("data: ".length)) as ChatEvent;
    }
  }
}

export const adminCredentials: Credentials = {
  name: "Ada Admin",
  email: "ada@example.org",
  password: "a long enough passphrase",
};

/** The first admin, made with the printed code as the set-up page does it, signed in. */
export async function setUpAdmin(
  server: RunningBreakwater,
  credentials = adminCredentials,
  address?: string,
): Promise<HttpPerson> {
  const admin = new HttpPerson(server.url, address);
  await admin.json("POST", "/api/set-up", { code: server.setUpCode, ...credentials });
  await admin.signIn(credentials);
  return admin;
}

/** Another person, invited by an admin and signed in. */
export async function invitePerson(
  admin: HttpPerson,
  credentials: Credentials,
  options: { role?: "admin" | "member"; address?: string } = {},
): Promise<HttpPerson> {
  const invitation = await admin.json<{ code?: string; url?: string }>("POST", "/api/people/invitations", {
    role: options.role ?? "member",
    email: credentials.email,
  });
  const code = invitation.code ?? invitation.url?.split("/").at(-1) ?? "";
  const person = new HttpPerson(admin.origin, options.address);
  await person.json("POST", `/api/invitations/${code}`, credentials);
  await person.signIn(credentials);
  return person;
}
