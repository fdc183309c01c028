import { afterEach, describe, expect, it } from "vitest";
import { type RunningSandbox, startSandbox } from "#lib/sandbox/server.ts";
import type { SettingsChange } from "#lib/sandbox/settings.ts";
import { executionRequest } from "#lib/shared/openmarlin/execution-request.ts";
import { createTopUp, readBalance, readLedger, readReferral, readTopUp, readUsage } from "./billing.ts";
import { execute } from "./execute.ts";
import { listModels } from "./models.ts";
import { createRegistration, issueKey, readRegistration } from "./registration.ts";
import { readTask, submitVideo } from "./tasks.ts";
import { connectionTo, controlSandbox, sandboxWorkspace } from "./testing.ts";

let sandbox: RunningSandbox;

afterEach(() => sandbox.close());

async function start(openmarlin: SettingsChange["openmarlin"] = {}) {
  sandbox = await startSandbox({ token: "t", settings: { timeScale: 0.01, paceScale: 0, openmarlin } });
  return connectionTo(sandbox.openmarlin.url);
}

describe("against the sandbox", () => {
  it.each(["device", "workos_callback"] as const)("a registration by %s ends with a key that works", async (flow) => {
    const connection = await start();
    const session = await createRegistration(connection, flow);
    expect(session).toMatchObject({
      state: "pending_external_auth",
      authorizationUrl: expect.stringContaining("http"),
    });
    const id = session.authorizationUrl?.split("/").at(-1);
    const code = session.proof !== null && "device_code" in session.proof ? session.proof.device_code : undefined;
    await controlSandbox(sandbox, "POST", `/openmarlin/authorizations/${id}/approve`, {
      email: "ann@example.org",
      ...(code === undefined ? {} : { device_code: code }),
    });
    const completed = await readRegistration(connection, session.id);
    expect(completed).toMatchObject({ state: "completed", accountId: expect.any(String) });
    if (completed.proof === null) throw new Error("The session repeats its proof.");
    const issued = await issueKey(connection, session.id, completed.proof, "Breakwater");
    expect(issued.secret).toMatch(/^claw_wsk_/);
    expect(await readBalance(connection, issued.secret)).toMatchObject({ unit: "credits" });
    expect((await listModels(connection, issued.secret)).length).toBeGreaterThan(0);
    expect(await readReferral(connection, issued.secret)).toMatchObject({ signedUp: 0 });
  });

  it.each([
    ["nested", "text", "delta", true],
    ["flat", "object", "output", true],
    ["nested", "object", "text", false],
  ] as const)(
    "an execution (%s, %s, %s, streamed %s) is answered, charged and listed",
    async (settlement, outputShape, chunkField, streamed) => {
      const connection = await start({ settlement, outputShape, chunkField });
      const { key } = await sandboxWorkspace(sandbox, 10);
      let text = "";
      let reference = "";
      const body = executionRequest(
        { stream: streamed },
        { model: "harbour/beacon", instruction: "Hello there", sessionKey: "breakwater:web:1" },
      );
      await execute({ connection, key, body, signal: new AbortController().signal }, (events) => {
        for (const event of events) {
          if (event.type === "delta") text += event.text;
          if (event.type === "reference") reference = event.requestId;
        }
      });
      expect(text.length).toBeGreaterThan(0);
      const [usage] = await readUsage(connection, key);
      expect(usage).toMatchObject({ cost: "1.2", unit: "credits", units: 1, requestId: reference });
      expect((await readBalance(connection, key)).amount).toBe("8.8");
      expect((await readLedger(connection, key)).length).toBeGreaterThan(0);
    },
  );

  it("an execution without credit is refused with the amounts", async () => {
    const connection = await start();
    const { key } = await sandboxWorkspace(sandbox, 0.5);
    const body = executionRequest(
      {},
      { model: "harbour/beacon", instruction: "Hello", sessionKey: "breakwater:web:1" },
    );
    const run = execute({ connection, key, body, signal: new AbortController().signal }, () => {});
    await expect(run).rejects.toMatchObject({
      code: "insufficient_balance",
      facts: { current: "0.5", required: "1.2", shortfall: "0.7", topUp: "0.7" },
    });
  });

  it.each(["output", "metadata"] as const)(
    "a video whose artifact is named in %s is made once for one key",
    async (artifactIn) => {
      const connection = await start({ artifactIn });
      const { key } = await sandboxWorkspace(sandbox, 50);
      const order = { prompt: "A harbour at dawn", durationMs: 2000, aspectRatio: "16:9" };
      const first = await submitVideo(connection, key, order, "key-1");
      const again = await submitVideo(connection, key, order, "key-1");
      expect(again.id).toBe(first.id);
      await expect(submitVideo(connection, key, { prompt: "Another" }, "key-1")).rejects.toMatchObject({
        code: "openmarlin_idempotency_conflict",
      });
      await controlSandbox(sandbox, "POST", `/openmarlin/tasks/${first.id}/finish`);
      expect(await readTask(connection, key, first.id)).toMatchObject({
        status: "succeeded",
        artifactUrl: expect.stringMatching(/\.webm$/),
      });
      await expect(readTask(connection, key, "task_unknown")).rejects.toMatchObject({ code: "openmarlin_not_found" });
    },
  );

  it("a top-up goes from payment to credit", async () => {
    const connection = await start({ creditDelayMs: 0 });
    const { key } = await sandboxWorkspace(sandbox, 0);
    const session = await createTopUp(connection, key, "7.5");
    expect(session).toMatchObject({ status: "pending_payment", amount: "7.5", checkoutUrl: expect.any(String) });
    await controlSandbox(sandbox, "POST", `/openmarlin/checkouts/${session.checkoutUrl?.split("/").at(-1)}/pay`);
    expect(await readTopUp(connection, key, session.id)).toMatchObject({ status: "credit_applied" });
    expect((await readBalance(connection, key)).amount).toBe("7.5");
  });
});
