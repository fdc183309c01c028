import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** How an answer repeats what the request was sent with. */
export const leaks = [
  "delta",
  "letters",
  "event",
  "whole",
  "finish",
  "400",
  "403",
  "404",
  "429",
  "500",
  "503",
  "page",
  "html",
  "redirect",
  "cut",
  "garbage",
] as const;
export type Leak = (typeof leaks)[number] | "401";

export interface LeakyGateway {
  url: string;
  /** Every credential that came, as it came. */
  heard: Set<string>;
  /** The headers and body of every turn, as they came. */
  turns: { headers: Record<string, string | string[] | undefined>; body: string }[];
  close(): void;
}

/**
 * A gateway that says aloud what must stay secret, in every place where it can say anything: the message `leak=500` asks
 * for a failure with our Authorization header and session key in its text.
 */
export async function leakyGateway(): Promise<LeakyGateway> {
  const heard = new Set<string>();
  const turns: LeakyGateway["turns"] = [];
  const server = createServer(async (request, response) => {
    const { authorization, "x-openclaw-session-key": key } = request.headers;
    if (authorization !== undefined) heard.add(authorization.replace(/^Bearer /, ""));
    const echo = `You sent ${authorization} for ${key}: ${JSON.stringify(request.headers)}`;
    response.setHeader("x-echo", echo.slice(0, 500));
    response.setHeader("set-cookie", `echo=${encodeURIComponent(authorization ?? "")}`);
    if (request.url === "/v1/models") json(response, 200, { object: "list", data: [model("openclaw/main")], echo });
    else if (request.url === "/readyz" || request.url === "/healthz") json(response, 200, { ok: true, echo });
    else if (request.url === "/v1/chat/completions")
      turns.push({ headers: request.headers, body: await chat(request, response, echo) });
    else json(response, 400, failure("invalid_request_error", echo));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    heard,
    turns,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function chat(request: IncomingMessage, response: ServerResponse, echo: string): Promise<string> {
  let body = "";
  for await (const part of request.setEncoding("utf8")) body += part;
  answer(response, echo, /leak=(\w+)/.exec(body.slice(body.lastIndexOf("leak=")))?.[1] as Leak | undefined);
  return body;
}

function answer(response: ServerResponse, echo: string, leak: Leak | undefined): unknown {
  if (leak === undefined) return json(response, 400, failure("invalid_request_error", echo));
  if (/^\d+$/.test(leak)) return json(response, Number(leak), failure(typeOf(leak), echo), { "retry-after": "1" });
  if (leak === "page") return response.writeHead(502, { "content-type": "text/html" }).end(`<h1>${echo}</h1>`);
  if (leak === "html") return response.writeHead(200, { "content-type": "text/html" }).end(`<h1>${echo}</h1>`);
  if (leak === "redirect") return response.writeHead(302, { location: `/?${encodeURIComponent(echo)}` }).end();
  if (leak === "whole")
    return json(response, 200, { choices: [{ message: { content: echo }, finish_reason: "stop" }] });
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(chunk({ role: "assistant", content: "So: " }));
  const size = leak === "letters" ? 1 : 7;
  for (let at = 0; at < echo.length; at += size) response.write(chunk({ content: echo.slice(at, at + size) }));
  if (leak === "event") response.write(`data: ${JSON.stringify(failure("server_error", echo))}\n\n`);
  if (leak === "garbage") response.write(`event: ${echo}\nid: ${echo}\ndata: {${echo}\n\n`);
  if (leak === "cut") return response.destroy();
  response.write(chunk({}, leak === "finish" ? echo : "stop"));
  return response.end("data: [DONE]\n\n");
}

function typeOf(status: string): string {
  return { "401": "unauthorized", "429": "rate_limit_error" }[status] ?? "invalid_request_error";
}

function failure(type: string, message: string): unknown {
  return { error: { type, message, code: message, param: message, details: { missingScope: message } } };
}

function chunk(delta: Record<string, string>, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return `data: ${JSON.stringify({ object: "chat.completion.chunk", model: "openclaw/main", choices })}\n\n`;
}

function model(id: string): unknown {
  return { id, object: "model", created: 0, owned_by: "openclaw" };
}

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}
