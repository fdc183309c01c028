import { createParser } from "eventsource-parser";
import { describe, expect, it } from "vitest";
import { limits } from "#lib/server/limits/limits.ts";
import type { ChatEvent } from "#lib/shared/chat/events.ts";
import { FanOut } from "./fan-out.ts";
import { openReader } from "./reader.ts";

const end: ChatEvent = {
  type: "end",
  state: "complete",
  problem: null,
  finishReason: "stop",
  metrics: {},
  endedAt: 1,
  nextRunId: null,
};

function follow(fanOut: FanOut, after?: number) {
  const { reader, body } = openReader("ann", (left) => fanOut.readers.delete(left));
  fanOut.attach(reader, { after });
  return { reader, body };
}

async function eventsOf(body: ReadableStream<Uint8Array>): Promise<{ id: string | undefined; event: ChatEvent }[]> {
  const events: { id: string | undefined; event: ChatEvent }[] = [];
  const parser = createParser({ onEvent: ({ id, data }) => events.push({ id, event: JSON.parse(data) }) });
  parser.feed(await new Response(body).text());
  return events;
}

function textOf(events: { event: ChatEvent }[]): string {
  return events.reduce((text, { event }) => {
    if (event.type === "snapshot") return event.text;
    return event.type === "delta" ? text + event.text : text;
  }, "");
}

describe("FanOut", () => {
  it("gives everybody the whole text, whenever they come", async () => {
    const fanOut = new FanOut("run", "message");
    const first = follow(fanOut);
    fanOut.text("one ");
    fanOut.text("two ");
    const second = follow(fanOut);
    fanOut.text("three");
    fanOut.emit(end);
    fanOut.close();
    for (const { body } of [first, second]) {
      const events = await eventsOf(body);
      expect(textOf(events)).toBe("one two three");
      expect(events.at(-1)?.event).toEqual(end);
    }
  });

  it("lets a reader go on from the text it has, without a repeat", async () => {
    const fanOut = new FanOut("run", "message");
    fanOut.text("Grüße 👩🏽‍💻, ");
    fanOut.text("泊位");
    fanOut.flush();
    const has = "Grüße 👩🏽‍💻, ".length;
    const { body } = follow(fanOut, has);
    fanOut.emit(end);
    fanOut.close();
    const events = await eventsOf(body);
    expect(events.map(({ event }) => event.type)).toEqual(["delta", "end"]);
    expect(textOf(events)).toBe("泊位");
    expect(events[0]?.id).toBe(String(has + 2));
  });

  it("replaces what a reader has when it claims more text than there is", async () => {
    const fanOut = new FanOut("run", "message", { text: "short", state: "interrupted" });
    const { body } = follow(fanOut, 4000);
    fanOut.close();
    const events = await eventsOf(body);
    expect(events.map(({ event }) => event)).toMatchObject([{ type: "snapshot", text: "short", state: "interrupted" }]);
  });

  it("sends the first text at once and what follows within the window together", async () => {
    const fanOut = new FanOut("run", "message");
    const { body } = follow(fanOut);
    for (const word of ["a", "b", "c"]) fanOut.text(word);
    await new Promise((wake) => setTimeout(wake, limits.stream.windowMs * 4));
    fanOut.close();
    const deltas = (await eventsOf(body)).filter(({ event }) => event.type === "delta");
    expect(deltas.map(({ event }) => event)).toEqual([
      { type: "delta", text: "a" },
      { type: "delta", text: "bc" },
    ]);
  });

  it("drops a reader that does not keep up, and no other", async () => {
    const fanOut = new FanOut("run", "message");
    const slow = follow(fanOut);
    const text = "x".repeat(limits.stream.readerBytes / 2);
    const quick = follow(fanOut);
    const quickText = eventsOf(quick.body).then(textOf);
    for (let i = 0; i < 4; i += 1) {
      fanOut.text(text);
      fanOut.flush();
      await new Promise(setImmediate);
    }
    expect(fanOut.readers.has(slow.reader)).toBe(false);
    await expect(new Response(slow.body).text()).rejects.toThrow();
    fanOut.close();
    expect(await quickText).toBe(text.repeat(4));
  });
});
