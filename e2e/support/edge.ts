import { expect, test } from "@playwright/test";
import { expectRefusal, type RawAnswer, type RawRequest, rawRequest } from "#e2e/support/raw-http.ts";
import { addressOf, describedRoutes, type Route } from "#e2e/support/routes.ts";
import { digestOfStore } from "#e2e/support/stored.ts";
import { someone } from "#e2e/support/test.ts";
import { startWithStub, type WithStub } from "#e2e/support/with-stub.ts";
import { firstMessage } from "#scripts/support/messages.ts";
import { type HttpPerson, invitePerson } from "#scripts/support/person.ts";

export const routes = describedRoutes();
export const guarded = routes.filter(({ bare }) => !bare);
export const writing = guarded.filter(({ method }) => method !== "GET");

export function named(name: string): Route {
  const found = routes.find((route) => route.name === name);
  if (found === undefined) throw new Error(`${name} is not described.`);
  return found;
}

export interface Edge {
  url(): string;
  admin(): HttpPerson;
  member(): HttpPerson;
  /** Somebody who may ask this route. Several share the work: the rates would stop one who writes as much as this. */
  personFor(route: Route): HttpPerson;
  send(request: RawRequest): Promise<RawAnswer>;
  /** Sends a request to a route that must be refused. */
  refused(route: Route, wanted: Partial<RawRequest>, status: number, codes: string[], what?: string): Promise<void>;
}

const crowd = { member: 6, admin: 3 };

/** A server of a file's own that is treated badly: after each test nothing is changed, and it lives without complaint. */
export function treatBadly(): Edge {
  let server: WithStub;
  let before: Record<string, string[]>;
  const people: Record<"member" | "admin", HttpPerson[]> = { member: [], admin: [] };

  test.beforeAll(async () => {
    test.setTimeout(120_000);
    server = await startWithStub();
    for (const role of ["member", "admin"] as const) {
      for (let count = 0; count < crowd[role]; count += 1) {
        people[role].push(await invitePerson(server.admin, someone(), { role }));
      }
    }
    for await (const event of pick("member", 0).send(firstMessage("[[n=3]]"))) if (event.type === "end") break;
    before = digestOfStore(server.dataDir);
  });

  test.afterAll(() => server.dispose());

  test.beforeEach(() => test.setTimeout(120_000));

  test.afterEach(async () => {
    expect(digestOfStore(server.dataDir), "what is stored").toEqual(before);
    expect((await fetch(`${server.url}/api/health/live`)).status).toBe(200);
    expect(server.child.exitCode).toBeNull();
    expect(server.output()).not.toMatch(/"code":"internal"|unhandled|uncaught|TypeError|RangeError/i);
  });

  function pick(role: "member" | "admin", index: number): HttpPerson {
    const person = people[role][index % crowd[role]];
    if (person === undefined) throw new Error("There is nobody yet.");
    return person;
  }

  async function send(request: RawRequest): Promise<RawAnswer> {
    return await rawRequest(server.url, request);
  }

  return {
    url: () => server.url,
    admin: () => server.admin,
    member: () => pick("member", 0),
    personFor: (route) => pick(route.access === "admin" ? "admin" : "member", routes.indexOf(route)),
    send,
    async refused(route, wanted, status, codes, what) {
      const answer = await send({ method: route.method, path: addressOf(route), ...wanted });
      const detail = what ?? JSON.stringify(wanted.headers ?? wanted.body ?? "").slice(0, 200);
      expectRefusal(answer, status, codes, `${route.name} ${detail}`);
    },
  };
}
