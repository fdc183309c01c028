import "server-only";

/** What stands in the place of a piece of a secret; the same in every language. */
export const secretMask = "••••••";

/** A piece of this length betrays a secret (SECURITY I1); a secret that is shorter counts as a whole. */
const pieceChars = 12;
/** A secret shorter than this cannot be told from ordinary words. */
const shortestSecretChars = 8;
/** Every piece of 8 characters or more holds one of the groups of 4 that are looked up, one in 5 places. */
const groupChars = 4;
const stepChars = 5;
/** A secret that repeats itself is looked for at its first places only. */
const placesPerGroup = 8;

/** Finds pieces of secrets in a text, at the cost of one look-up for five characters. */
export class SecretPieces {
  readonly #secrets: string[];
  readonly #places = new Map<string, { secret: string; at: number }[]>();
  /** Whether any group has this hash: nearly every place of a text is passed over by one look here. */
  readonly #hashes = new Uint8Array(hashes);

  constructor(secrets: Iterable<string>) {
    this.#secrets = [...secrets].filter((secret) => secret.length >= shortestSecretChars);
    for (const secret of this.#secrets) {
      for (let at = 0; at + groupChars <= secret.length; at += 1) {
        const group = secret.slice(at, at + groupChars);
        const places = this.#places.get(group) ?? [];
        this.#hashes[hashAt(secret, at)] = 1;
        if (places.length < placesPerGroup) places.push({ secret, at });
        this.#places.set(group, places);
      }
    }
  }

  /** The text with a mask in the place of every piece. */
  mask(text: string): string {
    return masked(text, this.find(text), 0, text.length);
  }

  /** Where pieces stand, as `[start, end)`, in no order. */
  find(text: string): [number, number][] {
    const found: [number, number][] = [];
    for (let at = 0; at + groupChars <= text.length; at += stepChars) {
      if (this.#hashes[hashAt(text, at)] === 0) continue;
      const places = this.#places.get(text.slice(at, at + groupChars));
      for (const place of places ?? []) {
        const range = stretch(text, at, place.secret, place.at);
        if (range[1] - range[0] >= Math.min(pieceChars, place.secret.length)) found.push(range);
      }
    }
    return found;
  }

  /** How many characters at the end of the text also stand in a secret, and so may be the beginning of a piece. */
  openChars(text: string): number {
    let open = 0;
    if (text.length < groupChars || this.#hashes[hashAt(text, text.length - groupChars)] === 0) return open;
    for (const secret of this.#secrets) {
      let chars = groupChars;
      while (chars <= text.length && secret.includes(text.slice(-chars))) chars += 1;
      if (chars > groupChars) open = Math.max(open, chars - 1);
    }
    return open;
  }
}

const hashes = 4096;

function hashAt(text: string, at: number): number {
  let hash = 0;
  for (let index = at; index < at + groupChars; index += 1) hash = (hash * 31 + text.charCodeAt(index)) | 0;
  return hash & (hashes - 1);
}

/**
 * Takes pieces of secrets out of a text that comes in parts, wherever it is cut. What may be the beginning of a piece is
 * held back until the next part shows what it is.
 */
export class SecretFilter {
  readonly #known: SecretPieces[];
  /** The end of what was given out: a piece may have begun there. */
  #before = "";
  #held = "";

  constructor(known: SecretPieces[]) {
    this.#known = known;
  }

  push(part: string): string {
    const text = this.#before + this.#held + part;
    const open = Math.max(...this.#known.map((pieces) => pieces.openChars(text)));
    return this.#release(text, Math.max(text.length - open, this.#before.length));
  }

  /** What is held back still, once nothing more comes. */
  end(): string {
    const text = this.#before + this.#held;
    return this.#release(text, text.length);
  }

  #release(text: string, end: number): string {
    const start = this.#before.length;
    this.#before = text.slice(Math.max(0, end - (groupChars - 1)), end);
    this.#held = text.slice(end);
    const ranges = this.#known.flatMap((pieces) => pieces.find(text));
    return masked(text, ranges, start, end);
  }
}

/** The longest run of characters around a group that text and secret have in common. */
function stretch(text: string, textAt: number, secret: string, secretAt: number): [number, number] {
  let before = 0;
  while (before < Math.min(textAt, secretAt) && text[textAt - before - 1] === secret[secretAt - before - 1])
    before += 1;
  let chars = groupChars;
  while (
    textAt + chars < text.length &&
    secretAt + chars < secret.length &&
    text[textAt + chars] === secret[secretAt + chars]
  ) {
    chars += 1;
  }
  return [textAt - before, textAt + chars];
}

/** `text` from `start` to `end`, with the ranges that reach into it masked. */
function masked(text: string, ranges: [number, number][], start: number, end: number): string {
  if (ranges.length === 0) return text.slice(start, end);
  let out = "";
  let at = start;
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    if (to <= at || from >= end) continue;
    if (from > at) out += text.slice(at, from);
    // Ranges that touch become one mask.
    if (from > at || at === start) out += secretMask;
    at = Math.min(to, end);
  }
  return out + text.slice(at, end);
}
