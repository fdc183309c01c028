import "server-only";

interface Waiting {
  runId: string;
  ownerId: string;
  start(): void;
  /** Told when the place changes; 1 = next. */
  moved(position: number): void;
}

/**
 * Places at the gateway. It runs a limited number of turns at once and says nothing to the rest, so runs beyond
 * `places` wait here, fair per person: whoever got a place goes to the end of the round.
 */
export class Admission {
  readonly #places: number;
  #taken = 0;
  /** People in the order of their next turn, each with their runs in the order of sending. */
  readonly #people = new Map<string, Waiting[]>();
  #waiting = 0;

  constructor(places: number) {
    this.#places = places;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Takes a place at once, unless somebody is waiting already. */
  tryTake(): boolean {
    if (this.#waiting > 0 || this.#taken >= this.#places) return false;
    this.#taken += 1;
    return true;
  }

  /** Waits for a place; `start` is called once, holding it. */
  wait(entry: Waiting): void {
    const runs = this.#people.get(entry.ownerId);
    if (runs === undefined) this.#people.set(entry.ownerId, [entry]);
    else runs.push(entry);
    this.#waiting += 1;
    if (this.#taken < this.#places) this.#next();
    else this.#tellPlaces();
  }

  /** Leaves the queue; false when the run was not in it. */
  cancel(runId: string): boolean {
    for (const [ownerId, runs] of this.#people) {
      const index = runs.findIndex((entry) => entry.runId === runId);
      if (index === -1) continue;
      runs.splice(index, 1);
      if (runs.length === 0) this.#people.delete(ownerId);
      this.#waiting -= 1;
      this.#tellPlaces();
      return true;
    }
    return false;
  }

  /** Gives a place back. */
  release(): void {
    this.#taken -= 1;
    this.#next();
  }

  #next(): void {
    const first = this.#people.entries().next().value;
    if (first === undefined) return;
    const [ownerId, runs] = first;
    const entry = runs.shift();
    this.#people.delete(ownerId);
    if (runs.length > 0) this.#people.set(ownerId, runs);
    if (entry === undefined) return;
    this.#waiting -= 1;
    this.#taken += 1;
    entry.start();
    this.#tellPlaces();
  }

  #tellPlaces(): void {
    let position = 1;
    const longest = Math.max(0, ...[...this.#people.values()].map((runs) => runs.length));
    for (let round = 0; round < longest; round += 1) {
      for (const runs of this.#people.values()) {
        const entry = runs[round];
        if (entry === undefined) continue;
        entry.moved(position);
        position += 1;
      }
    }
  }
}
