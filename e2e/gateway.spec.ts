import { readFileSync } from "node:fs";
import { answers, composer, messagesOf, send, textOf, words } from "#e2e/support/chat.ts";
import { expect, test } from "#e2e/support/test.ts";
import { until } from "#scripts/support/processes.ts";

/**
 * Against a real OpenClaw gateway with at least two agents, whose model is a stub that answers `[[…]]` orders and writes what
 * it was shown into GATEWAY_STUB_LOG, a line of JSON a call. Run by `npm run e2e:gateway`.
 */
interface StubCall {
  t: number;
  kind: "chat" | "client-abort";
  users: number;
  images: number;
  last: string;
}

test.describe.configure({ mode: "serial" });

/** What the model was shown whose newest words contain this. */
function calls(contains: string, kind: StubCall["kind"] = "chat"): StubCall[] {
  return readFileSync(process.env["GATEWAY_STUB_LOG"] ?? "", "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as StubCall)
    .filter((call) => call.kind === kind && call.last.includes(contains));
}

function marker(): string {
  return `mark${Math.random().toString(36).slice(2, 10)}`;
}

test("an agent is picked, an answer streams, and the second turn reaches the model as turn 2 with history once", async ({
  page,
}) => {
  await page.goto("/");
  await expect(page.getByText("Sandbox", { exact: true })).toHaveCount(0);
  await page.getByRole("radio", { name: "main" }).check();
  const mark = marker();
  await send(page, `[[words 40]] [[slow 60]] ${mark}`);
  await expect(answers(page, "streaming")).toContainText("w5");
  await expect(answers(page, "complete")).toHaveCount(1);
  await expect(textOf(answers(page))).toHaveText(words(40));
  const second = marker();
  await send(page, `second turn ${second}`);
  await expect(answers(page, "complete")).toHaveCount(2);
  await expect(answers(page).nth(1)).toContainText("turns=2");
  expect(calls(mark)).toMatchObject([{ users: 1 }]);
  expect(calls(second)).toMatchObject([{ users: 2 }]);
  // Its newest words are this turn's alone: the history came from the gateway's memory, not from us again.
  expect(calls(second)[0]?.last).not.toContain(mark);
});

test("a reload in the middle of an answer follows it to its end, and the model is asked once", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("radio", { name: "main" }).check();
  const mark = marker();
  await send(page, `[[words 80]] [[slow 100]] ${mark}`);
  await expect(answers(page, "streaming")).toContainText("w10");
  await page.reload();
  await expect(answers(page)).toContainText("w10");
  await expect(answers(page, "complete")).toHaveCount(1);
  await expect(textOf(answers(page))).toHaveText(words(80));
  expect(calls(mark)).toHaveLength(1);
  expect(calls(mark, "client-abort")).toHaveLength(0);
});

test("Stop reaches the model within 2 s, and the next turn is answered sensibly", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("radio", { name: "main" }).check();
  const mark = marker();
  await send(page, `[[words 300]] [[slow 100]] ${mark}`);
  await expect(answers(page, "streaming")).toContainText("w10");
  const pressedAt = Date.now();
  await page.getByRole("button", { name: /^Stop/ }).click();
  await expect(answers(page, "stopped")).toHaveCount(1);
  const abort = await until(() => calls(mark, "client-abort")[0], 10_000);
  expect(abort?.t ?? Number.POSITIVE_INFINITY).toBeLessThan(pressedAt + 2000);
  const next = marker();
  // The orders of the stopped turn are told again with the history; these come last and win.
  await send(page, `[[words 7]] [[slow 0]] ${next}`);
  await expect(answers(page, "complete")).toHaveCount(1);
  await expect(textOf(answers(page).nth(1))).toHaveText(words(7));
  expect(calls(next).at(-1)?.last).toContain(next);
});

test("two people who say the same have sessions of their own", async ({ page, adminPage }) => {
  const mark = marker();
  for (const one of [page, adminPage]) {
    await one.goto("/");
    await one.getByRole("radio", { name: "main" }).check();
    await send(one, `first of two ${mark}`);
    await expect(answers(one, "complete")).toHaveCount(1);
    // Neither sees the other's turn in its history.
    await expect(answers(one)).toContainText("turns=1");
  }
  expect(calls(mark).map(({ users }) => users)).toEqual([1, 1]);
  await send(page, `again ${mark}`);
  await expect(answers(page, "complete")).toHaveCount(2);
  await expect(answers(page).nth(1)).toContainText("turns=2");
  await expect(messagesOf(adminPage)).toHaveCount(1);
});

test("an image reaches the model", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("radio", { name: "main" }).check();
  await page.locator("input[type=file]").setInputFiles({
    name: "dot.png",
    mimeType: "image/png",
    buffer: Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
      "base64",
    ),
  });
  await expect(page.getByRole("button", { name: /Remove dot\.png/ })).toBeVisible();
  await expect(page.getByText(/% sent/)).toHaveCount(0);
  const mark = marker();
  await send(page, `what is this ${mark}`);
  await expect(answers(page, "complete")).toContainText("images=1");
  expect(calls(mark)).toMatchObject([{ images: 1 }]);
});

test("an error of the model's provider is shown as such, and the person stays signed in", async ({ page, person }) => {
  const { agents } = await person.json<{ agents: { id: string }[] }>("GET", "/api/agents");
  // The gateway rests a provider that refused its key, for this agent alone; so not the one of the other tests.
  const other = agents.find(({ id }) => id !== "main")?.id ?? "";
  await page.goto("/");
  await page.getByRole("radio", { name: other }).check();
  await send(page, `[[http 401]] ${marker()}`);
  await expect(answers(page, "failed")).toContainText("Failed");
  await expect(answers(page, "failed")).toContainText(/provider/i);
  await expect(composer(page)).toBeEnabled();
  await page.reload();
  await expect(answers(page, "failed")).toHaveCount(1);
  expect((await person.request("GET", "/api/me")).status).toBe(200);
});
