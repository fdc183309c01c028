import "server-only";
import { limits } from "#lib/server/limits/limits.ts";

/** One browser that follows one answer. */
export interface Reader {
  readonly userId: string;
  /** Monotonic ms of the last bytes, for the keep-alive. */
  lastSentAt: number;
  /** Sends bytes that other readers get too. A reader that does not keep up is dropped and resumes by itself. */
  push(bytes: Uint8Array): void;
  close(): void;
}

/** Opens a reader and the body it writes to. `onLeave` is called once, whichever side ends it. */
export function openReader(
  userId: string,
  onLeave: (reader: Reader) => void,
): { reader: Reader; body: ReadableStream<Uint8Array> } {
  let open = true;
  let controller: ReadableStreamDefaultController<Uint8Array>;
  const leave = () => {
    open = false;
    onLeave(reader);
  };
  // A default stream: a byte stream would detach the buffer that all readers share.
  const body = new ReadableStream<Uint8Array>(
    {
      start(made) {
        controller = made;
      },
      cancel: leave,
    },
    { highWaterMark: limits.stream.readerBytes, size: (chunk) => chunk.byteLength },
  );
  const reader: Reader = {
    userId,
    lastSentAt: performance.now(),
    push(bytes) {
      if (!open) return;
      if ((controller.desiredSize ?? -1) < 0) {
        controller.error(new Error("The reader does not keep up."));
        leave();
        return;
      }
      controller.enqueue(bytes);
      reader.lastSentAt = performance.now();
    },
    close() {
      if (!open) return;
      controller.close();
      leave();
    },
  };
  return { reader, body };
}

/** An event stream that no proxy or browser keeps, changes or delays. */
export function eventStream(body: ReadableStream<Uint8Array>): Response {
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "private, no-store, no-transform",
      "x-accel-buffering": "no",
    },
  });
}
