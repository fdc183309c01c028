interface Probe {
  longTasks: { at: number; ms: number }[];
  reset(): void;
  read(): {
    framesPerSecond: number;
    /** What of each task went beyond 50 ms. */
    blockingMs: number;
    longestTaskMs: number;
    keyToPaintMs: number[];
    /** Frames in which what is read moved against the way it is scrolled. */
    jumps: number;
  };
}

declare global {
  interface Window {
    benchProbe: Probe;
  }
}

/** Runs in the page before anything else: counts frames, long tasks, time from key to paint, and jumps of the text. */
export function startProbe(): void {
  let since = performance.now();
  let frames = 0;
  let jumps = 0;
  let keyToPaintMs: number[] = [];
  let longTasks: { at: number; ms: number }[] = [];
  let watched: { element: Element; top: number } | undefined;

  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) longTasks.push({ at: entry.startTime, ms: entry.duration });
  }).observe({ type: "longtask", buffered: true });

  addEventListener(
    "keydown",
    (event) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => keyToPaintMs.push(performance.now() - event.timeStamp);
        port2.postMessage(null);
      });
    },
    true,
  );

  const frame = () => {
    frames += 1;
    if (watched?.element.isConnected) {
      const { top } = watched.element.getBoundingClientRect();
      // The wheel only turns upwards, so text may only move down.
      if (top < watched.top - 20) jumps += 1;
      watched.top = top;
    }
    const box = watched?.element.getBoundingClientRect();
    if (box === undefined || !watched?.element.isConnected || box.top > innerHeight || box.bottom < 0) {
      const element = [...document.querySelectorAll("[data-message-id]")].find(
        (one) => one.getBoundingClientRect().bottom > 0,
      );
      watched = element === undefined ? undefined : { element, top: element.getBoundingClientRect().top };
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);

  window.benchProbe = {
    get longTasks() {
      return longTasks;
    },
    reset() {
      since = performance.now();
      frames = 0;
      jumps = 0;
      keyToPaintMs = [];
      longTasks = [];
    },
    read: () => ({
      framesPerSecond: (frames * 1000) / (performance.now() - since),
      blockingMs: longTasks.reduce((total, task) => total + Math.max(0, task.ms - 50), 0),
      longestTaskMs: Math.max(0, ...longTasks.map((task) => task.ms)),
      keyToPaintMs,
      jumps,
    }),
  };
}
