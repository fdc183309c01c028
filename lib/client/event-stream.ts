import { createParser } from "eventsource-parser";
import type { ChatEvent, ChatEventType } from "#lib/shared/chat/events.ts";

/** The server writes a comment every 12 s; silence for longer means that the connection is gone. */
const deadAfterMs = 40_000;

const known: Record<ChatEventType, true> = {
  accepted: true,
  queued: true,
  snapshot: true,
  place: true,
  started: true,
  delta: true,
  silence: true,
  end: true,
};

/**
 * Reads an event stream of the BFF, the events of one network chunk at a time. Ends when the server ends; throws when the
 * connection breaks, is silent for too long or is aborted. The body is cancelled however the reading ends.
 */
export async function* readEvents(response: Response, aliveMs: number = deadAfterMs): AsyncGenerator<ChatEvent[]> {
  const { body } = response;
  if (body === null) return;
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let batch: ChatEvent[] = [];
  const parser = createParser({
    onEvent: ({ data }) => {
      const event = parseEvent(data);
      if (event !== null) batch.push(event);
    },
  });
  let heard = true;
  let silent = false;
  // One clock for the whole stream: a timer for each read would cost more than the reading.
  const clock = window.setInterval(() => {
    silent = !heard;
    heard = false;
    if (silent) void reader.cancel().catch(() => undefined);
  }, aliveMs);
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (silent) throw new Error("The connection is silent.");
      if (done) break;
      heard = true;
      parser.feed(decoder.decode(value, { stream: true }));
      if (batch.length === 0) continue;
      yield batch;
      batch = [];
    }
  } finally {
    window.clearInterval(clock);
    void reader.cancel().catch(() => undefined);
  }
}

function parseEvent(data: string): ChatEvent | null {
  try {
    const event: unknown = JSON.parse(data);
    if (typeof event !== "object" || event === null || !("type" in event)) return null;
    // The BFF writes these events from the same type; a newer server may write ones that are unknown here.
    return Object.hasOwn(known, String(event.type)) ? (event as ChatEvent) : null;
  } catch {
    return null;
  }
}
