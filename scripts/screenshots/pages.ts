import type { Page } from "@playwright/test";
import type { DemoContent } from "#scripts/screenshots/content.ts";
import type { RunningBreakwater } from "#scripts/support/breakwater.ts";

export interface PageToShow {
  name: string;
  url: string;
  signedIn: boolean;
  /** What to do before the picture is taken. */
  prepare?(page: Page, isPhone: boolean): Promise<void>;
}

/** Every page of the product, and the states of a page that look different. */
export function pagesToShow(fresh: RunningBreakwater, server: RunningBreakwater, content: DemoContent): PageToShow[] {
  const signedIn = (name: string, path: string, prepare?: PageToShow["prepare"]): PageToShow => ({
    name,
    url: `${server.url}${path}`,
    signedIn: true,
    ...(prepare === undefined ? {} : { prepare }),
  });
  const stranger = (name: string, url: string): PageToShow => ({ name, url, signedIn: false });
  const settings = [
    "general",
    "appearance",
    "keyboard",
    "notifications",
    "connections",
    "people",
    "sign-in",
    "audit",
    "data",
  ];
  return [
    stranger("setup", fresh.setUpUrl),
    stranger("sign-in", `${server.url}/sign-in`),
    stranger("invite", `${server.url}/invite/${content.invitationCode}`),
    signedIn("chat-new", "/"),
    ...Object.entries(content.conversations).map(([kind, id]) => signedIn(`chat-${kind}`, `/c/${id}`)),
    signedIn("chat-streaming", "/", async (page) => {
      await page.locator("textarea[name=message]").fill("Write at length about the sea.");
      await page.locator("textarea[name=message]").press("ControlOrMeta+Enter");
      await page.locator('[data-role=assistant][data-state="streaming"]').waitFor();
      await page.waitForTimeout(1500);
    }),
    signedIn("search", "/search?q=breakwater"),
    ...settings.map((section) => signedIn(`settings-${section}`, `/settings/${section}`)),
    signedIn("not-found", "/c/00000000-0000-7000-8000-000000000000"),
  ];
}
