import { defineConfig } from "@playwright/test";
import { browserUse } from "#e2e/support/browser-use.ts";

/** The same pages against a real OpenClaw gateway, named by OPENCLAW_GATEWAY_URL and its credential. */
export default defineConfig({
  testDir: ".",
  testMatch: "gateway.spec.ts",
  globalSetup: "./support/gateway-setup.ts",
  outputDir: "../test-results",
  workers: 1,
  forbidOnly: true,
  // The first turn of an agent takes a gateway up to 15 s, and a failing provider is retried for minutes.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: [["list"]],
  use: browserUse(),
});
