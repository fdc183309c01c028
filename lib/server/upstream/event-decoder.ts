import "server-only";
import { isUtf8 } from "node:buffer";
import { AppError } from "#lib/shared/errors.ts";

const LF = 10;
const CR = 13;

/**
 * Bytes of an event stream to the `data` of its events, in three steps: bytes are cut behind the last line ending of a
 * chunk (so no character is ever split), text is cut into lines, lines are gathered into events. Line endings may be LF,
 * CR LF or CR, mixed. Comments and fields other than `data` and `event` are dropped.
 */
export class EventDecoder {
  /** Lines that are no part of an event stream: the sign of a page or a log sent under a false content type. */
  foreignLines = 0;
  private held: Buffer[] = [];
  private heldBytes = 0;
  private skipLf = false;
  private atStart = true;
  private dataLines: string[] = [];
  private dataChars = 0;
  private eventName = "";
  private readonly maxBytes: number;

  /** @param maxBytes of one line and of one event's data. */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /**
   * Takes a chunk and calls `onData` for each event that it completes, with its name ("" without one). Throws `gateway_too_large` and
   * `gateway_malformed` (bytes that are not UTF-8).
   */
  push(chunk: Buffer, onData: OnData): void {
    let bytes = chunk;
    if (this.skipLf && bytes.length > 0) {
      this.skipLf = false;
      if (bytes[0] === LF) bytes = bytes.subarray(1);
    }
    const cut = Math.max(bytes.lastIndexOf(LF), bytes.lastIndexOf(CR)) + 1;
    if (cut === 0) {
      this.hold(bytes);
      return;
    }
    const head = bytes.subarray(0, cut);
    const whole = this.held.length === 0 ? head : Buffer.concat([...this.held, head]);
    this.held = [];
    this.heldBytes = 0;
    if (cut < bytes.length) this.hold(bytes.subarray(cut));
    else this.skipLf = bytes[cut - 1] === CR;
    if (!isUtf8(whole)) throw new AppError("gateway_malformed", "The stream is not UTF-8.");
    this.lines(whole.toString("utf8"), onData);
  }

  /** The data of an event whose closing blank line never came; "" when the stream ended between two events. */
  unfinished(): string {
    const tail = Buffer.concat(this.held).toString("utf8");
    const last = tail.startsWith("data:") ? [tail.slice(5).trim()] : [];
    return [...this.dataLines, ...last].join("\n");
  }

  private hold(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.heldBytes += bytes.length;
    if (this.heldBytes > this.maxBytes) throw new AppError("gateway_too_large", "A line of the stream is too long.");
    this.held.push(bytes);
  }

  private lines(text: string, onData: OnData): void {
    let from = 0;
    if (this.atStart) {
      this.atStart = false;
      if (text.charCodeAt(0) === 0xfeff) from = 1;
    }
    const body = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
    for (let end = body.indexOf("\n", from); end !== -1; end = body.indexOf("\n", from)) {
      this.line(body, from, end, onData);
      from = end + 1;
    }
  }

  private line(text: string, from: number, end: number, onData: OnData): void {
    if (end - from > this.maxBytes) throw new AppError("gateway_too_large", "A line of the stream is too long.");
    if (end === from) {
      if (this.dataLines.length === 0) {
        this.eventName = "";
        return;
      }
      const data = this.dataLines.length === 1 ? (this.dataLines[0] ?? "") : this.dataLines.join("\n");
      const name = this.eventName;
      this.dataLines = [];
      this.dataChars = 0;
      this.eventName = "";
      onData(data, name);
      return;
    }
    if (text.startsWith("data:", from)) {
      const start = text.charCodeAt(from + 5) === 32 ? from + 6 : from + 5;
      this.dataChars += end - start;
      if (this.dataChars > this.maxBytes)
        throw new AppError("gateway_too_large", "An event of the stream is too long.");
      this.dataLines.push(text.slice(start, end));
      return;
    }
    if (text[from] === ":") return;
    if (text.startsWith("event:", from)) {
      const start = text.charCodeAt(from + 6) === 32 ? from + 7 : from + 6;
      this.eventName = text.slice(start, Math.min(end, start + maxNameChars));
      return;
    }
    if (!knownField.test(text.slice(from, Math.min(end, from + 8)))) this.foreignLines += 1;
  }
}

type OnData = (data: string, event: string) => void;

const maxNameChars = 100;
const knownField = /^(data$|event(:|$)|id(:|$)|retry(:|$))/;
