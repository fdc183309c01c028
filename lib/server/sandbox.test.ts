import { expect, test } from "vitest";
import { openHouse } from "#lib/server/auth/testing.ts";
import { runningSandbox, sandbox, stopSandbox } from "#lib/server/sandbox.ts";
import { currentFingerprint, isSandbox, openclawConnection } from "#lib/server/settings/connection.ts";
import { gatewayAgents } from "#lib/server/upstream/openclaw/agents.ts";
import { chatWith } from "#lib/server/upstream/openclaw/testing.ts";

test("with nothing configured the sandbox is started, answers, comes back after a crash, and is the same one", async () => {
  const { BREAKWATER_SANDBOX: before } = process.env;
  await openHouse({ environment: { BREAKWATER_SANDBOX: "" } });
  try {
    const connection = await openclawConnection();
    expect(isSandbox()).toBe(true);
    expect(connection.fingerprint).toMatch(/^sandbox:.+/);
    expect(currentFingerprint()).toBe(connection.fingerprint);
    const { ids } = await gatewayAgents(connection);
    expect(ids.length).toBeGreaterThan(1);
    const change = { agentId: ids[0] ?? "", sessionKey: `agent:${ids[0]}:web:${"0".repeat(32)}` };
    expect((await chatWith(connection, {}, change)).code).toBeNull();

    const first = await sandbox();
    process.kill(first.pid, "SIGKILL");
    await expect.poll(() => runningSandbox(), { timeout: 10_000 }).not.toBe(first);
    const again = await openclawConnection();
    expect(again.fingerprint).toBe(connection.fingerprint);
    expect(again.origin).not.toBe(connection.origin);
    expect((await chatWith(again, {}, change)).code).toBeNull();
  } finally {
    stopSandbox();
    if (before !== undefined) process.env["BREAKWATER_SANDBOX"] = before;
  }
});
