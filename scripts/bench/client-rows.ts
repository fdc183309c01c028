import { type BrowserContext, type CDPSession, chromium, type Page } from "@playwright/test";
import { limitRow, median, percentile, type Row, ratioRow } from "#scripts/bench/figures.ts";
import { startProbe } from "#scripts/bench/page-probe.ts";
import { findBrowser } from "#scripts/support/browser.ts";
import { firstMessage } from "#scripts/support/messages.ts";
import type { HttpPerson } from "#scripts/support/person.ts";
import { pause } from "#scripts/support/processes.ts";

interface Options {
  quick: boolean;
  /** A page of an empty Next.js. */
  emptyUrl: string;
  person: HttpPerson;
}

const slowdown = 4;

/** The budgets in the browser, its processor slowed four times. */
export async function clientRows({ quick, emptyUrl, person }: Options): Promise<Row[]> {
  const browser = await chromium.launch(findBrowser());
  try {
    const open = async () => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      await context.addCookies([...person.cookies].map(([name, value]) => ({ name, value, url: person.origin })));
      return context;
    };
    return [
      ...(await firstLoad(open, emptyUrl, person.origin, quick ? 2 : 7)),
      ...(await streaming(open, person.origin, quick ? 1 : 3)),
      ...(await longConversation(open, person, quick ? 100 : 500, quick ? 1 : 3)),
    ];
  } finally {
    await browser.close();
  }
}

type Open = () => Promise<BrowserContext>;

async function firstLoad(open: Open, emptyUrl: string, ourUrl: string, rounds: number): Promise<Row[]> {
  const interactive = { ours: [] as number[], theirs: [] as number[] };
  const script = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const empty = await load(open, emptyUrl, "button");
    const ours = await load(open, `${ourUrl}/`, "textarea[name=message]");
    interactive.theirs.push(empty.interactiveMs);
    interactive.ours.push(ours.interactiveMs);
    script.theirs.push(empty.scriptKB);
    script.ours.push(ours.scriptKB);
  }
  return [
    limitRow(
      "chat page, first load, compressed JavaScript",
      230,
      "kB",
      [median(script.ours)],
      `empty Next.js ${median(script.theirs).toFixed(0)} kB`,
    ),
    ratioRow(
      "chat page, time to interactive",
      2.5,
      "ms",
      interactive.ours,
      interactive.theirs,
      "an empty Next.js page",
    ),
  ];
}

/** A first visit with nothing cached, until the control answers and the main thread has been quiet for a second. */
async function load(open: Open, url: string, control: string): Promise<{ interactiveMs: number; scriptKB: number }> {
  const context = await open();
  const { page, session } = await slowPage(context);
  let scriptBytes = 0;
  const scripts = new Set<string>();
  session.on("Network.responseReceived", (event) => {
    if (event.type === "Script" || /javascript/.test(event.response.mimeType)) scripts.add(event.requestId);
  });
  session.on("Network.loadingFinished", (event) => {
    if (scripts.has(event.requestId)) scriptBytes += event.encodedDataLength;
  });
  await page.goto(url);
  await page.waitForSelector(control);
  // React hangs its properties on an element when it takes it over.
  await page.waitForFunction(
    (selector) => Object.keys(document.querySelector(selector) ?? {}).some((key) => key.startsWith("__reactProps")),
    control,
    { polling: 10 },
  );
  const tookOver = await page.evaluate(() => performance.now());
  await pause(1500);
  const tasks = await page.evaluate(() => window.benchProbe.longTasks);
  await context.close();
  // A long task that begins within the quiet second still keeps the page from answering.
  const interactiveMs = tasks.reduce(
    (until, task) => (task.at < until + 1000 ? Math.max(until, task.at + task.ms) : until),
    tookOver,
  );
  return { interactiveMs, scriptKB: scriptBytes / 1024 };
}

async function streaming(open: Open, url: string, rounds: number): Promise<Row[]> {
  const figures = { fps: [] as number[], blocking: [] as number[], longest: [] as number[], paint: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const context = await open();
    const { page } = await slowPage(context);
    await page.goto(url);
    const composer = page.locator("textarea[name=message]");
    await composer.fill("[[n=2000 every=5 text=markdown]]");
    await pause(1500);
    await composer.press("Enter");
    await page.locator('[data-role=assistant][data-state="streaming"]').waitFor();
    await page.evaluate(() => window.benchProbe.reset());
    const ended = page.locator('[data-role=assistant][data-state="complete"]').waitFor({ timeout: 120_000 });
    let done = false;
    const typing = (async () => {
      while (!done) {
        await composer.press("a");
        await pause(250);
      }
    })();
    await ended;
    done = true;
    const probe = await page.evaluate(() => window.benchProbe.read());
    await typing;
    await context.close();
    figures.fps.push(probe.framesPerSecond);
    figures.blocking.push(probe.blockingMs / 1000);
    figures.longest.push(probe.longestTaskMs);
    figures.paint.push(percentile(probe.keyToPaintMs, 0.5));
  }
  return [
    limitRow("2,000 tokens at 200/s: frames per second", 45, "fps", figures.fps, "", true),
    limitRow("2,000 tokens at 200/s: total blocking", 0.3, "s", figures.blocking),
    limitRow("2,000 tokens at 200/s: longest task", 100, "ms", figures.longest),
    limitRow("2,000 tokens at 200/s: key to paint, p50", 50, "ms", figures.paint),
  ];
}

async function longConversation(open: Open, person: HttpPerson, turns: number, rounds: number): Promise<Row[]> {
  const conversation = await converse(person, turns);
  const figures = { shown: [] as number[], blocking: [] as number[], fps: [] as number[], jumps: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const context = await open();
    const { page } = await slowPage(context);
    await page.goto(`${person.origin}/c/${conversation.id}`);
    const shownAt = await page.waitForFunction(
      (id) => {
        const box = document.querySelector(`[data-message-id="${id}"]`)?.getBoundingClientRect();
        return box !== undefined && box.height > 0 && box.top < innerHeight && box.bottom > 0
          ? performance.now()
          : false;
      },
      conversation.lastMessageId,
      { polling: "raf" },
    );
    figures.shown.push(Number(await shownAt.jsonValue()) / 1000);
    await pause(1500);
    figures.blocking.push((await page.evaluate(() => window.benchProbe.read())).blockingMs / 1000);
    await page.mouse.move(700, 400);
    await page.evaluate(() => window.benchProbe.reset());
    for (let turn = 0; turn < 60; turn += 1) {
      await page.mouse.wheel(0, -400);
      await pause(60);
    }
    const probe = await page.evaluate(() => window.benchProbe.read());
    figures.fps.push(probe.framesPerSecond);
    figures.jumps.push(probe.jumps);
    await context.close();
  }
  const name = `a conversation of ${turns * 2} messages`;
  return [
    limitRow(`${name}: last message on screen`, 1, "s", figures.shown),
    limitRow(`${name}: blocking`, 0.3, "s", figures.blocking),
    limitRow(`${name}: frames per second while scrolling`, 30, "fps", figures.fps, "", true),
    limitRow(`${name}: jumps while scrolling`, 0, "jumps", [Math.max(...figures.jumps)]),
  ];
}

async function converse(person: HttpPerson, turns: number): Promise<{ id: string; lastMessageId: string }> {
  console.log(`Having a conversation of ${turns * 2} messages.`);
  let id = "";
  let lastMessageId = "";
  for (let turn = 0; turn < turns; turn += 1) {
    const text = `Turn ${turn}: what should I look at? [[n=120 text=markdown]]`;
    const request = firstMessage(text);
    if (id !== "")
      Object.assign(request, { conversationId: id, intent: { ...request.intent, parentId: lastMessageId } });
    const startedAt = performance.now();
    for await (const event of person.send(request)) {
      if (event.type !== "accepted") continue;
      id = event.conversationId;
      lastMessageId = event.assistantMessage.id;
    }
    // Below the limit on what one person sends in a minute.
    await pause(Math.max(0, 510 - (performance.now() - startedAt)));
  }
  return { id, lastMessageId };
}

async function slowPage(context: BrowserContext): Promise<{ page: Page; session: CDPSession }> {
  const page = await context.newPage();
  await page.addInitScript(startProbe);
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  await session.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
  return { page, session };
}
