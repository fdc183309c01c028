import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { startBreakwater } from "#scripts/support/breakwater.ts";
import { setUpAdmin } from "#scripts/support/person.ts";

/** One production server with the sandbox for the whole run; its first admin is made with the printed code. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "breakwater-e2e-"));
  const server = await startBreakwater({ dataDir: path.join(folder, "data") });
  const admin = await setUpAdmin(server);
  // Workers start after this and read it from their environment.
  process.env["E2E_SERVER"] = JSON.stringify({
    url: server.url,
    pid: server.pid,
    dataDir: server.dataDir,
    adminCookies: [...admin.cookies],
  } satisfies SharedServer);
  return async () => {
    const code = await server.end();
    writeFileSync(path.join(os.tmpdir(), "breakwater-e2e-server.log"), server.output());
    rmSync(folder, { recursive: true, force: true });
    if (code !== 0) throw new Error(`The server ended with ${code} after the tests:\n${server.output().slice(-4000)}`);
  };
}

export interface SharedServer {
  url: string;
  pid: number;
  dataDir: string;
  adminCookies: [string, string][];
}
