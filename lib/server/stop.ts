import "server-only";
import type { Chat } from "#lib/server/chat/chat.ts";
import { env } from "#lib/server/env.ts";
import { lifecycle } from "#lib/server/lifecycle.ts";
import { limits } from "#lib/server/limits/limits.ts";
import { log } from "#lib/server/log.ts";
import { stopSandbox } from "#lib/server/sandbox.ts";
import { removeInstance } from "#lib/server/store/instances.ts";
import { closeStore } from "#lib/server/store/open.ts";

/**
 * Ends the process well. SIGTERM: not ready at once, serving for 5 s while balancers look elsewhere, then nothing new;
 * running answers get until 25 s and the rest is `interrupted`; exit code 0. SIGINT, a person at the terminal: no wait for
 * balancers, and a second one ends it now. `NEXT_MANUAL_SIG_HANDLE` keeps Next's own handler away.
 */
export function stopOnSignals(chat: Chat, stopWork: () => Promise<unknown>): void {
  let stopping = false;
  const stop = async (graceMs: number) => {
    const deadline = performance.now() + limits.drainMs;
    Object.assign(lifecycle(), { state: "draining", reason: "stopping" });
    log().info({ message: "stopping", running: chat.engine.live.size });
    await new Promise((wake) => setTimeout(wake, graceMs));
    lifecycle().state = "closed";
    await chat.engine.drain(Math.max(0, deadline - performance.now()));
    await stopWork();
    await removeInstance(chat.store, chat.engine.epoch);
    stopSandbox();
    await closeStore();
    process.exit(0);
  };
  process.on("SIGTERM", () => {
    if (stopping) return;
    stopping = true;
    // Alone on SQLite nobody looks elsewhere, so there is nothing to wait for.
    void stop(env().databaseUrl === undefined && env().authUrl === undefined ? 0 : limits.readinessGraceMs);
  });
  process.on("SIGINT", () => {
    if (stopping) process.exit(130);
    stopping = true;
    if (chat.engine.live.size > 0) {
      process.stdout.write(`Waiting for ${chat.engine.live.size} running answers; press Ctrl-C again to stop now.\n`);
    }
    void stop(0);
  });
}
