import { expect, test } from "vitest";
import { emptyAnswer, reduce } from "#lib/shared/chat/reduce.ts";
import { readEvents } from "./event-stream.ts";

const frames = [
  'event: started\ndata: {"type":"started","at":5}\n\n',
  ": keep-alive\n\n",
  'id: 3\nevent: delta\ndata: {"type":"delta","text":"潮汐🌊"}\n\n',
  'event: delta\ndata: {"type":"delta","text":" in"}\n\n',
  'event: future\ndata: {"type":"future","x":1}\n\n',
  "event: delta\ndata: no json\n\n",
  'event: end\ndata: {"type":"end","state":"complete","problem":null,"finishReason":"stop","metrics":{},"endedAt":9,"nextRunId":null}\n\n',
].join("");

test.each([1, 3, 7, 1000])("folds a stream that comes in pieces of %i bytes", async (size) => {
  const bytes = new TextEncoder().encode(frames);
  let answer = emptyAnswer;
  for await (const events of readEvents(pieces(bytes, size)))
    for (const event of events) answer = reduce(answer, event);
  expect(answer).toMatchObject({ text: "潮汐🌊 in", state: "complete", startedAt: 5, endedAt: 9 });
});

test("gives the events of one chunk together, so that they are one paint", async () => {
  const batches: number[] = [];
  for await (const events of readEvents(pieces(new TextEncoder().encode(frames), 10_000))) batches.push(events.length);
  expect(batches).toEqual([4]);
});

test("cancels the body when the reader has enough", async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode(frames)),
    cancel: () => {
      cancelled = true;
    },
  });
  for await (const events of readEvents(new Response(body))) {
    expect(events.length).toBeGreaterThan(0);
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(cancelled).toBe(true);
});

test("takes a silent connection for a broken one", async () => {
  const silent = new Response(new ReadableStream({ start: () => undefined }));
  await expect(readEvents(silent, 20).next()).rejects.toThrow("silent");
});

function pieces(bytes: Uint8Array, size: number): Response {
  let at = 0;
  return new Response(
    new ReadableStream({
      pull(controller) {
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.slice(at, at + size));
        at += size;
      },
    }),
  );
}
