import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { FaultPlan } from "#lib/sandbox/faults.ts";
import type { Wire } from "#lib/sandbox/wire.ts";

/** One request and the way to answer it. */
export interface Exchange {
  method: string;
  /** Path as sent, without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** Address of the peer, for limits. */
  address: string;
  wire: Wire;
  /** Faults that concern the meaning of the answer rather than its bytes. */
  plan: FaultPlan;
  /** The whole body; read once. Throws {@link BodyTooLarge} as soon as more than `maxBytes` is announced or received. */
  body(maxBytes: number): Promise<Buffer>;
}

export class BodyTooLarge extends Error {}

export function makeExchange(request: IncomingMessage, wire: Wire): Exchange {
  const target = request.url ?? "/";
  const cut = target.indexOf("?");
  let reading: Promise<Buffer> | undefined;
  return {
    method: request.method ?? "GET",
    path: cut < 0 ? target : target.slice(0, cut),
    query: new URLSearchParams(cut < 0 ? "" : target.slice(cut + 1)),
    headers: request.headers,
    address: request.socket.remoteAddress ?? "",
    wire,
    plan: {},
    body(maxBytes) {
      reading ??= readBody(request, maxBytes);
      return reading;
    },
  };
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw new BodyTooLarge();
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    // Guaranteed by node:http: without setEncoding() a body arrives as buffers.
    const buffer = piece as Buffer;
    bytes += buffer.length;
    if (bytes > maxBytes) throw new BodyTooLarge();
    pieces.push(buffer);
  }
  return Buffer.concat(pieces, bytes);
}
