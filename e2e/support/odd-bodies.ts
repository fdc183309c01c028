/** One thing that is wrong with a body, and the body as it is sent. */
export type OddBody = [what: string, text: string];

/** Bodies that no schema takes, each a valid one with one thing changed: a type, or a key more, at every depth. */
export function* oddBodies(valid: Record<string, unknown>): Generator<OddBody> {
  for (const whole of [[], [valid], "text", 7, null, true])
    yield [`${JSON.stringify(whole)} as a whole`.slice(0, 40), JSON.stringify(whole)];
  yield ["five thousand arrays in each other", `${"[".repeat(5000)}${"]".repeat(5000)}`];
  yield ["two thousand objects in each other", `${'{"a":'.repeat(2000)}1${"}".repeat(2000)}`];
  const paths = [...walk(valid, [])];
  for (const at of paths.filter(({ length }) => length > 0)) {
    yield [
      `${at.join(".")} of another type`,
      changed(valid, at, (holder, key) => set(holder, key, wrongFor(holder[key]))),
    ];
  }
  const top = ["id", "role", "state", "sessionKey", "isAdmin"];
  for (const at of paths) {
    const target = read(valid, at);
    if (!isRecord(target)) continue;
    for (const key of [...(at.length === 0 ? top : []), "ownerId", "__proto__", "constructor", "toString"]) {
      if (Object.hasOwn(target, key)) continue;
      const extra = { role: "admin", prototype: { isAdmin: true } };
      const text = JSON.stringify(valid, (_, value) => (value === target ? withKey(target, key, extra) : value));
      yield [`${[...at, key].join(".")} more`, text];
    }
  }
}

type Path = (string | number)[];

function* walk(value: unknown, at: Path): Generator<Path> {
  yield at;
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value))
    yield* walk(inner, [...at, Array.isArray(value) ? Number(key) : key]);
}

function wrongFor(value: unknown): unknown {
  if (Array.isArray(value)) return { length: 1 };
  if (typeof value === "object") return [];
  return typeof value === "string" ? 7 : String(value);
}

function changed(
  value: Record<string, unknown>,
  at: Path,
  change: (holder: Record<string, unknown>, key: string) => void,
): string {
  const copy = structuredClone(value);
  // Every path but the last step leads to an object or an array: walk() made it.
  change(read(copy, at.slice(0, -1)) as Record<string, unknown>, String(at.at(-1)));
  return JSON.stringify(copy);
}

function read(value: unknown, at: Path): unknown {
  return at.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], value);
}

function set(holder: Record<string, unknown>, key: string, value: unknown): void {
  holder[key] = value;
}

/** A copy with one key more; `__proto__` becomes a key like any other, as JSON.parse makes it. */
function withKey(target: Record<string, unknown>, key: string, value: unknown): Record<string, unknown> {
  return Object.defineProperty({ ...target }, key, { value, enumerable: true });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
