/** Lets a number of holders in at once; the others wait in order of arrival. */
export interface Gate {
  /** Resolves with the way out. Rejects with the signal's reason when it aborts first. */
  enter(signal: AbortSignal): Promise<() => void>;
  inside(): number;
  waiting(): number;
}

export function makeGate(limit: () => number): Gate {
  let inside = 0;
  const line: (() => void)[] = [];

  function letIn(): void {
    while (inside < limit()) {
      const next = line.shift();
      if (next === undefined) return;
      inside += 1;
      next();
    }
  }

  function leave(): void {
    inside -= 1;
    letIn();
  }

  return {
    inside: () => inside,
    waiting: () => line.length,
    enter(signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const admitted = () => {
          signal.removeEventListener("abort", givenUp);
          resolve(once(leave));
        };
        const givenUp = () => {
          const place = line.indexOf(admitted);
          if (place >= 0) line.splice(place, 1);
          reject(signal.reason);
        };
        signal.addEventListener("abort", givenUp, { once: true });
        line.push(admitted);
        letIn();
      });
    },
  };
}

/** One gate of a single place for each key; forgotten when nobody is left. */
export function makeKeyedGate() {
  const gates = new Map<string, Gate>();
  return {
    async enter(key: string, signal: AbortSignal): Promise<() => void> {
      const gate = gates.get(key) ?? makeGate(() => 1);
      gates.set(key, gate);
      const forget = () => {
        if (gate.inside() === 0 && gate.waiting() === 0 && gates.get(key) === gate) gates.delete(key);
      };
      try {
        const leave = await gate.enter(signal);
        return () => {
          leave();
          forget();
        };
      } catch (error) {
        forget();
        throw error;
      }
    },
    keys: () => gates.size,
  };
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    act();
  };
}
