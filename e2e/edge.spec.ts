import { expect, test } from "@playwright/test";
import { guarded, named, routes, treatBadly, writing } from "#e2e/support/edge.ts";
import { expectRefusal, type RawAnswer, type RawRequest } from "#e2e/support/raw-http.ts";
import { addressOf, ghostId, routesInSource } from "#e2e/support/routes.ts";

/** Who may reach a route at all, and from where. */

const edge = treatBadly();

test("every route of the source is described, and nothing else", () => {
  expect(routesInSource()).toEqual(routes.map(({ name }) => name).sort());
  expect(routes.filter(({ access }) => access === "public").map(({ name }) => name)).toEqual([
    "GET /api/auth/[...nextauth]",
    "POST /api/auth/[...nextauth]",
    "GET /api/health/live",
    "GET /api/health/ready",
    "GET /api/invitations/[code]",
    "POST /api/invitations/[code]",
    "GET /api/set-up",
    "POST /api/set-up",
    "POST /api/set-up/demo",
  ]);
});

test("without a session every route but the public ones answers 401", async () => {
  for (const route of guarded.filter(({ access }) => access !== "public")) {
    await edge.refused(route, {}, 401, ["unauthenticated"]);
  }
});

test("nothing but a session of ours stands in for one", async () => {
  const unsigned = `${segment({ alg: "none" })}.${segment({ sid: "x", sub: ghostId, exp: 4_000_000_000 })}.`;
  const cookies = ["", " ", "null", "undefined", unsigned, `${unsigned}.`, "a.b.c.d.e", "e".repeat(5000), "%", "💥"];
  const strange: Record<string, string>[] = [
    ...cookies.map((value) => ({ cookie: `breakwater.session=${encodeURI(value)}` })),
    { cookie: `next-auth.session-token=${unsigned}; __Secure-breakwater.session=${unsigned}` },
    { authorization: `Bearer ${unsigned}` },
    { authorization: `Basic ${Buffer.from("ada@example.org:a long enough passphrase").toString("base64")}` },
    { "x-user-id": ghostId, "x-forwarded-user": "ada@example.org", "remote-user": "ada@example.org" },
    { "x-middleware-subrequest": Array(6).fill("proxy").join(":"), "x-nonce": "x" },
    { "x-middleware-subrequest": Array(6).fill("src/middleware").join(":") },
    { "x-invoke-path": "/api/health/live", "x-matched-path": "/api/health/live", "x-now-route-matches": "1=x" },
    { "next-router-prefetch": "1", "next-router-segment-prefetch": "/_tree", purpose: "prefetch" },
    { "x-rewrite-url": "/api/health/live", "x-original-url": "/api/health/live", "x-http-method-override": "GET" },
  ];
  for (const headers of strange) {
    for (const name of ["GET /api/me", "POST /api/chat", "GET /api/people", "GET /api/runs/[id]/events"]) {
      await edge.refused(named(name), { headers }, 401, ["unauthenticated"]);
    }
    const page = await edge.send({ method: "GET", path: "/settings", headers });
    expect(page.status, JSON.stringify(headers)).toBe(307);
  }
});

test("a question that Next answers by itself, before any handler, is answered with nothing", async () => {
  for (const name of ["GET /api/me", "POST /api/chat", "GET /api/people", "GET /api/conversations/[id]"]) {
    const { method } = named(name);
    const request = { method, path: addressOf(named(name)), headers: { "x-middleware-prefetch": "1" } };
    for (const person of [undefined, edge.admin()]) expect((await edge.send({ ...request, person })).text).toBe("{}");
  }
});

test("a member gets 403 from every route for admins", async () => {
  const person = edge.member();
  for (const route of guarded.filter(({ access }) => access === "admin")) {
    await edge.refused(route, { person }, 403, ["forbidden"]);
  }
});

test("what another site may have caused is refused, whoever is signed in", async () => {
  const { port } = new URL(edge.url());
  const foreign: Record<string, string | null>[] = [
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: "" },
    { origin: `${edge.url()}.evil.example` },
    { origin: `${edge.url()}/` },
    { origin: `https://127.0.0.1:${port}` },
    { origin: `http://localhost:${port}` },
    { origin: "http://127.0.0.1:1" },
    { origin: null },
    { origin: null, "sec-fetch-site": "cross-site" },
    { origin: null, "sec-fetch-site": "same-site" },
    { origin: null, "sec-fetch-site": "none", referer: `${edge.url()}/` },
    { origin: "https://evil.example", "sec-fetch-site": "same-origin" },
  ];
  for (const route of writing) {
    for (const headers of foreign)
      await edge.refused(route, { person: edge.admin(), headers }, 403, ["foreign_origin"]);
  }
  const preflight = await edge.send({
    method: "OPTIONS",
    path: "/api/me",
    headers: { origin: "https://evil.example" },
  });
  expect(Object.keys(preflight.headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
});

test("a host that is not ours is refused before anything else", async () => {
  const hosts = [
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example:3000",
    "0.0.0.0",
    "[::ffff:127.0.0.1]",
    "2130706433",
  ];
  for (const route of guarded) {
    for (const host of hosts) {
      await edge.refused(route, { person: edge.admin(), headers: { host, origin: `http://${host}` } }, 421, [
        "host_refused",
      ]);
    }
  }
  // Nobody declared a proxy here, so what such a header says counts for nothing.
  const headers = { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https", forwarded: "host=evil.example" };
  const answer = await edge.send({ method: "GET", path: "/api/me", person: edge.admin(), headers });
  expect(answer.status).toBe(200);
  const page = await edge.send({
    method: "GET",
    path: "/settings/general",
    person: edge.admin(),
    headers: { host: "evil.example" },
  });
  expect(page.text).not.toContain("ada@example.org");
});

test("an address that is none of ours is refused in the same shape, and a method that is none does nothing", async () => {
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
    for (const path of [
      "/api",
      "/api/nothing",
      "/api/me/nothing",
      "/api/conversations/x/y/z",
      "/api/health",
      "/api/%5b%5d",
    ]) {
      expectRefusal(await edge.send({ method, path, person: edge.admin() }), 404, ["not_found"], `${method} ${path}`);
    }
  }
  for (const [method, path] of [
    ["PUT", "/api/me"],
    ["DELETE", "/api/people"],
    ["POST", "/api/agents"],
    ["PATCH", "/api/chat"],
  ] as const) {
    expect((await edge.send({ method, path, person: edge.admin(), body: "{}" })).status).toBe(405);
  }
});

test("whoever asks faster than a rate allows is told when to come back, and nobody else notices", async () => {
  const bursts: [name: string, what: Pick<RawRequest, "path" | "body">, signedIn?: false][] = [
    ["GET /api/me", { path: "/api/me" }],
    ["PATCH /api/me", { path: "/api/me", body: "[]" }],
    ["POST /api/chat", { path: "/api/chat", body: "[]" }],
    ["POST /api/attachments", { path: "/api/attachments", body: "[]" }],
    ["GET /api/search", { path: "/api/search?q=nothing" }],
    ["PUT /api/connections", { path: "/api/connections", body: "[]" }],
    ["POST /api/set-up", { path: "/api/set-up", body: "[]" }, false],
  ];
  for (const [name, what, signedIn] of bursts) {
    const route = named(name);
    const request = { method: route.method, ...what };
    const person = signedIn === false ? undefined : edge.personFor(route);
    const answer = await firstLimited({ ...request, person });
    const { retryAfterSeconds } = expectRefusal(answer, 429, ["rate_limited"], name);
    expect(answer.headers["retry-after"]).toBe(String(retryAfterSeconds));
    expect(retryAfterSeconds, name).toBeGreaterThanOrEqual(1);
    expect(retryAfterSeconds, name).toBeLessThanOrEqual(300);
    expect((await edge.send({ ...request, person: edge.admin() })).status, `${name} of another person`).not.toBe(429);
  }
});

async function firstLimited(request: RawRequest): Promise<RawAnswer> {
  for (let batch = 0; batch < 100; batch += 1) {
    const answers = await Promise.all(Array.from({ length: 20 }, () => edge.send(request)));
    const limited = answers.find(({ status }) => status === 429);
    if (limited !== undefined) return limited;
  }
  throw new Error(`Two thousand requests to ${request.path} met no limit.`);
}

function segment(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
