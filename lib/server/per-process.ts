import "server-only";

/**
 * One value a process. Instrumentation, pages and route handlers are separate module instances in Next, so what must be
 * shared lives on `globalThis`, made once by whoever asks first.
 */
export function perProcess<T>(name: string, make: () => T): T {
  const key = Symbol.for(`breakwater.${name}`);
  const slots = globalThis as unknown as Record<symbol, T | undefined>;
  const existing = slots[key];
  if (existing !== undefined) return existing;
  const made = make();
  slots[key] = made;
  return made;
}
