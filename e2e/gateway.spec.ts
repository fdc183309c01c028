import { existsSync, readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { signInto, someone } from "#e2e/support/test.ts";
import { type RunningBreakwater, startBreakwater } from "#scripts/support/breakwater.ts";
import { type HttpPerson, invitePerson, setUpAdmin } from "#scripts/support/person.ts";
import { until } from "#scripts/support/processes.ts";

/**
 * The chat against a real OpenClaw gateway whose model is a stub that repeats what it was shown. OPENCLAW_GATEWAY_URL and
 * its credential name the gateway; GATEWAY_STUB_LOG is the stub's log, one JSON line a model call.
 */
const gateway = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name.startsWith("OPENCLAW_")),
) as Record<string, string>;

let server: RunningBreakwater;
let admin: HttpPerson;

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  if (gateway["OPENCLAW_GATEWAY_URL"] === undefined) throw new Error("Set OPENCLAW_GATEWAY_URL and its credential.");
  server = await startBreakwater({ environment: gateway });
  admin = await setUpAdmin(server);
});

test.afterAll(async () => {
  await server.dispose();
});

test.beforeEach(async ({ context }) => {
  await signInto(context, admin);
});

test("an agent is picked, streams an answer, and remembers it in the second turn with history sent once", async ({
  page,
}) => {
  const seenBefore = modelCalls().length;
  await begin(page, "research", "hello");
  await expect(answer(page)).toHaveAttribute("data-state", "complete");
  await expect(answer(page)).toContainText("turns=1 images=0 say: hello");
  await send(page, "and again");
  await expect(answer(page)).toContainText("turns=2 images=0 say: and again");
  const calls = modelCalls().slice(seenBefore);
  expect(calls.map(({ users, last }) => ({ users, last }))).toEqual([
    { users: 1, last: "hello" },
    { users: 2, last: "and again" },
  ]);
});

test("a reload in mid-answer follows it to its end", async ({ page }) => {
  await begin(page, "main", "[[words 60]] [[slow 100]]");
  await expect(answer(page)).toContainText("w5");
  await page.reload();
  await expect(answer(page)).toHaveAttribute("data-state", "streaming");
  await expect(answer(page)).toHaveAttribute("data-state", "complete");
  await expect(answer(page)).toContainText(Array.from({ length: 60 }, (_, index) => `w${index + 1}`).join(" "));
});

test("Stop reaches the model within two seconds, and the next turn is answered sensibly", async ({ page }) => {
  await begin(page, "main", "[[words 200]] [[slow 100]]");
  await expect(answer(page)).toContainText("w5");
  const stoppedAt = Date.now();
  await page.getByRole("button", { name: /^Stop/ }).click();
  await expect(answer(page)).toHaveAttribute("data-state", "stopped");
  const abort = await until(() => modelLog().find(({ kind, t }) => kind === "client-abort" && t >= stoppedAt), 5000);
  expect((abort?.t ?? Number.POSITIVE_INFINITY) - stoppedAt).toBeLessThan(2000);
  console.log(`Stop reached the model after ${(abort?.t ?? 0) - stoppedAt} ms`);
  // The replay repeats the first message, so the second one must say otherwise than its orders.
  await send(page, "still there? [[words 3]] [[slow 0]]");
  await expect(answer(page)).toHaveAttribute("data-state", "complete");
  await expect(answer(page)).toContainText("w1 w2 w3");
  await expect(answer(page)).not.toContainText("w4");
  const call = modelCalls().at(-1);
  expect(call?.users).toBe(1);
  expect(call?.last.split("[[words 200]]")).toHaveLength(2);
  expect(call?.last).toContain("Assistant: w1 w2");
});

test("two people have two sessions, and neither is in the other", async ({ page, browser }) => {
  await begin(page, "writer", "the word of Ada is quay");
  await expect(answer(page)).toContainText("turns=1");
  const ben = await invitePerson(admin, someone("Ben"));
  const context = await browser.newContext({ baseURL: server.url });
  await signInto(context, ben);
  const other = await context.newPage();
  await begin(other, "writer", "the word of Ben is pier");
  await expect(answer(other)).toContainText("turns=1");
  await context.close();
  const histories = await sessionsOf("writer");
  expect(histories.filter(({ text }) => text.includes("quay"))).toHaveLength(1);
  expect(histories.filter(({ text }) => text.includes("pier"))).toHaveLength(1);
  expect(histories.some(({ text }) => text.includes("quay") && text.includes("pier"))).toBe(false);
  for (const { key } of histories) expect(key).toMatch(/^agent:writer:web:[0-9a-f]{32}$/);
});

test("an image reaches the model", async ({ page }) => {
  await page.goto(server.url);
  await pick(page, "main");
  await page.locator("input[type=file]").setInputFiles({ name: "dot.png", mimeType: "image/png", buffer: redDot });
  await expect(page.getByText("dot.png")).toBeVisible();
  await send(page, "what is this?");
  await expect(answer(page)).toContainText("images=1");
});

test("a provider's error is shown as such, and nobody is signed out", async ({ page }) => {
  await begin(page, "writer", "[[http 401]]");
  await expect(answer(page)).toHaveAttribute("data-state", "failed");
  console.log(`The page says: ${await answer(page).textContent()}`);
  await expect(answer(page)).toContainText(/model|provider/i);
  expect(page.url()).toContain("/c/");
  await page.reload();
  await expect(answer(page)).toHaveAttribute("data-state", "failed");
  await expect(page.locator("textarea[name=message]")).toBeVisible();
});

async function begin(page: Page, agent: string, text: string): Promise<void> {
  await page.goto(server.url);
  await pick(page, agent);
  await send(page, text);
}

async function pick(page: Page, agent: string): Promise<void> {
  await page.getByRole("radio", { name: new RegExp(`^${agent}\\b`) }).click();
}

async function send(page: Page, text: string): Promise<void> {
  const answers = await page.locator("[data-role=assistant]").count();
  await page.locator("textarea[name=message]").fill(text);
  await page.keyboard.press("Enter");
  await expect(page.locator("[data-role=assistant]")).toHaveCount(answers + 1);
}

function answer(page: Page) {
  return page.locator("[data-role=assistant]").last();
}

interface ModelLine {
  t: number;
  kind: string;
  users: number;
  last: string;
}

function modelLog(): ModelLine[] {
  const file = process.env["GATEWAY_STUB_LOG"];
  if (file === undefined) throw new Error("Set GATEWAY_STUB_LOG to the log of the gateway's stub model.");
  // It appears with the first model call; the stub writes one object a line.
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as ModelLine);
}

function modelCalls(): ModelLine[] {
  return modelLog().filter(({ kind }) => kind === "chat");
}

/** The conversations of ours that the gateway keeps for an agent, as one text each. */
async function sessionsOf(agentId: string): Promise<{ key: string; text: string }[]> {
  const base = gateway["OPENCLAW_GATEWAY_URL"]?.replace(/\/v1\/?$/, "") ?? "";
  const headers = {
    authorization: `Bearer ${gateway["OPENCLAW_GATEWAY_TOKEN"] ?? gateway["OPENCLAW_GATEWAY_PASSWORD"]}`,
    "content-type": "application/json",
  };
  const body = JSON.stringify({ tool: "sessions_list", args: { limit: 100 }, agentId });
  const listed = await (await fetch(`${base}/tools/invoke`, { method: "POST", headers, body })).text();
  const keys = [...new Set(listed.match(new RegExp(`agent:${agentId}:web:[0-9a-f]+`, "g")))];
  return await Promise.all(
    keys.map(async (key) => {
      const history = await fetch(`${base}/sessions/${encodeURIComponent(key)}/history`, { headers });
      return { key, text: await history.text() };
    }),
  );
}

const redDot = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==",
  "base64",
);
