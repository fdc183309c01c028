/** The machine's monotonic clock in microseconds, the same in every process, as short text. */
export function stampNow(): string {
  return (process.hrtime.bigint() / 1000n).toString(36);
}

export interface Token {
  index: number;
  /** Milliseconds from writing to reading. */
  delayMs: number;
}

/** Finds the stamped tokens in a stream of bytes, however it is cut and framed. */
export class TokenReader {
  /** The next index that must come. Anything else was lost or reordered. */
  expected = 0;
  disorder = 0;
  private held = "";

  /** The tokens that this piece completes. */
  push(text: string, onToken: (token: Token) => void): void {
    const whole = this.held + text;
    let end = 0;
    const now = Number(process.hrtime.bigint() / 1000n);
    for (const match of whole.matchAll(/(\d+):([0-9a-z]{6,})_/g)) {
      end = match.index + match[0].length;
      const index = Number(match[1]);
      if (index !== this.expected) this.disorder += 1;
      this.expected = index + 1;
      onToken({ index, delayMs: (now - Number.parseInt(match[2] ?? "", 36)) / 1000 });
    }
    // A token is far shorter than this; the rest of a frame is dropped.
    this.held = whole.slice(Math.max(end, whole.length - 40));
  }
}
