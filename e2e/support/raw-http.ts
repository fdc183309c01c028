import { request } from "node:http";
import { expect } from "@playwright/test";
import type { ErrorBody } from "#lib/shared/errors.ts";
import type { HttpPerson } from "#scripts/support/person.ts";

export interface RawRequest {
  method: string;
  /** Sent as it is: nothing is resolved or escaped. */
  path: string;
  /** Whose cookies and origin go along. Absent: a stranger's browser on our own page. */
  person?: HttpPerson | undefined;
  /** Over the usual ones; null leaves one out. */
  headers?: Record<string, string | null>;
  body?: string | Uint8Array;
  /** Sends the body without saying how long it is. */
  chunked?: boolean;
}

export interface RawAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** A request as no browser would send it, over a connection of its own. */
export function rawRequest(origin: string, wanted: RawRequest): Promise<RawAnswer> {
  const { host, hostname, port } = new URL(origin);
  const usual: Record<string, string | null> = {
    host,
    origin,
    ...(wanted.person === undefined ? {} : { cookie: wanted.person.cookieHeader() }),
    ...(wanted.body === undefined ? {} : { "content-type": "application/json" }),
    ...(wanted.body === undefined || wanted.chunked
      ? {}
      : { "content-length": String(Buffer.byteLength(wanted.body)) }),
    ...wanted.headers,
  };
  const headers = Object.fromEntries(Object.entries(usual).filter(([, value]) => value !== null)) as Record<
    string,
    string
  >;
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method: wanted.method, path: wanted.path, headers, agent: false });
    sent.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
      });
      const done = () => {
        sent.destroy();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      };
      response.on("end", done);
      response.on("error", done);
    });
    // The server may refuse and close before it has read everything; the answer has come by then.
    sent.on("error", (error) => setTimeout(() => reject(error), 1000));
    if (wanted.body === undefined) sent.end();
    else if (wanted.headers?.["content-length"] === undefined) sent.end(wanted.body);
    // A length that was declared and is not kept: whoever waits for the rest waits for ever.
    else sent.write(wanted.body);
  });
}

/** The answer refuses with this code in the one shape, is cached nowhere, and tells nothing of how the server is made. */
export function expectRefusal(answer: RawAnswer, status: number, codes: string[], what: string): ErrorBody["error"] {
  expect(answer.status, `${what}: ${answer.text.slice(0, 300)}`).toBe(status);
  expect(answer.headers["content-type"], what).toContain("application/json");
  expect(answer.headers["cache-control"], what).toContain("no-store");
  expect(answer.text, what).not.toMatch(/\n\s+at |node_modules|\.next|\.ts\b/);
  // The server's own shape; what matters of it is looked at here.
  const { error } = JSON.parse(answer.text) as ErrorBody;
  expect(codes, what).toContain(error.code);
  expect(error.requestId, what).toBe(answer.headers["x-request-id"]);
  const known = ["code", "message", "requestId", "fields", "retryAfterSeconds", "facts"];
  expect(
    Object.keys(error).filter((key) => !known.includes(key)),
    what,
  ).toEqual([]);
  return error;
}
