"use client";

import { X } from "lucide-react";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { IconButton } from "./icon-button.tsx";

interface Toast {
  /** What happened. */
  text: string;
  action?: { label: string; run: () => void };
}

/** Says what happened, with a way back. Never for errors: those stand where they happened. */
export function showToast(toast: Toast): () => void {
  const id = ++lastId;
  // The same words without a way back, said again, only stay longer.
  const others = toasts.filter(({ text, action }) => text !== toast.text || action !== undefined);
  toasts = [...others, { ...toast, id }].slice(-3);
  tell();
  return () => remove(id);
}

/** Where toasts appear: bottom left of the page. Each stays 8 s, and as long as it has the pointer or focus. */
export function ToastRegion({ label, closeLabel }: { label: string; closeLabel: string }) {
  const shown = useSyncExternalStore(subscribe, current, none);
  return (
    <section
      aria-label={label}
      aria-live="polite"
      className="pointer-events-none fixed bottom-6 z-40 grid gap-2 [inset-inline-start:calc(var(--bar-width,0px)+1.5rem)] max-narrow:inset-x-3 max-narrow:bottom-3"
    >
      {shown.map((toast) => (
        <ToastCard key={toast.id} toast={toast} closeLabel={closeLabel} />
      ))}
    </section>
  );
}

type Shown = Toast & { id: number };

let toasts: Shown[] = [];
let lastId = 0;
const listeners = new Set<() => void>();
const nothing: Shown[] = [];
const current = () => toasts;
const none = () => nothing;
const lifeMs = 8000;

function ToastCard({ toast, closeLabel }: { toast: Shown; closeLabel: string }) {
  const [held, setHeld] = useState(false);
  const left = useRef(lifeMs);
  useEffect(() => {
    if (held) return;
    const since = performance.now();
    const timer = window.setTimeout(() => remove(toast.id), left.current);
    return () => {
      window.clearTimeout(timer);
      left.current = Math.max(1500, left.current - (performance.now() - since));
    };
  }, [held, toast.id]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only waits while somebody looks at it.
    <div
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="float appear pointer-events-auto flex min-h-11 w-fit max-w-full items-center gap-1 py-1 ps-4 pe-2"
    >
      <span className="min-w-0 pe-3 wrap-anywhere">{toast.text}</span>
      {toast.action !== undefined && (
        <button
          type="button"
          className="press min-h-8 flex-none rounded px-2 font-medium text-accent hover:bg-wash"
          onClick={() => {
            remove(toast.id);
            toast.action?.run();
          }}
        >
          {toast.action.label}
        </button>
      )}
      <IconButton icon={X} small label={closeLabel} onClick={() => remove(toast.id)} />
    </div>
  );
}

function remove(id: number): void {
  toasts = toasts.filter((toast) => toast.id !== id);
  tell();
}

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
