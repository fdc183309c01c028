import { answers, ask, composer, messagesOf, send, textOf, words } from "#e2e/support/chat.ts";
import { expect, test } from "#e2e/support/test.ts";

test("an answer streams into one bubble, gets its metrics, and the conversation its title and address", async ({
  page,
}) => {
  await page.goto("/");
  await send(page, "[[words 30]] [[slow 50]] about tides");
  await expect(messagesOf(page)).toContainText("about tides");
  await expect(answers(page, "streaming")).toContainText("w3");
  const id = await answers(page).getAttribute("data-message-id");
  await expect(answers(page, "complete")).toHaveText(new RegExp(words(30)));
  // The same element from the first byte to the last.
  expect(await answers(page).getAttribute("data-message-id")).toBe(id);
  await expect(answers(page)).toContainText("first token");
  await expect(page).toHaveURL(/\/c\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("navigation").getByRole("link", { name: /about tides/ })).toBeVisible();
  await expect(composer(page)).toHaveValue("");
});

test("a reload in the middle of an answer shows the text so far and follows to the end", async ({ page }) => {
  await page.goto("/");
  await send(page, "[[words 60]] [[slow 80]]");
  await expect(answers(page, "streaming")).toContainText("w10");
  await page.reload();
  await expect(answers(page)).toContainText("w10");
  await expect(answers(page, "complete")).toHaveText(new RegExp(words(60)));
  await expect(messagesOf(page)).toHaveCount(1);
});

test("an answer goes on when the tab closes, and is marked unread until it is seen", async ({
  page,
  openAs,
  person,
}) => {
  await page.goto("/");
  await send(page, "[[words 20]] [[slow 60]] left alone");
  await expect(answers(page, "streaming")).toContainText("w2");
  await page.close();
  const other = await openAs(person);
  await other.goto("/");
  const row = other.getByRole("navigation").getByRole("link", { name: /left alone/ });
  await expect(row).toContainText("new answer");
  await row.click();
  await expect(answers(other, "complete")).toHaveText(new RegExp(words(20)));
  await expect(row).not.toContainText("new answer");
});

test("Stop keeps the words that had come, and one can go on from them", async ({ page }) => {
  await page.goto("/");
  await send(page, "[[words 60]] [[slow 60]]");
  await expect(answers(page, "streaming")).toContainText("w5");
  await page.getByRole("button", { name: /^Stop/ }).click();
  await expect(answers(page, "stopped")).toContainText("Stopped");
  const kept = ((await textOf(answers(page)).textContent()) ?? "").trim();
  expect(kept).toContain("w5");
  expect(words(60).startsWith(kept)).toBe(true);
  await page.reload();
  await expect(textOf(answers(page, "stopped"))).toHaveText(kept);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(answers(page)).toHaveCount(2);
  await expect(answers(page, "complete")).toHaveCount(1);
});

test("Escape stops, too", async ({ page }) => {
  await page.goto("/");
  await send(page, "[[words 200]] [[slow 50]]");
  await expect(answers(page, "streaming")).toContainText("w2");
  await page.keyboard.press("Escape");
  await expect(answers(page, "stopped")).toHaveCount(1);
});

test("what is sent meanwhile waits, can be changed and removed, and starts by itself", async ({ page }) => {
  await page.goto("/");
  await send(page, "[[words 150]] [[slow 60]]");
  await expect(answers(page, "streaming")).toContainText("w2");
  await send(page, "second [[words 3]]");
  await send(page, "third, not wanted");
  const queue = page.getByRole("region", { name: "Waiting messages" });
  await expect(queue.getByRole("listitem")).toHaveCount(2);
  await queue.getByRole("listitem").nth(1).getByRole("button", { name: "Remove this message" }).click();
  await expect(queue.getByRole("listitem")).toHaveCount(1);
  await queue.getByRole("button", { name: "Edit this message" }).click();
  await queue.getByRole("textbox").fill("second, better [[words 4]]");
  await queue.getByRole("button", { name: "Save" }).click();
  await expect(queue).toContainText("second, better");
  await expect(answers(page, "complete")).toHaveCount(2, { timeout: 30_000 });
  await expect(messagesOf(page).nth(1)).toContainText("second, better");
  await expect(answers(page).nth(1)).toContainText(words(4));
  await expect(queue).toHaveCount(0);
});

test("after a stop the queue holds still until somebody says go", async ({ page }) => {
  await page.goto("/");
  await send(page, "[[words 100]] [[slow 60]]");
  await expect(answers(page, "streaming")).toContainText("w2");
  await send(page, "next [[words 2]]");
  const queue = page.getByRole("region", { name: "Waiting messages" });
  await expect(queue.getByRole("listitem")).toHaveCount(1);
  await page.getByRole("button", { name: /^Stop/ }).click();
  await expect(answers(page, "stopped")).toHaveCount(1);
  await expect(queue).toContainText("They wait");
  await queue.getByRole("button", { name: "Send the next one" }).click();
  await expect(answers(page, "complete")).toHaveCount(1);
});

test("editing makes a branch beside the old one, and one can step between them", async ({ page }) => {
  await ask(page, "[[words 3]] first try");
  await messagesOf(page).hover();
  await messagesOf(page).getByRole("button", { name: "Edit and ask again" }).click();
  await page.getByRole("textbox", { name: "Your message" }).fill("[[words 5]] second try");
  await page.getByRole("button", { name: "Send", exact: true }).first().click();
  await expect(answers(page, "complete")).toContainText(words(5));
  await expect(messagesOf(page)).toContainText("second try");
  await expect(messagesOf(page)).toContainText("2 / 2");
  await messagesOf(page).getByRole("button", { name: "Previous version" }).click();
  await expect(messagesOf(page)).toContainText("first try");
  await expect(answers(page)).toContainText(words(3));
  await page.reload();
  await expect(messagesOf(page)).toContainText("1 / 2");
});

test("answering again keeps both answers", async ({ page }) => {
  await ask(page, "[[words 3]]");
  await answers(page).hover();
  await answers(page).getByRole("button", { name: "Answer again" }).click();
  await expect(answers(page)).toContainText("2 / 2");
  await expect(answers(page, "complete")).toContainText(words(3));
});

test("a second tab sees the message and the answer grow", async ({ page, context }) => {
  await ask(page, "[[words 2]]");
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(answers(other, "complete")).toHaveCount(1);
  await send(page, "[[words 40]] [[slow 80]] seen twice");
  await expect(messagesOf(other)).toHaveCount(2);
  await expect(answers(other).nth(1)).toContainText("w5");
  await expect(answers(other, "complete")).toHaveCount(2);
  await expect(textOf(answers(other).nth(1))).toHaveText(words(40));
});

test("another device that comes in the middle follows the answer, and can stop it", async ({
  page,
  openAs,
  person,
}) => {
  await page.goto("/");
  await send(page, "[[words 200]] [[slow 60]]");
  await expect(answers(page, "streaming")).toContainText("w3");
  await expect(page).toHaveURL(/\/c\//);
  const other = await openAs(person);
  await other.goto(page.url());
  await expect(answers(other, "streaming")).toContainText("w8");
  await other.getByRole("button", { name: /^Stop/ }).click();
  await expect(answers(page, "stopped")).toHaveCount(1);
  await expect(answers(other, "stopped")).toHaveCount(1);
});

test("a draft survives a reload and belongs to its conversation", async ({ page }) => {
  await ask(page, "[[words 2]]");
  await composer(page).fill("not finished yet");
  await expect(page.getByText(/Draft saved/)).toBeVisible();
  await page.reload();
  await expect(composer(page)).toHaveValue("not finished yet");
  await page.getByRole("link", { name: "New chat" }).click();
  await expect(composer(page)).toHaveValue("");
  await page.goBack();
  await expect(composer(page)).toHaveValue("not finished yet");
});

test("the agent that answers is chosen by the person", async ({ page }) => {
  await page.goto("/");
  // A click that comes before the page is alive is undone when it wakes.
  await expect(() => page.getByRole("radio", { name: /typesetter/i }).check({ timeout: 2000 })).toPass();
  await send(page, "Show me a table, some code and a formula");
  await expect(answers(page, "complete")).toHaveCount(1, { timeout: 30_000 });
  await expect(answers(page).locator("table")).not.toHaveCount(0);
  await expect(answers(page).locator("pre")).not.toHaveCount(0);
  await expect(answers(page).locator(".katex")).not.toHaveCount(0);
  await expect(answers(page)).toContainText(/typesetter/i);
});

test("a failure says which layer failed and what to do, and the person stays signed in", async ({ page }) => {
  await page.goto("/");
  await send(page, "[[http 400]] please");
  await expect(answers(page, "failed")).toContainText("Failed");
  await expect(answers(page, "failed").getByRole("button", { name: "Retry" })).toBeVisible();
  // What is sent now tells the agent all of it again, the part that failed included; so ask elsewhere.
  await ask(page, "[[words 3]]");
  await expect(answers(page, "complete")).toContainText(words(3));
});

test("an image goes along and is shown with the message", async ({ page }) => {
  await page.goto("/");
  await page.locator("input[type=file]").setInputFiles({
    name: "dot.png",
    mimeType: "image/png",
    buffer: Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
      "base64",
    ),
  });
  await expect(page.getByRole("button", { name: /Remove dot\.png/ })).toBeVisible();
  // Until an image is up, the composer keeps the message and says so.
  await expect(page.getByText(/% sent/)).toHaveCount(0);
  await send(page, "What is this?");
  await expect(answers(page, "complete")).toContainText("picture arrived at the gateway");
  await expect(messagesOf(page).getByRole("img", { name: /dot\.png/ })).toBeVisible();
});

test("a message that holds what looks like a credential is asked about before it leaves", async ({ page }) => {
  await page.goto("/");
  const key = `sk-proj-${"Ab3".repeat(16)}`;
  await send(page, `my key is ${key}`);
  const dialog = page.getByRole("alertdialog");
  await expect(dialog).toContainText("looks like a credential");
  await dialog.getByRole("button", { name: "Go back and edit" }).click();
  await expect(messagesOf(page)).toHaveCount(0);
  await expect(composer(page)).toHaveValue(`my key is ${key}`);
});
