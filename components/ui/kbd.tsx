"use client";

import { useSyncExternalStore } from "react";
import { classNames } from "./class-names.ts";

/** Keys as caps: `<Keys keys="Mod+K" />` is Ctrl K, or ⌘ K on a Mac. Decorative beside a control that has a name. */
export function Keys({ keys, className }: { keys: string; className?: string }) {
  const mac = useIsMac();
  return (
    <span aria-hidden="true" className={classNames("inline-flex flex-none items-center gap-1", className)}>
      {keys.split("+").map((key) => (
        <Kbd key={key}>{key === "Mod" ? (mac ? "⌘" : "Ctrl") : key}</Kbd>
      ))}
    </span>
  );
}

export function Kbd({ children }: { children: string }) {
  return (
    <kbd className="inline-flex h-[18px] min-w-[18px] items-center justify-center rounded-small border border-line-strong bg-raised px-1 font-sans text-[11px]/none text-ink-muted dark:bg-transparent">
      {children}
    </kbd>
  );
}

export function useIsMac(): boolean {
  return useSyncExternalStore(
    () => () => {},
    () => /Mac|iPhone|iPad/.test(navigator.userAgent),
    () => false,
  );
}
