import { randomBytes } from "node:crypto";
import { type BrowserContext, test as base, type ConsoleMessage, expect, type Page } from "@playwright/test";
import { type SharedServer, sharedServer } from "#e2e/support/shared-server.ts";
import { type RunningBreakwater, startBreakwater } from "#scripts/support/breakwater.ts";
import { type Credentials, HttpPerson, invitePerson } from "#scripts/support/person.ts";

export { expect } from "@playwright/test";

interface Fixtures {
  /** What the console may say in this test beside nothing. */
  allowedConsole: RegExp[];
  server: SharedServer;
  /** A server of this test's own that nobody has set up. Name it before the pages that visit it. */
  fresh: RunningBreakwater;
  /** The first admin, over HTTP. */
  admin: HttpPerson;
  /** Somebody invited for this test alone, over HTTP; `page` is signed in as the same person. */
  person: HttpPerson;
  credentials: Credentials;
  /** A page of the first admin. */
  adminPage: Page;
  /** A page where nobody is signed in. */
  strangerPage: Page;
  /** Another browser of somebody. */
  openAs(person: HttpPerson): Promise<Page>;
}

/** Every page fails its test on a console error, an uncaught error, or a request to another origin. */
export const test = base.extend<Fixtures>({
  allowedConsole: [[], { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of a fixture's needs from its pattern.
  server: async ({}, use) => await use(sharedServer()),
  // biome-ignore lint/correctness/noEmptyPattern: as above.
  fresh: async ({}, use) => {
    const fresh = await startBreakwater();
    await use(fresh);
    await fresh.dispose();
  },
  baseURL: async ({ server }, use) => await use(server.url),
  admin: async ({ server }, use) => await use(personWith(server.url, server.adminCookies)),
  // biome-ignore lint/correctness/noEmptyPattern: as above.
  credentials: async ({}, use) => await use(someone()),
  person: async ({ admin, credentials }, use) => await use(await invitePerson(admin, credentials)),
  openAs: async ({ browser, allowedConsole, baseURL }, use) => {
    const contexts: BrowserContext[] = [];
    const complaints: string[] = [];
    await use(async (person) => {
      const context = await browser.newContext({ baseURL: baseURL ?? "" });
      contexts.push(context);
      await signInto(context, person);
      watch(context, person.origin, allowedConsole, complaints);
      return await context.newPage();
    });
    for (const context of contexts) await context.close();
    expect(complaints).toEqual([]);
  },
  page: async ({ page, context, person, allowedConsole }, use) => {
    const complaints: string[] = [];
    watch(context, person.origin, allowedConsole, complaints);
    await signInto(context, person);
    await use(page);
    expect(complaints).toEqual([]);
  },
  adminPage: async ({ admin, openAs }, use) => await use(await openAs(admin)),
  strangerPage: async ({ server, openAs }, use) => await use(await openAs(new HttpPerson(server.url))),
});

export function someone(name = "Robin Reader"): Credentials {
  const unique = randomBytes(6).toString("hex");
  return { name, email: `${unique}@example.org`, password: `pass phrase ${unique}` };
}

/** Signs a browser in as somebody who is signed in over HTTP. */
export async function signInto(context: BrowserContext, person: HttpPerson): Promise<void> {
  if (person.cookies.size === 0) return;
  await context.addCookies([...person.cookies].map(([name, value]) => ({ name, value, url: person.origin })));
}

function personWith(url: string, cookies: [string, string][]): HttpPerson {
  const person = new HttpPerson(url);
  for (const [name, value] of cookies) person.cookies.set(name, value);
  return person;
}

function watch(context: BrowserContext, origin: string, allowed: RegExp[], complaints: string[]): void {
  context.on("console", (message: ConsoleMessage) => {
    const text = `${message.text()} (${message.location().url})`;
    if (message.type() === "error" && !allowed.some((pattern) => pattern.test(text)))
      complaints.push(`console: ${text}`);
  });
  context.on("weberror", (error) => complaints.push(`uncaught: ${error.error().stack ?? error.error().message}`));
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(data|blob|about):/.test(url)) complaints.push(`request to ${url}`);
  });
}
