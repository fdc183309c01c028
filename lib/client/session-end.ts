import { api } from "#lib/client/api.ts";

/** Tells the other tabs of this browser that its session is over. */
export function tellSessionEnded(): void {
  channel()?.postMessage("ended");
}

/** Lets this tab find out for itself when another one says so. Gives the function that stops listening. */
export function followSessionEnd(): () => void {
  const heard = channel();
  if (heard === null) return () => undefined;
  // A refusal makes api() show that the person is signed out.
  const ask = () => void api("/api/me").catch(() => undefined);
  heard.addEventListener("message", ask);
  return () => heard.removeEventListener("message", ask);
}

let opened: BroadcastChannel | null | undefined;

function channel(): BroadcastChannel | null {
  opened ??= typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("breakwater-session");
  return opened;
}
