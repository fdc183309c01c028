import type { IncomingMessage, ServerResponse } from "node:http";

/** The way an answer leaves. Faults wrap it, so handlers never touch the response itself. */
export interface Wire {
  head(status: number, headers: Record<string, string | number>): void;
  /** False: wait for `drained()` before writing more. Ignored once the client has left. */
  write(text: string): boolean;
  drained(): Promise<void>;
  end(text?: string): void;
  /** Aborts when the client leaves before the answer was complete. */
  readonly gone: AbortSignal;
}

export function plainWire(request: IncomingMessage, response: ServerResponse): Wire {
  const gone = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  // A client that resets while its body is read shows up here; the close of the response follows.
  request.on("error", () => {});
  return {
    head: (status, headers) => {
      if (!response.headersSent && !response.destroyed) response.writeHead(status, headers);
    },
    write: (text) => response.destroyed || response.write(text),
    drained: () =>
      new Promise((resolve) => {
        if (response.destroyed || !response.writableNeedDrain) return resolve();
        const done = () => {
          response.off("drain", done).off("close", done);
          resolve();
        };
        response.on("drain", done).on("close", done);
      }),
    end: (text) => {
      if (!response.destroyed) response.end(text);
    },
    gone: gone.signal,
  };
}
