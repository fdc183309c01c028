// `npm run screenshots`: every page from the running product with demo content, in light, dark, on a phone and in each
// language, into ./screenshots. `-- --only=chat` renders the pages whose name contains that; `-- --readme` also renews
// the pictures of the README.
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { type Browser, chromium, type Page } from "@playwright/test";
import { fillWithDemoContent } from "#scripts/screenshots/content.ts";
import { type PageToShow, pagesToShow } from "#scripts/screenshots/pages.ts";
import { startBreakwater } from "#scripts/support/breakwater.ts";
import { findBrowser } from "#scripts/support/browser.ts";
import type { HttpPerson } from "#scripts/support/person.ts";
import { projectRoot } from "#scripts/support/processes.ts";

interface Look {
  name: string;
  viewport: { width: number; height: number };
  theme: "light" | "dark";
  locale: "en" | "zh-cn";
}

const desktop = { width: 1280, height: 800 };
const phone = { width: 360, height: 740 };
const looks: Look[] = [
  { name: "light", viewport: desktop, theme: "light", locale: "en" },
  { name: "dark", viewport: desktop, theme: "dark", locale: "en" },
  { name: "phone", viewport: phone, theme: "light", locale: "en" },
  { name: "phone-dark", viewport: phone, theme: "dark", locale: "en" },
  { name: "zh", viewport: desktop, theme: "light", locale: "zh-cn" },
  { name: "zh-phone", viewport: phone, theme: "dark", locale: "zh-cn" },
];
const only = process.argv.find((arg) => arg.startsWith("--only="))?.slice("--only=".length) ?? "";

const folder = path.join(projectRoot, "screenshots");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
// A server before its set-up, for that page, and one with people and conversations.
const fresh = await startBreakwater();
const server = await startBreakwater();
const browser = await chromium.launch(findBrowser());
let failed = 0;
try {
  const content = await fillWithDemoContent(server);
  const pages = pagesToShow(fresh, server, content).filter(({ name }) => name.includes(only));
  for (const look of looks) {
    await content.admin.json("PATCH", "/api/me", { theme: look.theme, locale: look.locale });
    for (const page of pages) await show(browser, look, page, content.admin);
  }
} finally {
  await browser.close();
  await fresh.dispose();
  await server.dispose();
}
if (process.argv.includes("--readme")) {
  for (const name of ["chat-markdown.light", "chat-streaming.dark", "settings-connections.light"]) {
    copyFileSync(path.join(folder, `${name}.png`), path.join(projectRoot, "docs", `${name}.png`));
  }
}
process.exit(failed === 0 ? 0 : 1);

async function show(in_: Browser, look: Look, shown: PageToShow, person: HttpPerson): Promise<void> {
  const context = await in_.newContext({
    viewport: look.viewport,
    colorScheme: look.theme,
    locale: look.locale === "en" ? "en-GB" : "zh-CN",
    timezoneId: "Europe/Zurich",
    reducedMotion: "reduce",
    hasTouch: look.viewport === phone,
    isMobile: look.viewport === phone,
    deviceScaleFactor: look.viewport === phone ? 2 : 1,
  });
  const name = `${shown.name}.${look.name}`;
  try {
    if (shown.signedIn) {
      await context.addCookies([...person.cookies].map(([key, value]) => ({ name: key, value, url: person.origin })));
    }
    const page = await context.newPage();
    await page.goto(shown.url);
    await settle(page);
    await shown.prepare?.(page, look.viewport === phone);
    await settle(page);
    await page.screenshot({ path: path.join(folder, `${name}.png`) });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) console.log(`${name} is ${wide} px wider than its window`);
    console.log(name);
  } catch (error) {
    failed += 1;
    console.error(`${name}: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`);
  } finally {
    await context.close();
  }
}

async function settle(page: Page): Promise<void> {
  await page.waitForLoadState("load");
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.waitForTimeout(600);
}
