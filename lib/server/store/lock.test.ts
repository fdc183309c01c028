import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { lockDataDir, runningFileName } from "#lib/server/store/lock.ts";
import { startProcess } from "#lib/server/store/process.testing.ts";
import { temporaryFolder } from "#lib/server/store/testing.ts";

const holder = `
import { lockDataDir } from "#lib/server/store/lock.ts";
const lock = await lockDataDir(process.env.DATA_DIR);
lock.publish("http://127.0.0.1:3456");
console.log("locked");
setInterval(() => undefined, 1000);
`;

test("the second process is told where the first one runs, until that one dies in whatever way", async () => {
  const dataDir = temporaryFolder();
  const first = startProcess(holder, { DATA_DIR: dataDir });
  await first.printed("locked");
  await expect(lockDataDir(dataDir)).rejects.toMatchObject({
    message: "Breakwater is already running at http://127.0.0.1:3456.",
    address: "http://127.0.0.1:3456",
    pid: first.child.pid,
  });
  first.child.kill("SIGKILL");
  await first.ended;
  const lock = await lockDataDir(dataDir);
  // The dead process's address is not this one's.
  await expect(lockDataDir(dataDir)).rejects.toMatchObject({ address: null, pid: process.pid });
  lock.release();
});

test("a released folder can be taken again, and says nothing of an address", async () => {
  const dataDir = temporaryFolder();
  const lock = await lockDataDir(dataDir);
  lock.publish("http://127.0.0.1:1");
  lock.release();
  lock.release();
  expect(existsSync(path.join(dataDir, runningFileName))).toBe(false);
  (await lockDataDir(dataDir)).release();
});
