import { answers, begin, composer, expectState, questions, send, words } from "#e2e/support/talk.ts";
import { expect, test } from "#e2e/support/test.ts";

test("an answer streams, and is whole after a reload", async ({ page }) => {
  await begin(page, "[[words 30]] [[slow 30]]");
  await expectState(answers(page), "streaming");
  await expectState(answers(page), "complete");
  await expect(answers(page)).toContainText(words(30));
  await page.reload();
  await expectState(answers(page), "complete");
  await expect(answers(page)).toContainText(words(30));
  await expect(questions(page)).toContainText("[[words 30]]");
});

test("a reload in mid-answer follows it to its end", async ({ page }) => {
  await begin(page, "[[words 60]] [[slow 60]]");
  await expect(answers(page)).toContainText("w5");
  await page.reload();
  await expectState(answers(page), "streaming");
  await expectState(answers(page), "complete");
  await expect(answers(page)).toContainText(words(60));
});

test("a second tab follows the same answer", async ({ page, context }) => {
  await begin(page, "[[words 80]] [[slow 60]]");
  await expect(answers(page)).toContainText("w5");
  const second = await context.newPage();
  await second.goto(page.url());
  await expect(answers(second)).toContainText("w10");
  await expectState(answers(second), "complete");
  await expect(answers(second)).toContainText(words(80));
  await page.bringToFront();
  await expectState(answers(page), "complete");
  await expect(answers(page)).toContainText(words(80));
});

test("the answer goes on when the tab closes", async ({ page, context }) => {
  await begin(page, "[[words 60]] [[slow 60]]");
  await expect(answers(page)).toContainText("w3");
  const url = page.url();
  await page.goto("about:blank");
  const later = await context.newPage();
  await later.goto(url);
  await expectState(answers(later), "complete");
  await expect(answers(later)).toContainText(words(60));
});

test("Escape stops, keeps the text, and Continue goes on under it", async ({ page }) => {
  await begin(page, "[[words 200]] [[slow 60]]");
  await expect(answers(page)).toContainText("w5");
  await composer(page).press("Escape");
  await expectState(answers(page), "stopped");
  await expect(answers(page)).toContainText("w5");
  await expect(answers(page)).toContainText("Stopped");
  await answers(page).getByRole("button", { name: "Continue" }).click();
  await expect(answers(page)).toHaveCount(2);
  await expect(questions(page)).toHaveCount(2);
});

test("what is sent meanwhile waits in a queue, can be changed and removed, and then runs by itself", async ({
  page,
}) => {
  await begin(page, "[[words 60]] [[slow 60]]");
  await expect(answers(page)).toContainText("w3");
  await send(page, "[[words 4]]");
  await send(page, "never mind");
  const queue = page.getByRole("region", { name: "Waiting messages" });
  await expect(queue).toContainText("[[words 4]]");
  await expect(queue).toContainText("never mind");
  await queue.getByRole("listitem").nth(1).getByRole("button", { name: "Remove this message" }).click();
  await expect(queue).not.toContainText("never mind");
  await queue.getByRole("listitem").first().getByRole("button", { name: "Edit this message" }).click();
  await queue.getByRole("textbox").fill("[[words 6]]");
  await queue.getByRole("textbox").press("Enter");
  await expect(queue).toContainText("[[words 6]]");
  await expect(answers(page)).toHaveCount(2, { timeout: 30_000 });
  await expectState(answers(page).last(), "complete");
  await expect(answers(page).last()).toContainText(words(6));
  await expect(queue).toHaveCount(0);
});

test("asking again and editing keep what was there, and a stepper walks the branches", async ({ page }) => {
  await begin(page, "[[words 3]]");
  await expectState(answers(page), "complete");
  await send(page, "[[words 5]]");
  await expect(answers(page)).toHaveCount(2);
  await expectState(answers(page).last(), "complete");
  await answers(page).first().hover();
  await answers(page).first().getByRole("button", { name: "Answer again" }).click();
  await expect(answers(page)).toHaveCount(1);
  await expectState(answers(page), "complete");
  await expect(answers(page).getByRole("img", { name: "Version 2 of 2" })).toBeVisible();
  await answers(page).getByRole("button", { name: "Previous version" }).click();
  await expect(answers(page)).toHaveCount(2);
  await expect(answers(page).last()).toContainText(words(5));
  await questions(page).last().hover();
  await questions(page).last().getByRole("button", { name: "Edit and ask again" }).click();
  await page.getByRole("textbox", { name: "Your message" }).fill("[[words 7]]");
  await page.getByRole("textbox", { name: "Your message" }).press("Enter");
  await expect(answers(page).last()).toContainText(words(7), { timeout: 20_000 });
  await expect(questions(page).last().getByRole("img", { name: "Version 2 of 2" })).toBeVisible();
  await page.reload();
  await expect(answers(page).last()).toContainText(words(7));
});

test("a failure says what failed and what to do, and nobody is signed out", async ({ page }) => {
  await begin(page, "[[http 402]]");
  await expectState(answers(page), "failed");
  await expect(answers(page)).toContainText(/provider/i);
  await expect(answers(page).getByRole("button", { name: "Retry" })).toBeVisible();
  await expect(composer(page)).toBeEnabled();
  await page.reload();
  await expectState(answers(page), "failed");
});

test("a draft survives a reload and waits on the person's other devices", async ({ page, openAs, person }) => {
  await page.goto("/");
  await composer(page).fill("half a thought");
  await expect(page.getByText("Draft saved, also for your other devices")).toBeVisible();
  await page.reload();
  await expect(composer(page)).toHaveValue("half a thought");
  const elsewhere = await openAs(person);
  await elsewhere.goto("/");
  await expect(composer(elsewhere)).toHaveValue("half a thought");
});

test("Enter in an input method does not send", async ({ page }) => {
  await page.goto("/");
  await composer(page).fill("ni hao");
  await composer(page).evaluate((element) => {
    element.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
    element.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, isComposing: true, bubbles: true }),
    );
  });
  await expect(composer(page)).toHaveValue("ni hao");
  await expect(answers(page)).toHaveCount(0);
});

test("what looks like a credential is asked about before it leaves", async ({ page }) => {
  await page.goto("/");
  const text = `is this right? sk-proj-${"a1B2c3D4".repeat(6)}`;
  await composer(page).fill(text);
  await composer(page).press("Enter");
  const dialog = page.getByRole("alertdialog");
  await expect(dialog).toContainText("credential");
  await dialog.getByRole("button", { name: "Go back and edit" }).click();
  await expect(composer(page)).toHaveValue(text);
  await expect(questions(page)).toHaveCount(0);
});
