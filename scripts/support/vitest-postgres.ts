import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { postgresFolder, removePostgresFolder, stopPostgres } from "./postgres.ts";

/**
 * One PostgreSQL a test run. The first test file that wants it starts it in this folder; runs without such a file pay
 * nothing. Here it is stopped at the end.
 */
export default function setup(): () => Promise<void> {
  const folder = postgresFolder();
  process.env["BREAKWATER_TEST_POSTGRES"] = folder;
  return async () => {
    const running = path.join(folder, "running.json");
    if (existsSync(running)) {
      const { pid } = JSON.parse(readFileSync(running, "utf8")) as { pid: number };
      await stopPostgres(pid);
    }
    removePostgresFolder(folder);
  };
}
