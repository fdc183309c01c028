import "server-only";
import { limits } from "#lib/server/limits/limits.ts";
import { EventDecoder } from "#lib/server/upstream/event-decoder.ts";
import { type FinishReason, readPiece, type Usage } from "#lib/server/upstream/openclaw/chat-event.ts";
import { failureOfEvent, failureOfStatus } from "#lib/server/upstream/openclaw/failures.ts";
import { headerText, type Receiver, type ResponseHeaders } from "#lib/server/upstream/transport.ts";
import type { UpstreamEvent } from "#lib/shared/chat/events.ts";
import { AppError } from "#lib/shared/errors.ts";

/** How an answer ended. */
export interface ChatResult {
  /** Null from older gateways, which end without saying why. */
  finishReason: FinishReason | null;
  usage: Usage | null;
  /** False when the gateway answered with one JSON object instead of a stream. */
  sawDone: boolean;
}

/** Sentences of the gateway that stand in the place of an answer. */
const noAnswer = "No response from OpenClaw.";
const oldFailure = "Error: internal error";

/**
 * Reads the answer to one turn, be it an event stream, a whole JSON answer or a refusal, and reports each chunk's text at
 * once. Never takes a web page for an answer.
 */
export class ChatReader implements Receiver {
  private readonly on: (events: UpstreamEvent[]) => void;
  private readonly decoder = new EventDecoder(limits.upstream.lineBytes);
  private mode: "stream" | "whole" | "refusal" = "stream";
  private status = 0;
  private headers: ResponseHeaders = {};
  private body: Buffer[] = [];
  private bodyBytes = 0;
  private done = false;
  private sawEvent = false;
  private hasText = false;
  private chars = 0;
  private finish: FinishReason | null = null;
  private usage: Usage | null = null;
  /** What the chunk being read has said so far. */
  private text = "";
  private news: UpstreamEvent[] = [];
  /** The gateway's own sentence, held back until it is clear whether it is the whole answer. */
  private heldSentence = "";
  private readonly onData: (data: string) => void;

  constructor(on: (events: UpstreamEvent[]) => void) {
    this.on = on;
    this.onData = (data) => this.event(data);
  }

  head(status: number, headers: ResponseHeaders): void {
    this.status = status;
    this.headers = headers;
    if (status !== 200) {
      this.mode = "refusal";
      return;
    }
    const type = headerText(headers, "content-type")?.split(";")[0]?.trim().toLowerCase() ?? "text/event-stream";
    if (type === "text/event-stream") this.mode = "stream";
    else if (type === "application/json") this.mode = "whole";
    else throw new AppError("gateway_malformed", "The answer is neither an event stream nor JSON.");
  }

  data(chunk: Buffer): "alive" | "quiet" | "done" {
    if (this.mode !== "stream") return this.gather(chunk);
    this.sawEvent = false;
    try {
      this.decoder.push(chunk, this.onData);
    } finally {
      // What came before a failure in the same chunk is part of the answer.
      this.report();
    }
    if (this.done) return "done";
    return this.sawEvent ? "alive" : "quiet";
  }

  /** The end of the bytes: the result, or the failure that the end shows. */
  end(): ChatResult {
    if (this.mode === "refusal") throw failureOfStatus(this.status, this.headers, Buffer.concat(this.body));
    if (this.mode === "whole") this.event(Buffer.concat(this.body).toString("utf8"));
    else if (!this.done && this.decoder.unfinished().endsWith("[DONE]")) this.done = true;
    this.report();
    if (this.mode === "stream" && !this.done) {
      throw this.failure(new AppError("gateway_cut", "The stream ended before the answer did."));
    }
    if (!this.hasText) {
      throw new AppError("gateway_empty", "The answer has no text.", {
        facts: this.finish === null ? {} : { finishReason: this.finish },
      });
    }
    return { finishReason: this.finish, usage: this.usage, sawDone: this.done };
  }

  /** Sharpens a failure of the connection by what was read: a page is not a broken stream. */
  failure(error: AppError): AppError {
    // A refusal whose body never comes is a refusal all the same.
    if (this.mode === "refusal") return failureOfStatus(this.status, this.headers, Buffer.concat(this.body));
    if (error.code !== "gateway_cut") return error;
    this.releaseSentence();
    this.report();
    if (this.mode === "stream" && this.decoder.foreignLines > 0 && !this.hasText) {
      return new AppError("gateway_malformed", "The answer is not an event stream.", { cause: error });
    }
    return error;
  }

  private gather(chunk: Buffer): "alive" {
    this.bodyBytes += chunk.length;
    const limit = this.mode === "whole" ? limits.upstream.bodyBytes : refusalBytes;
    if (this.bodyBytes > limit) {
      if (this.mode === "refusal") throw failureOfStatus(this.status, this.headers, Buffer.concat(this.body));
      throw new AppError("gateway_too_large", "The answer is too large.");
    }
    this.body.push(chunk);
    return "alive";
  }

  private event(data: string): void {
    this.sawEvent = true;
    if (this.done || data.trim() === "") return;
    if (data.trim() === "[DONE]") {
      this.done = true;
      return;
    }
    const piece = readPiece(data);
    if (piece.error !== undefined) {
      this.releaseSentence();
      throw failureOfEvent(piece.error);
    }
    if (piece.text !== "") this.append(piece.text, piece.finish);
    if (piece.finish !== null) {
      this.finish = piece.finish;
      this.news.push({ type: "finish", reason: piece.finish });
    }
    if (piece.usage !== null) {
      this.usage = piece.usage;
      this.news.push({ type: "usage", ...piece.usage });
    }
  }

  private append(text: string, finish: FinishReason | null): void {
    // Older gateways report a failed run as a last piece of text; newer ones never end a run in a piece with text.
    if (text === oldFailure && finish === "stop" && this.mode === "stream") {
      this.releaseSentence();
      throw new AppError("gateway_failed", "The gateway reported a failure as text.");
    }
    if (!this.hasText && this.heldSentence === "" && text.trim() === noAnswer) {
      this.heldSentence = text;
      return;
    }
    this.releaseSentence();
    this.add(text);
  }

  private releaseSentence(): void {
    const sentence = this.heldSentence;
    this.heldSentence = "";
    if (sentence !== "") this.add(sentence);
  }

  private add(text: string): void {
    this.chars += text.length;
    if (this.chars > limits.runs.answerChars) throw new AppError("gateway_too_large", "The answer is too long.");
    this.text += text;
    if (!this.hasText && /\S/.test(text)) this.hasText = true;
  }

  private report(): void {
    if (this.text === "" && this.news.length === 0) return;
    const events = this.news;
    if (this.text !== "") events.unshift({ type: "delta", text: this.text });
    this.text = "";
    this.news = [];
    this.on(events);
  }
}

const refusalBytes = 64 * 1024;
