"use client";

import { createContext, use } from "react";
import type { MeView } from "#lib/shared/people.ts";

/** The person and what is connected, for everything inside the chat. */
export const ChatPerson = createContext<{ me: MeView; sandbox: boolean } | null>(null);

export function useChatPerson(): { me: MeView; sandbox: boolean } {
  const value = use(ChatPerson);
  if (value === null) throw new Error("The chat needs a ChatPerson above it.");
  return value;
}

export function useSendKey(): MeView["sendKey"] {
  return useChatPerson().me.sendKey;
}
