import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { FaultPlan } from "#lib/sandbox/faults.ts";
import type { Wire } from "#lib/sandbox/wire.ts";

/** `wire` with the byte faults of `plan`. Everything else passes through unchanged, in order. */
export function faultyWire(wire: Wire, plan: FaultPlan, response: ServerResponse): Wire {
  if (plan.lost_answer !== undefined) return losingWire(wire, response);
  const shape = makeShaper(plan);
  const send = makeSender(plan, response, wire.gone);
  return {
    gone: wire.gone,
    head(status, headers) {
      const changed = new Map(Object.entries(headers));
      // A length would contradict a body that is cut, padded or never ends.
      for (const name of changed.keys()) if (name.toLowerCase() === "content-length") changed.delete(name);
      if (plan.content_encoding !== undefined) changed.set("Content-Encoding", plan.content_encoding.value);
      if (plan.content_type !== undefined) changed.set("Content-Type", plan.content_type.value);
      wire.head(status, Object.fromEntries(changed));
      response.flushHeaders();
    },
    write(data) {
      send.push(shape(data));
      return true;
    },
    drained: () => wire.drained(),
    end(data) {
      if (data !== undefined) send.push(shape(data));
      send.end();
    },
  };
}

/** Everything is done as ordered; then the connection breaks before the first byte of the answer. */
function losingWire(wire: Wire, response: ServerResponse): Wire {
  return {
    gone: wire.gone,
    head: () => {},
    write: () => true,
    drained: async () => {},
    end: () => void response.socket?.resetAndDestroy(),
  };
}

/** Faults that change the text before it becomes bytes. */
function makeShaper(plan: FaultPlan): (data: string | Uint8Array) => Buffer {
  let events = 0;
  let first = true;
  return (data) => {
    if (typeof data !== "string") return Buffer.from(data);
    let shaped = data;
    if (plan.no_done !== undefined) shaped = shaped.replace("data: [DONE]\n\n", "");
    if (plan.comments !== undefined && shaped.endsWith("\n\n")) {
      events += 1;
      shaped = `: keep-alive ${events}\n:\nretry: 3000\nid: ${events}\nunknown: field\n${shaped}: after\n\n`;
    }
    if (plan.line_ends !== undefined) shaped = lineEnds(shaped, plan.line_ends.style);
    if (plan.bom !== undefined && first) shaped = `\uFEFF${shaped}`;
    first = false;
    return Buffer.from(shaped);
  };
}

function lineEnds(text: string, style: "crlf" | "cr" | "mixed"): string {
  const ends = { crlf: ["\r\n"], cr: ["\r"], mixed: ["\r\n", "\n", "\r"] }[style];
  let turn = 0;
  return text.replaceAll("\n", () => ends[turn++ % ends.length] ?? "\n");
}

/** Faults that concern positions in the stream of bytes: what is put in, where it stops, in which pieces it goes out. */
function makeSender(plan: FaultPlan, response: ServerResponse, gone: AbortSignal) {
  const inserts = [
    ...(plan.garbage ? [{ at: plan.garbage.afterBytes, bytes: Buffer.from(plan.garbage.text) }] : []),
    ...(plan.bad_utf8
      ? [{ at: plan.bad_utf8.afterBytes, bytes: Buffer.from([0x64, 0xff, 0xfe, 0xc3, 0x28, 0x0a, 0x0a]) }]
      : []),
    ...(plan.huge_line
      ? [
          {
            at: plan.huge_line.afterBytes,
            bytes: Buffer.concat([Buffer.from("data: "), Buffer.alloc(plan.huge_line.bytes, 97)]),
          },
        ]
      : []),
  ].sort((a, b) => a.at - b.at);
  const stop = plan.cut ?? plan.stall;
  let sent = 0;
  let stopped = false;
  let tail: Promise<void> = Promise.resolve();

  async function out(bytes: Buffer): Promise<void> {
    if (plan.pieces === undefined) return void response.write(bytes);
    for (let i = 0; i < bytes.length && !response.destroyed; i += plan.pieces.bytes) {
      response.write(bytes.subarray(i, i + plan.pieces.bytes));
      // At least a turn of the event loop, or the pieces would leave in one packet.
      await delay(plan.pieces.gapMs, undefined, { signal: gone });
    }
  }

  async function halt(): Promise<void> {
    stopped = true;
    if (plan.cut?.how === "reset") {
      // A reset throws away what the other side has not read yet; what was written before shall arrive.
      if (sent > 0) await delay(50);
      response.socket?.resetAndDestroy();
    }
    if (plan.cut?.how === "fin") response.socket?.end();
    if (plan.cut?.how === "end") response.end();
  }

  async function pass(bytes: Buffer): Promise<void> {
    let rest = bytes;
    while (!stopped && !response.destroyed) {
      const insert = inserts[0];
      if (insert !== undefined && sent >= insert.at) {
        inserts.shift();
        await out(insert.bytes);
        continue;
      }
      if (stop !== undefined && sent >= stop.afterBytes) return halt();
      if (rest.length === 0) return;
      const until = Math.min(stop?.afterBytes ?? Infinity, insert?.at ?? Infinity);
      const piece = rest.subarray(0, Math.min(rest.length, until - sent));
      rest = rest.subarray(piece.length);
      sent += piece.length;
      await out(piece);
    }
  }

  const queue = (step: () => Promise<void> | void) => {
    // A client that left is no error of ours.
    tail = tail.then(step).catch(() => {});
  };
  return {
    push: (bytes: Buffer) => queue(() => pass(bytes)),
    end: () => queue(() => void (stopped || response.end())),
  };
}
