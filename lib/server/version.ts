import "server-only";
import { readFileSync } from "node:fs";
import path from "node:path";
import { env } from "#lib/server/env.ts";
import { perProcess } from "#lib/server/per-process.ts";

/** The version of this Breakwater, from its package.json. */
export function version(): string {
  return perProcess("version", () => {
    const file = path.join(/*turbopackIgnore: true*/ env().root, "package.json");
    const { version: found } = JSON.parse(readFileSync(file, "utf8")) as { version?: unknown };
    return typeof found === "string" ? found : "0.0.0";
  });
}
