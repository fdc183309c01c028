import { expect, test } from "@playwright/test";
import { guarded, named, treatBadly, writing } from "#e2e/support/edge.ts";
import { type OddBody, oddBodies } from "#e2e/support/odd-bodies.ts";
import { expectRefusal } from "#e2e/support/raw-http.ts";
import { addressOf, ghostId } from "#e2e/support/routes.ts";

/** What routes do with bodies, queries and ids that make no sense: one shape of refusal, and nothing happens. */

const edge = treatBadly();
const takingJson = writing.filter(({ body }) => body !== undefined);

test("a body that is not JSON in UTF-8, or not said to be, is refused", async () => {
  const types = [
    null,
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "text/json",
  ];
  const broken = ["{", "{'a':1}", '{"a":1,}', "\u0000", "NaN", '{"a":1}{"b":2}', "\ufeff{", " "];
  const bytes = [
    Buffer.from([0x22, 0xff, 0x22]),
    Buffer.from([0x7b, 0x22, 0xc3, 0x22, 0x7d]),
    Buffer.from("\ufeff{}", "utf16le"),
  ];
  for (const route of writing.filter(({ takes }) => takes !== "image")) {
    const person = edge.personFor(route);
    // The one route for plain forms of the sign-in page.
    const isForm = (type: string | null) => route.takes === "form" && type === "application/x-www-form-urlencoded";
    for (const type of types.filter((one) => !isForm(one))) {
      await edge.refused(route, { person, headers: { "content-type": type }, body: '{"a":1}' }, 415, [
        "unsupported_media_type",
      ]);
    }
    for (const body of [...broken, ...bytes]) await edge.refused(route, { person, body }, 400, ["bad_request"]);
  }
});

test("a body with a key more, a wrong type or a wrong shape is refused", async () => {
  for (const route of writing.filter(({ takes }) => takes !== "image")) {
    const person = edge.personFor(route);
    const bodies: OddBody[] = route.body === undefined ? nothingButNothing : [...oddBodies(route.body)];
    for (const [what, body] of bodies) await edge.refused(route, { person, body }, 422, ["invalid_input"], what);
  }
});

test("a query with a key more or a wrong value is refused", async () => {
  for (const route of guarded) {
    const person = edge.personFor(route);
    for (const query of route.refusedQueries ?? []) {
      await edge.refused(route, { person, path: `${addressOf(route)}?${query}` }, 422, ["invalid_input"]);
    }
  }
});

test("a body beyond the limit is refused, declared or not", async () => {
  const tooLong = `{"text":"${"x".repeat(1_048_576)}"}`;
  for (const route of [...takingJson, named("POST /api/me/sign-out-everywhere")]) {
    const person = edge.personFor(route);
    await edge.refused(route, { person, body: tooLong }, 413, ["too_large"]);
    await edge.refused(route, { person, body: tooLong, chunked: true }, 413, ["too_large"]);
    // Nothing is waited for that would be refused anyway.
    await edge.refused(route, { person, body: "{", headers: { "content-length": "9000000000" } }, 413, ["too_large"]);
  }
});

test("an image beyond the limit, of another kind or broken off leaves nothing behind", async () => {
  const route = named("POST /api/attachments");
  const person = edge.member();
  const png = Buffer.concat([Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"), Buffer.alloc(11 * 1_048_576)]);
  const headers = { "content-type": "image/png" };
  await edge.refused(route, { person, headers, body: png }, 413, ["too_large"]);
  await edge.refused(route, { person, headers, body: png, chunked: true }, 413, ["too_large"]);
  for (const type of ["text/html", "image/svg+xml", "application/json", "multipart/form-data; boundary=x", null]) {
    await edge.refused(route, { person, headers: { "content-type": type }, body: "<svg onload='alert(1)'/>" }, 415, [
      "unsupported_media_type",
    ]);
  }
  for (const body of ["<svg/>", "GIF", "%PDF-1.7", "\u0000".repeat(100)]) {
    await edge.refused(route, { person, headers: { "content-type": "application/octet-stream" }, body }, 415, [
      "unsupported_media_type",
    ]);
  }
  await edge.refused(route, { person, headers, body: "" }, 400, ["bad_request"]);
});

test("an odd id names nothing", async () => {
  const odd = [
    "%00",
    "..%2f..%2fme",
    "%2e%2e%2fme",
    "..%5c..",
    "null",
    "undefined",
    "__proto__",
    "constructor",
    "-1",
    "1e9",
    "%20",
  ];
  const ids = [
    ...odd,
    ghostId.toUpperCase(),
    `${ghostId}%0a`,
    `${ghostId}.json`,
    `%E2%80%AE${ghostId}`,
    "a".repeat(6000),
    "'%20or%20'1'='1",
  ];
  for (const route of guarded.filter(({ pattern }) => /\[(id|scope|code)\]/.test(pattern))) {
    const person = edge.personFor(route);
    const body = route.body === undefined ? {} : { body: JSON.stringify(route.body) };
    // Some of these look like a one-time code, which then was never given to anybody.
    const [statuses, codes] = route.pattern.includes("[code]")
      ? [
          [404, 410],
          ["not_found", "code_invalid"],
        ]
      : [[404], ["not_found"]];
    for (const id of ids) {
      const answer = await edge.send({
        method: route.method,
        path: addressOf(route, id),
        person,
        ...body,
      });
      expect(statuses, `${route.name} ${id.slice(0, 60)}: ${answer.text}`).toContain(answer.status);
      expectRefusal(answer, answer.status, codes, `${route.name} ${id.slice(0, 60)}`);
    }
  }
});

test("an address that cannot be decoded reaches no route and tells nothing", async () => {
  for (const path of ["/api/conversations/%ff", "/api/invitations/%zz", "/api/drafts/%c3%28", "/invite/%ff", "/%"]) {
    for (const method of ["GET", "DELETE"]) {
      const answer = await edge.send({ method, path, person: edge.member() });
      expect(answer.status, path).toBeGreaterThanOrEqual(400);
      expect(answer.text, path).not.toMatch(/\n\s+at |node_modules|\.js:/);
    }
  }
});

const nothingButNothing: OddBody[] = [
  ["an unknown key", '{"id":"1"}'],
  ["a prototype", '{"__proto__":{}}'],
  ["an array", "[]"],
  ["null", "null"],
];
