import { once } from "node:events";
import http from "node:http";
import type { LogEntry } from "#lib/sandbox/request-log.ts";
import type { RunningSandbox } from "#lib/sandbox/server.ts";

/** An answer as it came over the wire. */
export interface RawAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** The gateway part (`sandbox`) or the OpenMarlin part (`sandbox.openmarlin`). */
type Listening = Pick<RunningSandbox, "url">;

interface CallOptions {
  method?: string;
  headers?: Record<string, string>;
  /** An object is sent as JSON. */
  body?: unknown;
  signal?: AbortSignal;
}

/** One request on a connection of its own. Rejects when the answer is cut. */
export async function call(sandbox: Listening, path: string, options: CallOptions = {}): Promise<RawAnswer> {
  const response = await open(sandbox, path, options);
  let body = "";
  response.setEncoding("utf8");
  for await (const piece of response) body += piece;
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

/** The same up to the headers; the caller reads the body. */
export async function open(
  sandbox: Listening,
  path: string,
  { method, headers = {}, body, signal }: CallOptions = {},
): Promise<http.IncomingMessage> {
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  // As clients do, it offers to keep the connection; but no two calls share one.
  const agent = new http.Agent({ keepAlive: true });
  const request = http.request(`${sandbox.url}${path}`, {
    method: method ?? (text === undefined ? "GET" : "POST"),
    headers,
    agent,
    ...(signal === undefined ? {} : { signal }),
  });
  const answered = once(request, "response") as Promise<[http.IncomingMessage]>;
  // Once the answer has begun, the response tells the same error.
  answered.then(() => request.on("error", () => {})).catch(() => {});
  request.end(text);
  const [response] = await answered;
  response.once("close", () => agent.destroy());
  return response;
}

/** A chat turn as `agent`, with the right token. */
export function chat(
  sandbox: RunningSandbox,
  agent: string,
  text: string,
  {
    session,
    stream,
    signal,
    fields = {},
  }: { session?: string; stream?: boolean; signal?: AbortSignal; fields?: object } = {},
): Promise<RawAnswer> {
  return call(sandbox, "/v1/chat/completions", {
    headers: {
      authorization: `Bearer ${sandbox.token}`,
      ...(session === undefined ? {} : { "x-openclaw-session-key": session }),
    },
    body: {
      model: `openclaw/${agent}`,
      stream: stream ?? false,
      messages: [{ role: "user", content: text }],
      ...fields,
    },
    ...(signal === undefined ? {} : { signal }),
  });
}

/** What an answer says, whole or streamed; an error object's message otherwise. */
export function said({ body }: RawAnswer): string {
  if (!body.startsWith("data: ")) {
    const answer = JSON.parse(body);
    return answer.choices?.[0].message.content ?? answer.error.message;
  }
  return chunksOf(body)
    .map((chunk) => chunk.error?.message ?? chunk.choices?.[0]?.delta?.content ?? "")
    .join("");
}

interface Chunk {
  error?: { message: string; type: string };
  choices?: { delta?: { role?: string; content?: string; tool_calls?: unknown[] }; finish_reason?: string | null }[];
  usage?: { prompt_tokens: number };
}

export function chunksOf(body: string): Chunk[] {
  return body
    .split("\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line) => JSON.parse(line.slice("data: ".length)));
}

/** A call of the control endpoint; its JSON. */
export async function control(sandbox: RunningSandbox, method: string, path: string, body?: unknown) {
  const answer = await call(sandbox, `/__control${path}`, {
    method,
    headers: { authorization: `Bearer ${sandbox.controlToken}` },
    ...(body === undefined ? {} : { body }),
  });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body}`);
  return JSON.parse(answer.body);
}

export async function logged<K extends LogEntry["kind"]>(
  sandbox: RunningSandbox,
  kind: K,
): Promise<Extract<LogEntry, { kind: K }>[]> {
  const { entries } = await control(sandbox, "GET", "/requests");
  return entries.filter((entry: LogEntry) => entry.kind === kind);
}

/** Asks again until `found` says something, for at most five seconds. */
export async function eventually<T>(found: () => Promise<T | undefined>): Promise<T> {
  for (let i = 0; i < 200; i += 1) {
    const value = await found();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("It did not happen within five seconds.");
}
