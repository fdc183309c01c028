import "server-only";
import { eraseOrphanAttachments } from "#lib/server/chat/attachments.ts";
import { eraseDeleted } from "#lib/server/chat/conversations.ts";
import { indexEndedMessages } from "#lib/server/chat/search.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { log } from "#lib/server/log.ts";
import type { Store } from "#lib/server/store/store.ts";

/** A search brings in by itself what ended just now, so nobody waits for this. */
const indexEveryMs = 5000;
const eraseEveryMs = 60_000;

/**
 * Slow work beside the runs: ended messages go to the search index, deleted conversations and
 * forgotten uploads go for good. Every process may do it; doing it twice changes nothing. Returns the way to stop.
 */
export function startHousekeeping(store: Store): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  const every = (periodMs: number, work: () => Promise<unknown>) => {
    const timer = setInterval(() => {
      running = running.then(work).then(
        () => undefined,
        (error: unknown) => log().warn({ message: "Housekeeping did not succeed and is tried again.", error }),
      );
    }, periodMs);
    timer.unref();
    return timer;
  };
  const timers = [
    every(indexEveryMs, () => indexEndedMessages(store)),
    every(eraseEveryMs, () => eraseDeleted(store, limits.undoMs)),
    every(eraseEveryMs, () => eraseOrphanAttachments(store, limits.orphanAttachmentMs)),
  ];
  return async () => {
    for (const timer of timers) clearInterval(timer);
    await running;
  };
}
