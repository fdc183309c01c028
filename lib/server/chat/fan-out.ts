import "server-only";
import type { Reader } from "#lib/server/chat/reader.ts";
import { limits } from "#lib/server/limits/limits.ts";
import type { ChatEvent } from "#lib/shared/chat/events.ts";
import { emptyAnswer, type LiveAnswer, reduce } from "#lib/shared/chat/reduce.ts";

/**
 * One answer and everybody who follows it: folds each event, encodes it once and gives the same bytes to every reader.
 * Text that arrives after 12 ms of quiet goes at once; what follows within 12 ms goes together.
 */
export class FanOut {
  readonly runId: string;
  readonly messageId: string;
  answer: LiveAnswer;
  readonly readers = new Set<Reader>();
  #held = "";
  #window: NodeJS.Timeout | undefined;
  #sentAt = Number.NEGATIVE_INFINITY;

  constructor(runId: string, messageId: string, answer: Partial<LiveAnswer> = {}) {
    this.runId = runId;
    this.messageId = messageId;
    this.answer = { ...emptyAnswer, ...answer };
  }

  /** Text to append: at once after a quiet window, else with what comes until the window is over. */
  text(text: string): void {
    this.#held += text;
    if (this.#window !== undefined) return;
    const left = limits.stream.windowMs - (performance.now() - this.#sentAt);
    // Nothing is timed at the pace of a model, where the next token is always later than this.
    if (left <= 0) this.flush();
    else this.#window = setTimeout(this.#windowEnds, left);
  }

  /** Sends what the window holds. */
  flush(): void {
    if (this.#held === "") return;
    const text = this.#held;
    this.#held = "";
    this.#sentAt = performance.now();
    this.#send({ type: "delta", text });
  }

  emit(event: ChatEvent): void {
    this.flush();
    this.#send(event);
  }

  /**
   * Joins a reader: with `after` (UTF-16 units of the text it has) it goes on from there, else it gets the whole text.
   * `first` is sent before everything else.
   */
  attach(reader: Reader, options: { after?: number | undefined; first?: ChatEvent }): void {
    this.flush();
    const { answer } = this;
    if (options.first !== undefined) reader.push(encode(options.first));
    const after = options.after;
    if (after !== undefined && after > 0 && after <= answer.text.length) {
      if (after < answer.text.length) {
        reader.push(encode({ type: "delta", text: answer.text.slice(after) }, answer.text.length));
      }
    } else if (options.first === undefined || answer.text !== "") {
      const { runId, messageId } = this;
      const { text, state, metrics } = answer;
      reader.push(encode({ type: "snapshot", runId, messageId, text, state, metrics }, text.length));
    }
    if (answer.place !== null) reader.push(encode({ type: "place", position: answer.place }));
    if (answer.startedAt !== null && answer.endedAt === null)
      reader.push(encode({ type: "started", at: answer.startedAt }));
    if (answer.silentSeconds > 0) reader.push(encode({ type: "silence", seconds: answer.silentSeconds }));
    this.readers.add(reader);
  }

  /** Ends every reader; nothing is sent after this. */
  close(): void {
    clearTimeout(this.#window);
    for (const reader of [...this.readers]) reader.close();
  }

  readonly #windowEnds = (): void => {
    this.#window = undefined;
    this.flush();
  };

  #send(event: ChatEvent): void {
    this.answer = reduce(this.answer, event);
    if (this.readers.size === 0) return;
    const bytes = encode(event, event.type === "delta" || event.type === "end" ? this.answer.text.length : undefined);
    for (const reader of this.readers) reader.push(bytes);
  }
}

/** One SSE frame. The id is how much text a reader has with it, so that it can go on from there. */
export function encode(event: ChatEvent, id?: number): Buffer {
  const head = id === undefined ? "" : `id: ${id}\n`;
  return Buffer.from(`${head}event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

const keepAliveBytes = Buffer.from(": keep-alive\n\n");

/** A comment for readers that got nothing for a while, so that no proxy in between gives up. */
export function keepAlive(readers: Iterable<Reader>): void {
  const now = performance.now();
  for (const reader of readers) {
    if (now - reader.lastSentAt >= limits.stream.keepAliveMs) reader.push(keepAliveBytes);
  }
}
