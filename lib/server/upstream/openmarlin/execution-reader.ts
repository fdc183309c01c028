import "server-only";
import { limits } from "#lib/server/limits/limits.ts";
import { EventDecoder } from "#lib/server/upstream/event-decoder.ts";
import { failureOfAnswer, failureOfEvent } from "#lib/server/upstream/openmarlin/failures.ts";
import { headerText, type Receiver, type ResponseHeaders } from "#lib/server/upstream/transport.ts";
import type { UpstreamEvent } from "#lib/shared/chat/events.ts";
import { AppError } from "#lib/shared/errors.ts";

/**
 * Reads the answer to one execution, be it named events, one JSON object or a refusal. The names of the events are agreed,
 * the fields inside are documented nowhere: text is taken from any of those that the published client suggests.
 */
export class ExecutionReader implements Receiver {
  readonly #on: (events: UpstreamEvent[]) => void;
  readonly #decoder = new EventDecoder(limits.upstream.lineBytes);
  readonly #onData = (data: string, name: string) => this.#event(data, name);
  #mode: "stream" | "whole" | "refusal" = "stream";
  #status = 0;
  #headers: ResponseHeaders = {};
  #body: Buffer[] = [];
  #bodyBytes = 0;
  #ended = false;
  #sawEvent = false;
  #hasText = false;
  #chars = 0;
  #requestId: string | null = null;
  #text = "";
  #news: UpstreamEvent[] = [];

  constructor(on: (events: UpstreamEvent[]) => void) {
    this.#on = on;
  }

  head(status: number, headers: ResponseHeaders): void {
    this.#status = status;
    this.#headers = headers;
    if (status < 200 || status > 299) {
      this.#mode = "refusal";
      return;
    }
    const type = headerText(headers, "content-type")?.split(";")[0]?.trim().toLowerCase() ?? "text/event-stream";
    if (type === "text/event-stream") this.#mode = "stream";
    else if (type === "application/json") this.#mode = "whole";
    else throw new AppError("openmarlin_malformed", "The answer is neither an event stream nor JSON.");
  }

  data(chunk: Buffer): "alive" | "quiet" | "done" {
    if (this.#mode !== "stream") return this.#gather(chunk);
    this.#sawEvent = false;
    try {
      this.#decoder.push(chunk, this.#onData);
    } finally {
      // What came before a failure in the same chunk is part of the answer.
      this.#report();
    }
    if (this.#ended) return "done";
    return this.#sawEvent ? "alive" : "quiet";
  }

  /** The end of the bytes: nothing when the answer is whole, or the failure that the end shows. */
  end(): void {
    if (this.#mode === "refusal") throw this.#refusal();
    if (this.#mode === "whole") {
      this.#whole(parseObject(Buffer.concat(this.#body).toString("utf8")));
      this.#report();
    } else if (!this.#ended) {
      throw new AppError("openmarlin_cut", "The stream ended without execution.end.");
    }
    if (!this.#hasText) throw new AppError("openmarlin_empty", "The answer has no text.");
  }

  /** Sharpens a failure of the connection by what was read. */
  failure(error: AppError): AppError {
    return this.#mode === "refusal" ? this.#refusal() : error;
  }

  #refusal(): AppError {
    return failureOfAnswer(this.#status, this.#headers, Buffer.concat(this.#body));
  }

  #gather(chunk: Buffer): "alive" {
    this.#bodyBytes += chunk.length;
    if (this.#bodyBytes > (this.#mode === "whole" ? limits.upstream.bodyBytes : refusalBytes)) {
      if (this.#mode === "refusal") throw this.#refusal();
      throw new AppError("openmarlin_too_large", "The answer is too large.");
    }
    this.#body.push(chunk);
    return "alive";
  }

  #event(data: string, name: string): void {
    this.#sawEvent = true;
    if (this.#ended || data.trim() === "") return;
    const event = parse(data);
    const kind = name === "" ? nameInside(event) : name;
    if (kind === "execution.error") throw failureOfEvent(data, this.#hasText);
    this.#note(event);
    if (kind === "execution.chunk") this.#add(textOf(event));
    else if (kind === "execution.end") {
      this.#ended = true;
      this.#whole(event);
    }
  }

  /** A whole answer, or the last event of a stream, which may repeat the text that came before it. */
  #whole(answer: unknown): void {
    this.#note(answer);
    if (!this.#hasText) this.#add(wholeText(answer));
    this.#news.push({ type: "finish", reason: "stop" });
  }

  #note(event: unknown): void {
    const id = (event as { request_id?: unknown } | null)?.request_id;
    if (this.#requestId !== null || typeof id !== "string" || !/^[\w.:-]{1,200}$/.test(id)) return;
    this.#requestId = id;
    this.#news.push({ type: "reference", requestId: id });
  }

  #add(text: string): void {
    if (text === "") return;
    this.#chars += text.length;
    if (this.#chars > limits.runs.answerChars) throw new AppError("openmarlin_too_large", "The answer is too long.");
    this.#text += text;
    if (!this.#hasText && /\S/.test(text)) this.#hasText = true;
  }

  #report(): void {
    if (this.#text === "" && this.#news.length === 0) return;
    const events = this.#news;
    if (this.#text !== "") events.unshift({ type: "delta", text: this.#text });
    this.#text = "";
    this.#news = [];
    this.#on(events);
  }
}

const refusalBytes = 64 * 1024;

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new AppError("openmarlin_malformed", "An event of the stream is not JSON.", { cause });
  }
}

function parseObject(text: string): unknown {
  const parsed = parse(text);
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw new AppError("openmarlin_malformed", "The answer is not a JSON object.");
}

/** Where a stream has no `event:` lines, the name may stand in the data. */
function nameInside(event: unknown): string {
  const { type, event: named } = (event ?? {}) as { type?: unknown; event?: unknown };
  return typeof type === "string" ? type : typeof named === "string" ? named : "";
}

const textFields = ["delta", "text", "chunk", "content", "output"] as const;

function textOf(value: unknown, depth = 0): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || depth > 3) return "";
  if (Array.isArray(value)) return value.map((part) => textOf(part, depth + 1)).join("");
  for (const field of textFields) {
    const text = textOf((value as Record<string, unknown>)[field], depth + 1);
    if (text !== "") return text;
  }
  return "";
}

/** `output` may be of any type: what has no text in it is shown as JSON. */
function wholeText(answer: unknown): string {
  const { output, streamed_text } = (answer ?? {}) as { output?: unknown; streamed_text?: unknown };
  const text = textOf(output);
  if (text !== "") return text;
  if (typeof streamed_text === "string" && streamed_text !== "") return streamed_text;
  if (typeof output === "number" || typeof output === "boolean") return String(output);
  if (typeof output !== "object" || output === null || Object.keys(output).length === 0) return "";
  return `\`\`\`json\n${JSON.stringify(output, null, 2)}\n\`\`\``;
}
