import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { expect, test } from "#e2e/support/test.ts";
import { startBreakwater } from "#scripts/support/breakwater.ts";
import { freePort, projectRoot, startNode } from "#scripts/support/processes.ts";

test("a second start on the same data says where the first one runs, in one sentence", async ({ server }) => {
  const second = startNode(["scripts/start.mjs"], { DATA_DIR: server.dataDir, PORT: String(await freePort()) });
  expect(await second.exited).toBe(1);
  expect(second.output().trim()).toBe(`Breakwater already runs at ${server.url}`);
});

test("a server started by another way on the same data refuses as well: the lock is what counts", async ({
  server,
}) => {
  const second = startNode([".next/standalone/server.js"], {
    BREAKWATER_ROOT: projectRoot,
    DATA_DIR: server.dataDir,
    HOSTNAME: "127.0.0.1",
    PORT: String(await freePort()),
  });
  expect(await second.exited).toBe(1);
  expect(second.output()).toContain(`Breakwater is already running at ${server.url}`);
});

test("a port that another program has is named, with what to do", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const address = other.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const folder = mkdtempSync(path.join(os.tmpdir(), "breakwater-port-"));
  const start = startNode(["scripts/start.mjs"], { DATA_DIR: folder, PORT: String(port) });
  expect(await start.exited).toBe(1);
  expect(start.output()).toContain(`Port ${port} on 127.0.0.1 is taken by another program`);
  other.close();
  rmSync(folder, { recursive: true });
});

test("settings that make no sense end the start with one sentence that names the setting", async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "breakwater-setting-"));
  const start = startNode(["scripts/serve.mjs"], {
    DATA_DIR: folder,
    PORT: String(await freePort()),
    LOG_LEVEL: "loud",
    NODE_ENV: "production",
  });
  expect(await start.exited).toBe(1);
  expect(start.output()).toContain("The setting LOG_LEVEL is not valid");
  expect(start.output()).not.toContain("    at ");
  rmSync(folder, { recursive: true });
});

test("a stopped server ends with 0, and starts again on the same data without a new set-up code", async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "breakwater-again-"));
  const first = await startBreakwater({ dataDir: folder });
  expect(first.setUpCode).not.toBe("");
  expect(await first.end("SIGTERM")).toBe(0);
  const second = await startBreakwater({ dataDir: folder });
  // Nobody set it up in between, so the address has a code again, and it is another one.
  expect(second.setUpCode).not.toBe(first.setUpCode);
  expect(await second.end("SIGINT")).toBe(0);
  rmSync(folder, { recursive: true });
});
