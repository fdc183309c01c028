import { describe, expect, it } from "vitest";
import { Admission } from "./admission.ts";

function waiter(
  admission: Admission,
  started: string[],
  places: Record<string, number>,
  ownerId: string,
  runId: string,
) {
  admission.wait({
    runId,
    ownerId,
    start: () => started.push(runId),
    moved: (position) => {
      places[runId] = position;
    },
  });
}

describe("Admission", () => {
  it("gives places at once while there are any, and none past a queue", () => {
    const admission = new Admission(1);
    expect(admission.tryTake()).toBe(true);
    expect(admission.tryTake()).toBe(false);
    waiter(admission, [], {}, "ann", "a1");
    admission.release();
    expect(admission.waiting).toBe(0);
    expect(admission.tryTake()).toBe(false);
  });

  it("serves people in turn, whoever sent more", () => {
    const admission = new Admission(1);
    admission.tryTake();
    const started: string[] = [];
    const places: Record<string, number> = {};
    for (const run of ["a1", "a2", "a3"]) waiter(admission, started, places, "ann", run);
    waiter(admission, started, places, "ben", "b1");
    expect(places).toEqual({ a1: 1, b1: 2, a2: 3, a3: 4 });
    for (let i = 0; i < 4; i += 1) admission.release();
    expect(started).toEqual(["a1", "b1", "a2", "a3"]);
  });

  it("moves the others up when one leaves", () => {
    const admission = new Admission(1);
    admission.tryTake();
    const started: string[] = [];
    const places: Record<string, number> = {};
    waiter(admission, started, places, "ann", "a1");
    waiter(admission, started, places, "ben", "b1");
    expect(admission.cancel("a1")).toBe(true);
    expect(admission.cancel("a1")).toBe(false);
    expect(places["b1"]).toBe(1);
    admission.release();
    expect(started).toEqual(["b1"]);
  });
});
