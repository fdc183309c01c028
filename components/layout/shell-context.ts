"use client";

import { createContext, use } from "react";

export interface ShellActions {
  /** Opens the navigation drawer of a phone. */
  openNavigation: () => void;
}

export const ShellContext = createContext<ShellActions>({ openNavigation: () => undefined });

/** What a page may ask of the frame around it. */
export function useShell(): ShellActions {
  return use(ShellContext);
}
