import "server-only";
import { onTestFinished } from "vitest";
import { closeStore, openStoreOnce } from "#lib/server/store/open.ts";
import { freshDatabase } from "#lib/server/store/postgres.testing.ts";
import type { Store } from "#lib/server/store/store.ts";
import { temporaryFolder } from "#lib/server/store/testing.ts";

/** What a test's house is built of; settings are those of the environment. */
export interface HouseOptions {
  dialect?: Store["dialect"];
  environment?: Record<string, string>;
}

export const testCode = "the-code-that-this-start-printed";

/**
 * A whole process for a test: its environment, its keys, its open store. Everything that lives once a process is made
 * anew, and goes when the test ends.
 */
export async function openHouse({ dialect = "sqlite", environment = {} }: HouseOptions = {}): Promise<Store> {
  const dataDir = temporaryFolder();
  const wanted: Record<string, string> = {
    DATA_DIR: dataDir,
    AUTH_SECRET: "a secret for tests, of more than 32 bytes",
    DATA_KEY: "a data key for tests of more than 32 bytes",
    BREAKWATER_SET_UP_CODE: testCode,
    BREAKWATER_SANDBOX: "0",
    LOG_LEVEL: "silent",
    ...(dialect === "postgres" ? { DATABASE_URL: await freshDatabase() } : {}),
    ...environment,
  };
  await closeStore();
  const before = { ...process.env };
  Object.assign(process.env, wanted);
  forgetProcess();
  onTestFinished(async () => {
    await closeStore();
    forgetProcess();
    for (const name of Object.keys(wanted)) delete process.env[name];
    Object.assign(process.env, before);
  });
  return openStoreOnce({ dataDir, databaseUrl: wanted["DATABASE_URL"] });
}

/** As a new process would begin: nothing remembered but what the store holds. */
export function forgetProcess(): void {
  for (const key of Object.getOwnPropertySymbols(globalThis)) {
    if (key.description?.startsWith("breakwater.") !== true || key.description === "breakwater.store") continue;
    Reflect.deleteProperty(globalThis, key);
  }
}

type Handler = (request: Request, route: { params: Promise<Record<string, string | string[]>> }) => Promise<Response>;

/** Somebody with a cookie jar, who calls route handlers as Next does. */
export class TestBrowser {
  readonly cookies = new Map<string, string>();
  readonly headers: Record<string, string>;
  readonly origin: string;

  constructor({
    origin = "http://127.0.0.1:3000",
    headers = {},
  }: { origin?: string; headers?: Record<string, string> } = {}) {
    this.origin = origin;
    this.headers = headers;
  }

  /** The headers of a request as this browser sends them. */
  requestHeaders(): Headers {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    return new Headers({
      host: new URL(this.origin).host,
      "user-agent": "Test/1.0",
      ...(cookie === "" ? {} : { cookie }),
      ...this.headers,
    });
  }

  async get(handler: Handler, path: string, params: Record<string, string | string[]> = {}): Promise<Response> {
    return this.#call(handler, path, params, { method: "GET", headers: this.requestHeaders() });
  }

  async send(
    handler: Handler,
    path: string,
    body?: unknown,
    params: Record<string, string | string[]> = {},
    method = "POST",
  ): Promise<Response> {
    const headers = this.requestHeaders();
    headers.set("origin", this.headers["origin"] ?? this.origin);
    const form = body instanceof URLSearchParams;
    if (body !== undefined) {
      headers.set("content-type", form ? "application/x-www-form-urlencoded" : "application/json");
    }
    const text = form ? body.toString() : JSON.stringify(body);
    return this.#call(handler, path, params, { method, headers, ...(body === undefined ? {} : { body: text }) });
  }

  async #call(handler: Handler, path: string, params: Record<string, string | string[]>, init: RequestInit) {
    const response = await handler(new Request(this.origin + path, init), { params: Promise.resolve(params) });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const cut = pair.indexOf("=");
      const value = pair.slice(cut + 1);
      if (value === "" || /max-age=0/i.test(line)) this.cookies.delete(pair.slice(0, cut));
      else this.cookies.set(pair.slice(0, cut), value);
    }
    return response;
  }
}

/** The code of a failed answer, or the status of one that is none. */
export async function codeOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => null)) as { error?: { code?: string } } | null;
  return body?.error?.code ?? String(response.status);
}
