import type { Wire } from "#lib/sandbox/wire.ts";

/** On every answer of the gateway, first. */
export const securityHeaders = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Permissions-Policy": "camera=(), microphone=(self), geolocation=()",
};

/** A refusal with the exact body. Thrown by handlers, answered once by the gateway. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, string>;

  constructor(status: number, body: unknown, headers: Record<string, string> = {}) {
    super(typeof body === "string" ? body : JSON.stringify(body));
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** The vocabulary of the OpenAI-shaped endpoints. */
export function refuse(status: number, type: string, message: string, headers?: Record<string, string>): Refusal {
  return new Refusal(status, { error: { message, type } }, headers);
}

export function invalid(message: string): Refusal {
  return refuse(400, "invalid_request_error", message);
}

/** The other vocabulary: tools, session history and scopes. */
export function refuseNotOk(status: number, type: string, message: string, details?: unknown): Refusal {
  return new Refusal(status, { ok: false, error: { type, message, ...(details === undefined ? {} : { details }) } });
}

export function sendJson(wire: Wire, status: number, value: unknown, headers: Record<string, string> = {}): void {
  const text = JSON.stringify(value);
  wire.head(status, {
    ...securityHeaders,
    ...headers,
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": Buffer.byteLength(text),
  });
  wire.end(text);
}

export function sendText(wire: Wire, status: number, text: string, headers: Record<string, string> = {}): void {
  wire.head(status, {
    ...securityHeaders,
    ...headers,
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": Buffer.byteLength(text),
  });
  wire.end(text);
}

/** The head of an event stream. */
export function sendStreamHead(wire: Wire): void {
  wire.head(200, {
    ...securityHeaders,
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache",
    Connection: "keep-alive",
  });
}

export function sendRefusal(wire: Wire, refusal: Refusal): void {
  if (typeof refusal.body === "string") sendText(wire, refusal.status, refusal.body, refusal.headers);
  else sendJson(wire, refusal.status, refusal.body, refusal.headers);
}
