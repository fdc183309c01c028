import "server-only";
import { poolOf, type ResponseHeaders } from "#lib/server/upstream/transport.ts";
import { connectFault, readFault, TransportFault } from "#lib/server/upstream/transport-fault.ts";

/** An answer whose bytes are asked for one by one. */
export interface Download {
  status: number;
  headers: ResponseHeaders;
  /** Reads on only when asked, so that memory stays constant; leaving it closes the connection at once. */
  body: AsyncIterator<Uint8Array> & { return(): Promise<IteratorResult<Uint8Array>> };
}

/**
 * Opens a GET that is read at the reader's pace. Redirects are not followed and nothing is decompressed. Rejects with a
 * {@link TransportFault}; so does a read that waits longer than `idleMs`.
 */
export async function download(
  url: URL,
  headers: Record<string, string>,
  limits: { firstByteMs: number; idleMs: number; totalMs: number },
): Promise<Download> {
  const stop = new AbortController();
  const deadline = setTimeout(() => stop.abort(new TransportFault("total")), limits.totalMs);
  deadline.unref();
  const first = setTimeout(() => stop.abort(new TransportFault("first_byte")), limits.firstByteMs);
  const answer = await poolOf(url.origin)
    .request({
      method: "GET",
      path: url.pathname + url.search,
      headers: { "accept-encoding": "identity", "user-agent": "breakwater", ...headers },
      signal: stop.signal,
    })
    .catch((error: unknown) => {
      clearTimeout(deadline);
      throw connectFault(error);
    })
    .finally(() => clearTimeout(first));
  const { body } = answer;
  // Destroying it while nobody reads is no error of anybody's.
  body.on("error", () => undefined);
  const pieces: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  const close = () => {
    clearTimeout(deadline);
    body.destroy();
  };
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: {
      async next() {
        const idle = setTimeout(() => stop.abort(new TransportFault("idle")), limits.idleMs);
        try {
          const read = await pieces.next();
          if (read.done === true) close();
          return read;
        } catch (error) {
          close();
          throw readFault(stop.signal.aborted ? stop.signal.reason : error);
        } finally {
          clearTimeout(idle);
        }
      },
      async return() {
        close();
        return { done: true, value: undefined };
      },
    },
  };
}
