import type { PlaywrightTestConfig } from "@playwright/test";
import { findBrowser } from "#scripts/support/browser.ts";

/** How every test runs its browser. */
export function browserUse(): NonNullable<PlaywrightTestConfig["use"]> {
  const { executablePath, args, env } = findBrowser();
  return {
    launchOptions: { executablePath, args, env },
    locale: "en-GB",
    timezoneId: "Europe/Zurich",
    viewport: { width: 1280, height: 800 },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  };
}
