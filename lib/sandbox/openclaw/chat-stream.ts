import { randomUUID } from "node:crypto";
import type { Wire } from "#lib/sandbox/wire.ts";

/** The chunks of one streamed completion. */
export interface ChatStream {
  open(): void;
  text(text: string): Promise<void> | void;
  call(call: { name: string; arguments: unknown }): void;
  fail(error: { message: string; type: string }): void;
  close(finish: string, usage: object): void;
}

interface Head {
  id: string;
  created: number;
  model: string;
}

const done = "data: [DONE]\n\n";
const argumentPiece = 256;

/** As 2026.9: the role at once, before anything has begun; then content, a chunk with the reason, usage if asked for. */
export function currentStream(wire: Wire, head: Head, includeUsage: boolean): ChatStream {
  const { start, chunk, content } = chunks(head);
  return {
    open: () => void wire.write(chunk({ role: "assistant" }, null)),
    text: (text) => (wire.write(content(text)) ? undefined : wire.drained()),
    call({ name, arguments: args }) {
      const text = JSON.stringify(args);
      const first = { index: 0, id: `call_${randomUUID()}`, type: "function", function: { name, arguments: "" } };
      wire.write(chunk({ tool_calls: [first] }, null));
      for (let i = 0; i < text.length; i += argumentPiece) {
        const piece = { index: 0, function: { arguments: text.slice(i, i + argumentPiece) } };
        wire.write(chunk({ tool_calls: [piece] }, null));
      }
    },
    fail(error) {
      wire.write(`data: ${JSON.stringify({ error })}\n\n`);
      wire.end(done);
    },
    close(finish, usage) {
      wire.write(chunk({}, finish));
      if (includeUsage) wire.write(`${start}"choices":[],"usage":${JSON.stringify(usage)}}\n\n`);
      wire.end(done);
    },
  };
}

/** As the releases of February 2026: the role only with the first token, no chunk with a reason, failures as text. */
export function earlyStream(wire: Wire, head: Head): ChatStream {
  const { chunk } = chunks(head);
  let begun = false;
  const begin = () => {
    if (!begun) wire.write(chunk({ role: "assistant" }, null));
    begun = true;
  };
  const text = (words: string, finish: string | null): Promise<void> | void => {
    begin();
    return wire.write(chunk({ content: words }, finish)) ? undefined : wire.drained();
  };
  return {
    open: () => {},
    text: (words) => text(words, null),
    call: () => {},
    fail() {
      void text("Error: internal error", "stop");
      wire.end(done);
    },
    close() {
      begin();
      wire.end(done);
    },
  };
}

/** Ready-made pieces: only the part that differs is encoded for each token. */
function chunks({ id, created, model }: Head) {
  const start = `data: {"id":"${id}","object":"chat.completion.chunk","created":${created},"model":${JSON.stringify(model)},`;
  return {
    start,
    chunk: (delta: object, finish: string | null) =>
      `${start}"choices":[{"index":0,"delta":${JSON.stringify(delta)},"finish_reason":${JSON.stringify(finish)}}]}\n\n`,
    content: (text: string) =>
      `${start}"choices":[{"index":0,"delta":{"content":${JSON.stringify(text)}},"finish_reason":null}]}\n\n`,
  };
}
