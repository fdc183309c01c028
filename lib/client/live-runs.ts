import { api, apiStream, isApiError } from "#lib/client/api.ts";
import { readEvents } from "#lib/client/event-stream.ts";
import type { ChatEvent } from "#lib/shared/chat/events.ts";
import { emptyAnswer, type LiveAnswer, reduce } from "#lib/shared/chat/reduce.ts";
import type { MessageView } from "#lib/shared/chat/types.ts";

export type EndEvent = Extract<ChatEvent, { type: "end" }>;

/** One answer that grows in this browser. What is read of it changes once a frame; the object is new each time. */
export interface LiveRun {
  runId: string;
  conversationId: string;
  messageId: string;
  answer: LiveAnswer;
  /** `resuming`: the connection broke and comes back by itself. `resting`: nobody looks. */
  link: "following" | "resuming" | "resting";
  /** When this browser first heard of it, on its own clock. */
  knownSince: number;
}

/** The growing answer of a run, or undefined where this browser does not know it. */
export function liveRun(runId: string): LiveRun | undefined {
  return entries.get(runId)?.shown;
}

export function subscribeRun(runId: string, listener: () => void): () => void {
  const set = listeners.get(runId) ?? new Set();
  listeners.set(runId, set.add(listener));
  return () => {
    set.delete(listener);
    if (set.size === 0) listeners.delete(runId);
  };
}

/** Hears of every answer that ends, also of one that ended while nobody looked. */
export function onRunEnd(listener: (run: LiveRun, end: EndEvent) => void): () => void {
  endListeners.add(listener);
  return () => endListeners.delete(listener);
}

/** Hears of runs that are gone: nothing is left to follow. */
export function onRunGone(listener: (run: LiveRun) => void): () => void {
  goneListeners.add(listener);
  return () => goneListeners.delete(listener);
}

/** Takes over a stream whose first event was the acknowledgement. */
export function adoptRun(
  accepted: Extract<ChatEvent, { type: "accepted" }>,
  rest: ChatEvent[],
  stream: AsyncGenerator<ChatEvent[]>,
  abort: AbortController,
): void {
  const entry = entryOf(accepted.runId, accepted.conversationId, accepted.assistantMessage);
  entry.abort?.abort();
  entry.abort = abort;
  take(entry, rest);
  void consume(entry, stream, abort);
}

/** Follows a run while somebody looks at it. Gives the function that stops looking; the run itself goes on. */
export function watchRun(runId: string, conversationId: string, message: MessageView): () => void {
  const entry = entryOf(runId, conversationId, message);
  entry.watchers += 1;
  listenToVisibility();
  if (!document.hidden) start(entry);
  return () => {
    entry.watchers -= 1;
    if (entry.watchers === 0) window.setTimeout(() => entry.watchers === 0 && rest(entry), 1000);
  };
}

/** The stored message says that the run is over: what was missed while nobody looked. */
export function settleRun(message: MessageView): void {
  if (message.runId === null || message.endedAt === null) return;
  const entry = entries.get(message.runId);
  if (entry === undefined || entry.answer.endedAt !== null) return;
  entry.answer = { ...entry.answer, ...storedAnswer(message) };
  rest(entry);
  publish(entry);
}

/** Asks the server to stop a run. What was received stays. */
export function stopRun(runId: string): Promise<void> {
  return api(`/api/runs/${runId}/stop`, { method: "POST" });
}

interface Entry {
  runId: string;
  shown: LiveRun;
  answer: LiveAnswer;
  link: LiveRun["link"];
  abort: AbortController | null;
  watchers: number;
  retry: number;
  failures: number;
  dirty: boolean;
}

const entries = new Map<string, Entry>();
const listeners = new Map<string, Set<() => void>>();
const endListeners = new Set<(run: LiveRun, end: EndEvent) => void>();
const goneListeners = new Set<(run: LiveRun) => void>();
/** Ended runs that are remembered, so that an answer does not change its shape when its stored text arrives. */
const rememberedRuns = 50;
/** A tab that is hidden for a moment keeps its stream. */
const hiddenGraceMs = 4000;

function entryOf(runId: string, conversationId: string, message: MessageView): Entry {
  const found = entries.get(runId);
  if (found !== undefined) return found;
  const answer = { ...emptyAnswer, ...storedAnswer(message) };
  const shown: LiveRun = {
    runId,
    conversationId,
    messageId: message.id,
    answer,
    link: "resting",
    knownSince: performance.now(),
  };
  const entry: Entry = {
    runId,
    shown,
    answer,
    link: "resting",
    abort: null,
    watchers: 0,
    retry: 0,
    failures: 0,
    dirty: false,
  };
  entries.set(runId, entry);
  forgetOld();
  return entry;
}

function storedAnswer(message: MessageView): Partial<LiveAnswer> {
  const { text, state, problem, finishReason, metrics, endedAt } = message;
  return { text, state, problem, finishReason, metrics, endedAt, silentSeconds: 0, place: null };
}

function forgetOld(): void {
  if (entries.size <= rememberedRuns) return;
  for (const [id, entry] of entries) {
    if (entries.size <= rememberedRuns) return;
    if (entry.answer.endedAt !== null && entry.watchers === 0) entries.delete(id);
  }
}

function start(entry: Entry): void {
  if (entry.abort !== null || entry.answer.endedAt !== null) return;
  const abort = new AbortController();
  entry.abort = abort;
  void connect(entry, abort);
}

/** Goes on behind the text that is there; the id of the last event is its length. */
async function connect(entry: Entry, abort: AbortController): Promise<void> {
  const { length } = entry.answer.text;
  try {
    const response = await apiStream(`/api/runs/${entry.runId}/events`, {
      signal: abort.signal,
      headers: length > 0 ? { "last-event-id": String(length) } : {},
    });
    await consume(entry, readEvents(response), abort);
  } catch (error) {
    if (abort.signal.aborted) return;
    if (isApiError(error) && (error.status === 404 || error.status === 401 || error.status === 403)) {
      entry.abort = null;
      setLink(entry, "resting");
      for (const listener of goneListeners) listener(entry.shown);
      return;
    }
    resume(entry, isApiError(error) ? error.retryAfterSeconds : undefined);
  }
}

async function consume(entry: Entry, stream: AsyncGenerator<ChatEvent[]>, abort: AbortController): Promise<void> {
  setLink(entry, "following");
  try {
    for await (const events of stream) {
      if (abort.signal.aborted) return;
      entry.failures = 0;
      take(entry, events);
      if (entry.answer.endedAt !== null) break;
    }
  } catch {
    // A broken connection and an early end are the same: the run goes on, and so does the reading.
  }
  if (abort.signal.aborted) return;
  entry.abort = null;
  if (entry.answer.endedAt === null) resume(entry);
  else setLink(entry, "resting");
}

function resume(entry: Entry, afterSeconds?: number): void {
  entry.abort = null;
  const wanted = entry.watchers > 0 && !document.hidden;
  setLink(entry, wanted ? "resuming" : "resting");
  if (!wanted) return;
  const waitMs = afterSeconds === undefined ? Math.min(300 * 2 ** entry.failures, 15_000) : afterSeconds * 1000;
  entry.failures += 1;
  window.clearTimeout(entry.retry);
  entry.retry = window.setTimeout(
    () => {
      if (entry.watchers > 0 && !document.hidden) start(entry);
    },
    waitMs * (0.8 + Math.random() * 0.4),
  );
}

function rest(entry: Entry): void {
  window.clearTimeout(entry.retry);
  entry.abort?.abort();
  entry.abort = null;
  setLink(entry, "resting");
}

function take(entry: Entry, events: ChatEvent[]): void {
  let end: EndEvent | null = null;
  const wasOver = entry.answer.endedAt !== null;
  for (const event of events) {
    entry.answer = reduce(entry.answer, event);
    if (event.type === "end") end = event;
  }
  schedule(entry);
  if (end === null || wasOver) return;
  // The last text and the end are one paint.
  publish(entry);
  for (const listener of endListeners) listener(entry.shown, end);
}

function setLink(entry: Entry, link: LiveRun["link"]): void {
  if (entry.link === link) return;
  entry.link = link;
  schedule(entry);
}

/** All runs that changed are shown together, in every second frame at most. A hidden page has no frames. */
function schedule(entry: Entry): void {
  entry.dirty = true;
  if (frame) return;
  frame = true;
  if (document.hidden) window.setTimeout(publishAll, 250);
  else window.requestAnimationFrame(onFrame);
}

let frame = false;
let shownAt = 0;
/** Nobody reads faster, and the frames between are free for typing and scrolling. */
const showEveryMs = 30;

function onFrame(now: number): void {
  if (now - shownAt < showEveryMs) {
    window.requestAnimationFrame(onFrame);
    return;
  }
  shownAt = now;
  publishAll();
}

function publishAll(): void {
  frame = false;
  for (const entry of entries.values()) if (entry.dirty) publish(entry);
}

function publish(entry: Entry): void {
  entry.dirty = false;
  entry.shown = { ...entry.shown, answer: entry.answer, link: entry.link };
  for (const listener of listeners.get(entry.runId) ?? []) listener();
}

let listening = false;

function listenToVisibility(): void {
  if (listening) return;
  listening = true;
  let grace = 0;
  document.addEventListener("visibilitychange", () => {
    window.clearTimeout(grace);
    if (document.hidden) {
      grace = window.setTimeout(() => {
        for (const entry of entries.values()) rest(entry);
      }, hiddenGraceMs);
      return;
    }
    // What was asked for just before hiding may still wait for its frame.
    publishAll();
    for (const entry of entries.values()) if (entry.watchers > 0) start(entry);
  });
  window.addEventListener("online", () => {
    for (const entry of entries.values()) {
      if (entry.link !== "resuming") continue;
      window.clearTimeout(entry.retry);
      start(entry);
    }
  });
}
