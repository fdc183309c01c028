import { refuse } from "#lib/sandbox/openclaw/answers.ts";
import { TurnFailure } from "#lib/sandbox/openclaw/attempts.ts";
import { makeStreamText } from "#lib/sandbox/openclaw/stream-text.ts";

/**
 * The text of one run on its way into a stream that can only grow. Pieces of one model call follow each other; another
 * call begins a new paragraph; a retry must say again what was already said.
 */
export interface RunText {
  /** A model call begins. */
  begin(): void;
  push(kind: "text" | "reasoning", piece: string): Promise<void> | void;
  /** The call is complete: returns its text. Throws when it contradicts what was sent. */
  finish(): Promise<string>;
  /** The call failed and will be made again. */
  retry(): void;
  /** Text of the call that is going on. */
  partial(): string;
}

export function makeRunText(onText: (text: string) => Promise<void> | void): RunText {
  /** Everything sent, of earlier calls and of this one. */
  let sentBefore = "";
  let sent = "";
  let pieces: string[] = [];
  let stream = makeStreamText();
  /** Reasoning came first: the answer leaves in one piece at the end. */
  let whole = false;
  let retried = false;

  function send(text: string): Promise<void> | void {
    if (text === "") return;
    const lead = sent === "" && sentBefore !== "" ? "\n\n" : "";
    sent += text;
    return onText(lead + text);
  }

  return {
    begin() {
      if (retried) return;
      if (sent !== "") sentBefore += sent;
      sent = "";
      pieces = [];
      stream = makeStreamText();
      whole = false;
    },
    push(kind, piece) {
      if (kind === "reasoning") {
        whole = true;
        return;
      }
      pieces.push(piece);
      if (whole || retried) return;
      return send(stream.push(piece));
    },
    async finish() {
      const text = pieces.join("").trim();
      if (whole || retried) {
        if (!text.startsWith(sent)) throw notAppendable();
        await send(text.slice(sent.length));
      } else await send(stream.flush());
      retried = false;
      return text;
    },
    retry() {
      pieces = [];
      retried = true;
    },
    partial: () => pieces.join("") || sent,
  };
}

function notAppendable(): TurnFailure {
  const error = {
    message: "Assistant output cannot be represented as an append-only response stream.",
    type: "api_error",
  };
  return new TurnFailure(refuse(502, error.type, error.message), error);
}
