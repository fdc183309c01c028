import { describe, expect, it } from "vitest";
import { encodeEvent } from "#lib/shared/sse.ts";

describe("an event", () => {
  it("is a block of lines with an empty one at its end", () => {
    expect(encodeEvent({ data: "x" })).toBe("data: x\n\n");
    expect(encodeEvent({ id: "7", event: "delta", data: '{"a":1}' })).toBe('id: 7\nevent: delta\ndata: {"a":1}\n\n');
  });

  it("keeps every kind of line end inside its data", () => {
    expect(encodeEvent({ data: "a\nb\r\nc\rd" })).toBe("data: a\ndata: b\ndata: c\ndata: d\n\n");
  });
});
