import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { startBreakwater } from "#scripts/support/breakwater.ts";
import { setUpAdmin } from "#scripts/support/person.ts";

/** The server that all tests of a run visit. */
export interface SharedServer {
  url: string;
  pid: number;
  dataDir: string;
  adminCookies: [string, string][];
}

/** Starts one production server for a whole run; its first admin is made with the printed code. Gives its end. */
export async function shareServer(environment: Record<string, string>): Promise<() => Promise<void>> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "breakwater-e2e-"));
  const server = await startBreakwater({ dataDir: path.join(folder, "data"), environment });
  const admin = await setUpAdmin(server);
  const { url, pid, dataDir } = server;
  const shared: SharedServer = { url, pid, dataDir, adminCookies: [...admin.cookies] };
  // Workers start after this and read it from their environment.
  process.env["E2E_SERVER"] = JSON.stringify(shared);
  return async () => {
    const code = await server.end();
    rmSync(folder, { recursive: true, force: true });
    if (code !== 0) throw new Error(`The server ended with ${code} after the tests:\n${server.output().slice(-4000)}`);
  };
}

export function sharedServer(): SharedServer {
  const shared = process.env["E2E_SERVER"];
  if (shared === undefined) throw new Error("The server of this run is not known: run through a Playwright config.");
  // shareServer wrote it.
  return JSON.parse(shared) as SharedServer;
}
