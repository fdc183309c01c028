import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { answers, begin, expectState } from "#e2e/support/talk.ts";
import { expect, test } from "#e2e/support/test.ts";

test("a conversation is renamed, pinned and archived from the list, and found again", async ({ page }) => {
  await begin(page, "[[words 2]] about the tug roster");
  await expectState(answers(page), "complete");
  await menu(page, "Rename");
  await page.getByRole("textbox", { name: "Title" }).fill("Tug roster, October");
  await page.keyboard.press("Enter");
  await expect(row(page, "Tug roster, October")).toBeVisible();
  await menu(page, "Pin");
  await expect(page.getByText("Pinned", { exact: true })).toBeVisible();
  await menu(page, "Archive");
  await expect(row(page, "Tug roster, October")).toHaveCount(0);
  await page.getByText("Archived conversations").click();
  await expect(row(page, "Tug roster, October")).toBeVisible();
});

test("a deleted conversation comes back with Undo", async ({ page }) => {
  await begin(page, "[[words 2]] to be deleted");
  await expectState(answers(page), "complete");
  const url = page.url();
  await menu(page, "Delete");
  await expect(row(page, "to be deleted")).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row(page, "to be deleted")).toBeVisible();
  await page.goto(url);
  await expect(answers(page)).toContainText("w1 w2");
});

test("search finds a word of two Chinese characters and jumps to the hit", async ({ page }) => {
  await begin(page, "[[words 3]] 请改用八号泊位，谢谢");
  await expectState(answers(page), "complete");
  await begin(page, "[[words 3]] nothing of the kind");
  await expectState(answers(page), "complete");
  await page.keyboard.press("ControlOrMeta+k");
  await expect(page).toHaveURL(/\/search/);
  await page.getByRole("searchbox").fill("泊位");
  await expect(page.locator("mark", { hasText: "泊位" }).first()).toBeVisible();
  await expect(page.getByText("1 message in 1 conversation")).toBeVisible();
  await page.getByRole("button", { name: /Open conversation/ }).click();
  await expect(page).toHaveURL(/\/c\//);
  await expect(page.locator('[data-role="user"]')).toContainText("八号泊位");
});

test("a conversation is exported as Markdown and as JSON", async ({ page }) => {
  await begin(page, "[[words 5]] for the record");
  await expectState(answers(page), "complete");
  for (const [item, ending] of [
    ["Markdown", ".md"],
    ["JSON, with all branches", ".json"],
  ] as const) {
    await page.getByRole("button", { name: "Export" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: item }).click(),
    ]);
    expect(download.suggestedFilename()).toContain(ending);
    const text = await readFile(await download.path(), "utf8");
    expect(text).toContain("w1 w2 w3 w4 w5");
    expect(text).not.toContain("agent:");
  }
});

test.describe("with a foreign address", () => {
  test.use({ allowedConsole: [/404 \(Not Found\)/] });

  test("somebody else's conversation is not there", async ({ page, openAs, admin }) => {
    await begin(page, "[[words 2]] private");
    const other = await openAs(admin);
    await other.goto(page.url());
    await expect(other.getByText("There is no such conversation")).toBeVisible();
    await expect(other.getByText("private")).toHaveCount(0);
  });
});

test.describe("with another language", () => {
  test.use({ locale: "zh-CN" });

  test("the pages speak Chinese", async ({ page }) => {
    await page.goto("/");
    await expect(page.locator("html")).toHaveAttribute("lang", /^zh-cn$/i);
    await expect(page.getByText("新对话").first()).toBeVisible();
  });
});

/** Chooses something in the menu of the conversation that is open. */
async function menu(page: Page, item: string): Promise<void> {
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: item, exact: true }).click();
}

function row(page: Page, title: string) {
  return page.getByRole("navigation").getByRole("link", { name: title });
}
