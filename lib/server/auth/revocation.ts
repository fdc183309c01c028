import "server-only";
import { log } from "#lib/server/log.ts";
import { perProcess } from "#lib/server/per-process.ts";
import { liveSessions } from "#lib/server/store/sessions.ts";
import type { Store } from "#lib/server/store/store.ts";

/** What ended: everything of a person (disabled, signed out everywhere), or single sessions. */
export type Revocation = { kind: "person"; userId: string } | { kind: "session"; sidHash: string };

/**
 * Tells this process and the others that sessions ended. Call it after the transaction that deleted them; who watches
 * and hears nothing finds out by reading the store.
 */
export function revoke(store: Store, revocations: Revocation[]): void {
  if (revocations.length === 0) return;
  for (const revocation of revocations) emit(revocation);
  store.wake.notify(
    revocations.map((one) => (one.kind === "person" ? `user:${one.userId}` : `session:${one.sidHash}`)),
  );
}

/** Calls `listener` for every end of sessions in this process or another. Returns the way to stop listening. */
export function onRevoked(store: Store, listener: (revocation: Revocation) => void): () => void {
  const { listeners } = hub(store);
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Calls `onEnd` once, within 5 s of the end of this session however it ended: at once when told, else found by reading
 * the store every two seconds, one read for all that is watched. Streams and pollers watch the session that opened
 * them. Returns the way to stop watching.
 */
export function watchSession(
  store: Store,
  session: { userId: string; sidHash: string },
  onEnd: () => void,
): () => void {
  const watch: Watch = { ...session, onEnd };
  const { watches } = hub(store);
  watches.add(watch);
  return () => watches.delete(watch);
}

interface Watch {
  userId: string;
  sidHash: string;
  onEnd: () => void;
}

interface Hub {
  listeners: Set<(revocation: Revocation) => void>;
  watches: Set<Watch>;
  store: Store | null;
}

const readEveryMs = 2000;

function hub(store?: Store): Hub {
  const here = perProcess<Hub>("revocation", () => ({ listeners: new Set(), watches: new Set(), store: null }));
  if (store !== undefined && here.store !== store) {
    here.store = store;
    store.wake.listen((topics) => {
      for (const topic of topics) {
        if (topic.startsWith("user:")) emit({ kind: "person", userId: topic.slice("user:".length) });
        if (topic.startsWith("session:")) emit({ kind: "session", sidHash: topic.slice("session:".length) });
      }
    });
    const timer = setInterval(() => {
      if (here.store !== store) clearInterval(timer);
      else void endDeadWatches(store, here);
    }, readEveryMs);
    timer.unref();
  }
  return here;
}

function emit(revocation: Revocation): void {
  const { listeners, watches } = hub();
  for (const watch of [...watches]) {
    if (revocation.kind === "person" ? watch.userId === revocation.userId : watch.sidHash === revocation.sidHash) {
      end(watches, watch);
    }
  }
  for (const listener of [...listeners]) guarded(() => listener(revocation));
}

async function endDeadWatches(store: Store, { watches }: Hub): Promise<void> {
  if (watches.size === 0) return;
  try {
    const watched = [...watches];
    const live = await liveSessions(store.db, [...new Set(watched.map((watch) => watch.sidHash))], Date.now());
    for (const watch of watched) if (!live.has(watch.sidHash)) end(watches, watch);
  } catch (error) {
    // The store is away: nobody is signed out by that, and the next turn reads again.
    log().warn({ message: "Watched sessions could not be read.", error });
  }
}

function end(watches: Set<Watch>, watch: Watch): void {
  if (watches.delete(watch)) guarded(watch.onEnd);
}

function guarded(work: () => void): void {
  try {
    work();
  } catch (error) {
    log().error({ message: "A listener for ended sessions failed.", error });
  }
}
