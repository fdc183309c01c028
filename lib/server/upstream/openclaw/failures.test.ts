import { createServer } from "node:http";
import { describe, expect, test } from "vitest";
import { parseRetryAfter } from "#lib/server/upstream/openclaw/failures.ts";
import { chatWith, connectTo, gateway, listen, piece, role, writes } from "#lib/server/upstream/openclaw/testing.ts";
import { isAppError } from "#lib/shared/errors.ts";

const error = (message: string, type: string) => JSON.stringify({ error: { message, type } });

describe("a refusal by status has the code of whoever refused", () => {
  const several =
    "Multiple agents are configured, but this operation has no explicit owner. Select an agent explicitly; …";
  const scope = JSON.stringify({
    ok: false,
    error: { type: "forbidden", message: "missing scope: operator.admin", details: { missingScope: "operator.admin" } },
  });
  const cases: [number, string, string][] = [
    [401, error("Unauthorized", "unauthorized"), "gateway_unauthorized"],
    [401, "<html>401</html>", "gateway_unauthorized"],
    [
      401,
      error("No route-compatible authentication source is configured.", "authentication_error"),
      "provider_unauthorized",
    ],
    [402, error("402 stub error 402", "insufficient_quota"), "provider_out_of_credit"],
    [403, error("Proxy client attribution is required.", "proxy_attribution_required"), "gateway_refused_proxy"],
    [403, scope, "gateway_unauthorized"],
    [404, "Not Found", "gateway_endpoint_disabled"],
    [405, "Method Not Allowed", "gateway_endpoint_disabled"],
    [400, error(several, "invalid_request_error"), "gateway_agent_unknown"],
    [400, error("Unknown agent 'nope'.", "invalid_request_error"), "gateway_agent_unknown"],
    [
      400,
      error("Invalid `model`. Use `openclaw` or `openclaw/<agentId>`.", "invalid_request_error"),
      "gateway_agent_unknown",
    ],
    [400, error("Invalid image_url content in `messages`.", "invalid_request_error"), "gateway_bad_request"],
    [400, error("400 stub error 400", "invalid_request_error"), "provider_refused"],
    [400, "{", "gateway_bad_request"],
    [413, error("Payload too large", "invalid_request_error"), "too_large"],
    [429, error("Too many failed authentication attempts.", "rate_limited"), "gateway_locked_out"],
    [429, error("429 stub error 429; Retry-After: 7 seconds", "rate_limit_error"), "provider_rate_limited"],
    [429, "busy", "gateway_overloaded"],
    [500, error("internal error", "api_error"), "gateway_failed"],
    [500, "Internal Server Error", "gateway_failed"],
    [502, error("upstream provider error", "api_error"), "provider_failed"],
    [502, "<html>Bad Gateway</html>", "gateway_unreachable"],
    [503, error("not ready", "api_error"), "gateway_overloaded"],
    [204, "", "gateway_malformed"],
    [302, "", "gateway_malformed"],
  ];
  test.each(cases)("%i %s", async (status, body, code) => {
    const connection = await gateway((response) => {
      response.writeHead(status, {
        "content-type": body.startsWith("{") ? "application/json" : "text/plain",
        location: "http://127.0.0.1:1/",
      });
      response.end(body);
    });
    expect(await chatWith(connection)).toMatchObject({ code, text: "", calls: 0 });
  });

  test("a redirect is not followed", async () => {
    let followed = 0;
    const elsewhere = await listen(
      createServer((_request, response) => {
        followed += 1;
        response.end();
      }),
    );
    const connection = await gateway((response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${elsewhere}/v1/chat/completions` }).end();
    });
    expect((await chatWith(connection)).code).toBe("gateway_malformed");
    expect(followed).toBe(0);
  });

  test("upstream text is kept for the log and is not part of what is shown", async () => {
    const connection = await gateway(
      (response) => void response.writeHead(500).end(error("secret detail", "api_error")),
    );
    const { error: thrown } = await chatWith(connection);
    if (!isAppError(thrown)) throw thrown;
    expect(JSON.stringify([thrown.message, thrown.facts])).not.toContain("secret detail");
    expect(String(thrown.cause)).toContain("secret detail");
  });
});

describe("a failure inside a 200 stream keeps the text so far", () => {
  const disabled =
    'Inline API key for provider "stub" is temporarily disabled after a provider auth/billing failure. Retry after about';
  const cases: [string, string, string, number | undefined][] = [
    ["400 stub error 400", "invalid_request_error", "provider_refused", undefined],
    ["401 stub error 401", "authentication_error", "provider_unauthorized", undefined],
    ["402 stub error 402", "insufficient_quota", "provider_out_of_credit", undefined],
    ["429 stub error 429; Retry-After: 7 seconds", "rate_limit_error", "provider_rate_limited", 7],
    [`${disabled} 1 minute, or switch.`, "api_error", "provider_cooling_down", 60],
    [`${disabled} 10 minutes, or switch.`, "api_error", "provider_cooling_down", 300],
    ["upstream provider error", "api_error", "provider_failed", undefined],
    ["internal error", "api_error", "gateway_failed", undefined],
    [
      "Assistant output cannot be represented as an append-only response stream.",
      "api_error",
      "answer_not_appendable",
      undefined,
    ],
    ["Unknown agent 'nope'.", "invalid_request_error", "gateway_agent_unknown", undefined],
  ];
  test.each(cases)("%s", async (message, type, code, retryAfterSeconds) => {
    const connection = await gateway(
      writes([role, `${piece("part")}data: ${error(message, type)}\n\ndata: [DONE]\n\n`]),
    );
    const got = await chatWith(connection);
    expect(got).toMatchObject({ code, text: "part" });
    expect(isAppError(got.error) && got.error.retryAfterSeconds).toBe(retryAfterSeconds);
  });
});

test("Retry-After is read as seconds or a date, and kept between 1 and 300", () => {
  const now = Date.parse("2026-11-24T12:00:00Z");
  expect(parseRetryAfter("60", now)).toBe(60);
  expect(parseRetryAfter("0", now)).toBe(1);
  expect(parseRetryAfter("-5", now)).toBe(1);
  expect(parseRetryAfter("99999999999", now)).toBe(300);
  expect(parseRetryAfter("Tue, 24 Nov 2026 12:00:30 GMT", now)).toBe(30);
  expect(parseRetryAfter("Tue, 24 Nov 2020 12:00:30 GMT", now)).toBe(1);
  expect(parseRetryAfter("banana", now)).toBeUndefined();
  expect(parseRetryAfter(undefined, now)).toBeUndefined();
});

describe("what is not sent again", () => {
  test("a refused credential: one call, then the answer at once, until it changes", async () => {
    let calls = 0;
    const connection = await gateway((response, request) => {
      calls += 1;
      if (request.headers.authorization === "Bearer right")
        return writes([piece("yes"), "data: [DONE]\n\n"])(response, request, "");
      response.writeHead(401, { "content-type": "application/json" }).end(error("Unauthorized", "unauthorized"));
    });
    for (let i = 0; i < 3; i += 1) expect((await chatWith(connection)).code).toBe("gateway_unauthorized");
    expect(calls).toBe(1);
    expect(await chatWith({ ...connection, credential: "right", digest: "another" })).toMatchObject({
      code: null,
      text: "yes",
    });
    expect(calls).toBe(2);
  });

  test("a provider's 401 is nothing about our credential", async () => {
    let calls = 0;
    const connection = await gateway((response) => {
      calls += 1;
      response.writeHead(401, { "content-type": "application/json" }).end(error("no key", "authentication_error"));
    });
    await chatWith(connection);
    await chatWith(connection);
    expect(calls).toBe(2);
  });

  test("anything during a lockout, not even with another credential", async () => {
    let calls = 0;
    const connection = await gateway((response) => {
      calls += 1;
      response
        .writeHead(429, { "content-type": "application/json", "retry-after": "40" })
        .end(error("Too many", "rate_limited"));
    });
    await chatWith(connection);
    const again = await chatWith({ ...connection, credential: "right", digest: "another" });
    expect(again.code).toBe("gateway_locked_out");
    expect(isAppError(again.error) && again.error.retryAfterSeconds).toBeLessThanOrEqual(40);
    expect(calls).toBe(1);
  });

  test("a turn that may have started", async () => {
    let calls = 0;
    const connection = await gateway((response) => {
      calls += 1;
      response.socket?.destroy();
    });
    expect((await chatWith(connection)).code).toBe("gateway_cut");
    expect(calls).toBe(1);
  });
});

describe("when nobody listens", () => {
  test("the turn is tried once more, and arrives when the gateway comes up meanwhile", async () => {
    const server = createServer((request, response) => {
      request.resume();
      void writes([piece("late"), "data: [DONE]\n\n"])(response, request, "");
    });
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    setTimeout(() => server.listen(port, "127.0.0.1"), 150);
    expect(await chatWith(connectTo(port))).toMatchObject({ code: null, text: "late" });
  });

  test("it ends as unreachable", async () => {
    const got = await chatWith(connectTo(1));
    expect(got.code).toBe("gateway_unreachable");
    expect(isAppError(got.error) && got.error.facts).toEqual({ reason: "refused" });
  });
});

describe("Stop", () => {
  test("closes the connection and rejects with the signal's reason, text kept", async () => {
    const stop = new AbortController();
    let closed: Promise<void> | undefined;
    const connection = await gateway((response) => {
      closed = new Promise((resolve) => response.on("close", () => resolve()));
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(role + piece("part"));
      setTimeout(() => stop.abort(new Error("stopped by the person")), 30);
    });
    const got = await chatWith(connection, {}, { signal: stop.signal });
    expect(got).toMatchObject({ code: "Error: stopped by the person", text: "part" });
    await closed;
  });

  test("pressed 200 times leaves nothing open", async () => {
    const open = new Set<unknown>();
    const connection = await gateway((response) => {
      open.add(response);
      response.on("close", () => open.delete(response));
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(role + piece("part"));
    });
    const turns = Array.from({ length: 200 }, async (_, i) => {
      const stop = new AbortController();
      setTimeout(() => stop.abort(new Error("stopped")), 20 + (i % 50));
      return (await chatWith(connection, {}, { signal: stop.signal })).code;
    });
    expect(new Set(await Promise.all(turns))).toEqual(new Set(["Error: stopped"]));
    await expect.poll(() => open.size, { timeout: 5000 }).toBe(0);
  });

  test("before anything was sent sends nothing", async () => {
    let calls = 0;
    const connection = await gateway((response) => {
      calls += 1;
      response.end();
    });
    const got = await chatWith(connection, {}, { signal: AbortSignal.abort(new Error("stopped")) });
    expect(got.code).toBe("Error: stopped");
    expect(calls).toBe(0);
  });
});
