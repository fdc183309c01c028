type Command = "palette";

const listeners = new Map<Command, Set<() => void>>();

/** Opens the command palette, wherever it is mounted. Does nothing where it is not. */
export function openPalette(): void {
  for (const listener of listeners.get("palette") ?? []) listener();
}

/** For the palette: hear that it is wanted. Gives the function that stops listening. */
export function onOpenPalette(listener: () => void): () => void {
  const set = listeners.get("palette") ?? new Set();
  listeners.set("palette", set.add(listener));
  return () => set.delete(listener);
}
