import { fstatSync } from "node:fs";
import { startSandbox } from "#lib/sandbox/server.ts";

/**
 * The built-in upstream as a process of its own: `node --conditions=react-server lib/sandbox/main.ts`.
 *
 * Environment: SANDBOX_FILE, SANDBOX_TOKEN and SANDBOX_CONTROL_TOKEN are needed; SANDBOX_PORT and
 * SANDBOX_OPENMARLIN_PORT (0 = a free one) and SANDBOX_SETTINGS (JSON of a SettingsChange) may be given.
 * When it listens it prints `{"ready":true,"port":N,"openmarlinPort":N,"id":"..."}` and sends the same to its parent, if there is a channel.
 * It ends on SIGTERM and SIGINT, and when its parent goes away: the channel closes or, without one, a piped input ends.
 */
async function main(): Promise<void> {
  const sandbox = await startSandbox({
    file: needed("SANDBOX_FILE"),
    token: needed("SANDBOX_TOKEN"),
    controlToken: needed("SANDBOX_CONTROL_TOKEN"),
    port: Number(process.env["SANDBOX_PORT"] ?? 0),
    openmarlinPort: Number(process.env["SANDBOX_OPENMARLIN_PORT"] ?? 0),
    settings: JSON.parse(process.env["SANDBOX_SETTINGS"] ?? "{}"),
  });
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    // Whatever hangs, the parent is not kept waiting.
    setTimeout(() => process.exit(1), 3000).unref();
    sandbox.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  if (process.channel !== undefined) process.on("disconnect", end);
  else if (isPipe(0)) process.stdin.on("end", end).on("error", end).resume();
  const ready = { ready: true, port: sandbox.port, openmarlinPort: sandbox.openmarlin.port, id: sandbox.id };
  // A parent that is gone already hears nothing, which is no error; "disconnect" ends us.
  process.send?.(ready, undefined, undefined, () => {});
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

function needed(name: string): string {
  const value = process.env[name]?.trim();
  if (!value) throw new Error(`${name} is not set.`);
  return value;
}

/** /dev/null and a terminal say nothing about the parent. */
function isPipe(descriptor: number): boolean {
  try {
    const kind = fstatSync(descriptor);
    return kind.isFIFO() || kind.isSocket();
  } catch {
    return false;
  }
}

main().catch((error: unknown) => {
  console.error(`The sandbox does not start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
