import { defineConfig } from "@playwright/test";
import { browserUse } from "#e2e/support/browser-use.ts";

/** Every user goal against the production build and the sandbox, in a real Chromium. */
export default defineConfig({
  testDir: "e2e",
  testIgnore: "gateway.spec.ts",
  globalSetup: "./e2e/support/global-setup.ts",
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: browserUse(),
});
