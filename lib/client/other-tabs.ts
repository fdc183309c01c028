import type { QueryClient } from "@tanstack/react-query";
import { keys } from "#lib/client/chat-queries.ts";

/** Tells the other tabs of this browser that a conversation changed. */
export function tellOtherTabs(conversationId: string): void {
  channel()?.postMessage({ conversationId });
}

/** Reads again what another tab changed. Gives the function that stops listening. */
export function followOtherTabs(client: QueryClient): () => void {
  const heard = channel();
  if (heard === null) return () => undefined;
  const onMessage = ({ data }: MessageEvent<unknown>) => {
    if (typeof data !== "object" || data === null || !("conversationId" in data)) return;
    void client.invalidateQueries({ queryKey: keys.conversation(String(data.conversationId)) });
    void client.invalidateQueries({ queryKey: keys.lists });
  };
  heard.addEventListener("message", onMessage);
  return () => heard.removeEventListener("message", onMessage);
}

let opened: BroadcastChannel | null | undefined;

function channel(): BroadcastChannel | null {
  opened ??= typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("breakwater");
  return opened;
}
