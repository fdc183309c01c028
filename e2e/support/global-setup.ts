import { shareServer } from "#e2e/support/shared-server.ts";

/** With nothing connected: the sandbox answers. */
export default function globalSetup(): Promise<() => Promise<void>> {
  return shareServer({});
}
