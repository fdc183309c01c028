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
  // On a busy machine a click may meet a page that is not alive yet; a second failure is one. The list names what was flaky.
  retries: process.env["CI"] === undefined ? 0 : 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: browserUse(),
});
