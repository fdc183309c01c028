import "server-only";
import { onRevoked } from "#lib/server/auth/revocation.ts";
import type { Chat } from "#lib/server/chat/chat.ts";
import { keepAlive } from "#lib/server/chat/fan-out.ts";
import { interruptRunsOf } from "#lib/server/chat/recovery.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { log } from "#lib/server/log.ts";
import { expiredInstances, heartbeat, registerInstance, removeInstance } from "#lib/server/store/instances.ts";
import { runStatements } from "#lib/server/store/runs.ts";
import { turnStatements } from "#lib/server/store/turns.ts";

const tickMs = 1000;

/**
 * What happens by the clock: the process's heartbeat, stops asked of other processes, the runs of dead ones, words about
 * silence, and keep-alives. Returns the way to stop.
 */
export function watch(chat: Chat): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let ticks = 0;
  const timer = setInterval(() => {
    speak(chat);
    const turn = ticks;
    ticks += 1;
    running = running.then(() => beat(chat, turn));
  }, tickMs);
  timer.unref();
  const deafen = chat.store.wake.listen((topics) => hear(chat, topics));
  // Disabled, or signed out everywhere: what runs for this person stops as if they had pressed Stop.
  const forget = onRevoked(chat.store, (end) => {
    if (end.kind === "person") stopRunsOf(chat, end.userId);
  });
  return async () => {
    clearInterval(timer);
    deafen();
    forget();
    await running;
  };
}

/** Marks what dead processes left. On SQLite, where this is the only process, every other epoch is dead at once. */
export async function recover(chat: Chat): Promise<void> {
  const { store } = chat;
  const leaseMs = store.dialect === "sqlite" ? -1 : limits.lease.expiresMs;
  for (const epoch of await expiredInstances(store, leaseMs)) {
    if (epoch === chat.engine.epoch) continue;
    const count = await store.flow(() =>
      interruptRunsOf(runStatements(store), turnStatements(store), { epoch, at: Date.now() }),
    );
    await removeInstance(store, epoch);
    if (count > 0) log().warn({ message: "Answers of a process that is gone were interrupted.", epoch, count });
  }
}

async function beat(chat: Chat, turn: number): Promise<void> {
  const { store, engine } = chat;
  try {
    if (!(await heartbeat(store, engine.epoch))) await surrender(chat);
    for (const { id } of await store.read(runStatements(store).stopsRequested, { epoch: engine.epoch }))
      engine.stop(id);
    if (turn % 2 === 1) {
      await stopRunsOfDisabled(chat);
      if (store.dialect === "postgres") await recover(chat);
    }
  } catch (error) {
    log().warn({ message: "The store did not answer the heartbeat.", error });
  }
}

/** Another process took this one for dead: its runs are ended already, and a new epoch begins. */
async function surrender(chat: Chat): Promise<void> {
  for (const run of [...chat.engine.live.values()]) chat.engine.fence(run);
  chat.engine.epoch = await registerInstance(chat.store);
}

function speak(chat: Chat): void {
  const now = performance.now();
  const { silenceFromMs, silenceEveryMs } = limits.stream;
  for (const { fanOut, ending, startedAt, lastTextAt } of chat.engine.live.values()) {
    if (ending || startedAt === 0) continue;
    const silentMs = now - lastTextAt;
    const seconds = (Math.floor(silentMs / silenceEveryMs) * silenceEveryMs) / 1000;
    if (silentMs >= silenceFromMs && seconds > fanOut.answer.silentSeconds) fanOut.emit({ type: "silence", seconds });
  }
  keepAlive(chat.readers);
}

function hear(chat: Chat, topics: string[]): void {
  for (const topic of topics) {
    // `*`: the connection was lost for a while, and anything may have been missed.
    if (topic === "*") for (const followed of [...chat.followed.values()]) void followed.read();
    else if (topic.startsWith("stop:")) chat.engine.stop(topic.slice("stop:".length));
    else void chat.followed.get(topic)?.read();
  }
}

/** Stops what runs for people who were disabled at another process, should its word not have come through. */
async function stopRunsOfDisabled(chat: Chat): Promise<void> {
  if (chat.engine.live.size === 0) return;
  const owners = [...new Set([...chat.engine.live.values()].map(({ owner }) => owner.id))];
  const disabled = await chat.store.db
    .selectFrom("users")
    .select("id")
    .where("id", "in", owners)
    .where("disabled_at", "is not", null)
    .execute();
  for (const { id } of disabled) stopRunsOf(chat, id);
}

/** Stops every run that this process has for a person. */
function stopRunsOf(chat: Chat, userId: string): void {
  for (const run of [...chat.engine.live.values()]) if (run.owner.id === userId) chat.engine.stop(run.id);
}
