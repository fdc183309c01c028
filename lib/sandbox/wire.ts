import type { IncomingMessage, ServerResponse } from "node:http";

/** The way an answer leaves. Faults wrap it, so handlers never touch the response itself. */
export interface Wire {
  head(status: number, headers: Record<string, string | number>): void;
  /** False: wait for `drained()` before writing more. Ignored once the client has left. */
  write(data: string | Uint8Array): boolean;
  drained(): Promise<void>;
  end(data?: string | Uint8Array): void;
  /** Aborts when the client leaves before the answer was complete. */
  readonly gone: AbortSignal;
}

/** How header names are spelled on the wire. `lower_case` holds for those that Node would add by itself, too. */
export type HeaderNames = "as_given" | "lower_case";

export function plainWire(request: IncomingMessage, response: ServerResponse, names: HeaderNames = "as_given"): Wire {
  const gone = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  // A client that resets while its body is read shows up here; the close of the response follows.
  request.on("error", () => {});
  return {
    head: (status, headers) => {
      if (response.headersSent || response.destroyed) return;
      response.writeHead(status, names === "lower_case" ? lowerCased(request, headers) : headers);
    },
    write: (data) => response.destroyed || response.write(data),
    drained: () =>
      new Promise((resolve) => {
        if (response.destroyed || !response.writableNeedDrain) return resolve();
        const done = () => {
          response.off("drain", done).off("close", done);
          resolve();
        };
        response.on("drain", done).on("close", done);
      }),
    end: (data) => {
      if (!response.destroyed) response.end(data);
    },
    gone: gone.signal,
  };
}

function lowerCased(
  request: IncomingMessage,
  headers: Record<string, string | number>,
): Record<string, string | number> {
  const lowered = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    date: new Date().toUTCString(),
    connection: request.headers.connection?.toLowerCase() === "close" ? "close" : "keep-alive",
    ...("content-length" in lowered ? {} : { "transfer-encoding": "chunked" }),
    ...lowered,
  };
}
