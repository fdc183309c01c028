/** What this browser keeps over a reload. Where storage is full or forbidden, nothing is kept and nothing breaks. */
export function remember(key: string, value: unknown): void {
  try {
    localStorage.setItem(prefix + key, JSON.stringify(value));
  } catch {
    // Memory still holds it as long as the page lives.
  }
}

/** What was remembered under the key; the caller names the type that it wrote. */
export function recall<T>(key: string): T | null {
  try {
    const found = localStorage.getItem(prefix + key);
    // Only this module writes under the prefix.
    return found === null ? null : (JSON.parse(found) as T);
  } catch {
    return null;
  }
}

export function forget(key: string): void {
  try {
    localStorage.removeItem(prefix + key);
  } catch {
    // Nothing was kept.
  }
}

/** Two people may use one browser: what is kept belongs to the one who is signed in. Others' memories go. */
export function rememberFor(personId: string): void {
  prefix = `breakwater:${personId}:`;
  try {
    const foreign = Object.keys(localStorage).filter((key) => key.startsWith("breakwater:") && !key.startsWith(prefix));
    for (const key of foreign) localStorage.removeItem(key);
  } catch {
    // No storage, no memories.
  }
}

let prefix = "breakwater:";
