import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { answers, ask, messagesOf } from "#e2e/support/chat.ts";
import { expect, test } from "#e2e/support/test.ts";
import { firstMessage } from "#scripts/support/messages.ts";
import type { HttpPerson } from "#scripts/support/person.ts";

/** A conversation with one short answer, over HTTP. */
async function converse(person: HttpPerson, text: string): Promise<string> {
  let id = "";
  for await (const event of person.send(firstMessage(`[[words 2]] ${text}`, "harbour-guide"))) {
    if (event.type === "accepted") id = event.conversationId;
  }
  return id;
}

function row(page: Page, title: RegExp) {
  return page.getByRole("navigation").getByRole("link", { name: title });
}

async function openMenu(page: Page, title: RegExp): Promise<void> {
  const item = page.getByRole("navigation").getByRole("listitem").filter({ hasText: title });
  await item.hover();
  await item.getByRole("button").click();
}

test("a conversation is renamed in the list, and the name stays", async ({ page, person }) => {
  await converse(person, "before");
  await page.goto("/");
  await openMenu(page, /before/);
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByRole("textbox", { name: "Title" }).fill("Harbour works");
  await page.keyboard.press("Enter");
  await expect(row(page, /Harbour works/)).toBeVisible();
  await page.reload();
  await expect(row(page, /Harbour works/)).toBeVisible();
});

test("a pinned conversation stands first", async ({ page, person }) => {
  await converse(person, "older");
  await converse(person, "newer");
  await page.goto("/");
  await openMenu(page, /older/);
  await page.getByRole("menuitem", { name: "Pin" }).click();
  await expect(page.getByRole("heading", { name: "Pinned" })).toBeVisible();
  const titles = page.getByRole("region", { name: "Conversations" }).getByRole("link");
  await expect(titles.first()).toContainText("older");
});

test("an archived conversation leaves the list and can be taken out again", async ({ page, person }) => {
  await converse(person, "put away");
  await page.goto("/");
  await openMenu(page, /put away/);
  await page.getByRole("menuitem", { name: "Archive" }).click();
  await expect(row(page, /put away/)).toHaveCount(0);
  await page.getByRole("button", { name: "Archived conversations" }).click();
  await openMenu(page, /put away/);
  await page.getByRole("menuitem", { name: "Take out of the archive" }).click();
  await page.getByRole("button", { name: "Back to all conversations" }).click();
  await expect(row(page, /put away/)).toBeVisible();
});

test("delete asks nothing and can be undone", async ({ page, person }) => {
  const id = await converse(person, "a mistake");
  await page.goto("/");
  await openMenu(page, /a mistake/);
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(row(page, /a mistake/)).toHaveCount(0);
  await expect(page.getByText("The gateway keeps what it remembers of it.")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row(page, /a mistake/)).toBeVisible();
  await page.goto(`/c/${id}`);
  await expect(answers(page, "complete")).toHaveCount(1);
});

test("on a phone, Undo is in reach however long the title is", async ({ page, person }) => {
  const id = await converse(person, "a title that goes on and on until the words are wider than any phone");
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(`/c/${id}`);
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const undo = page.getByRole("button", { name: "Undo" });
  await expect(undo).toBeInViewport({ ratio: 1 });
  await undo.click();
  await expect(page).toHaveURL(new RegExp(id));
});

test("search finds words of any message, two Chinese characters too, and leads to the hit", async ({
  page,
  person,
}) => {
  await converse(person, "周三检修泊位");
  await converse(person, "the lighthouse keeper");
  await page.goto("/");
  await page.keyboard.press("ControlOrMeta+k");
  const box = page.getByRole("searchbox");
  await box.fill("检修");
  await expect(page.getByText("1 message in 1 conversation")).toBeVisible();
  await expect(page.locator("mark").first()).toHaveText("检修");
  await box.fill("lighthouse");
  await expect(page.locator("mark").first()).toHaveText(/lighthouse/i);
  await page.getByRole("button", { name: /Open conversation/ }).click();
  await expect(messagesOf(page)).toContainText("lighthouse keeper");
  await box.waitFor({ state: "hidden" });
});

test("a conversation exports as Markdown and as JSON", async ({ page }) => {
  await ask(page, "[[words 3]] to be exported");
  for (const [name, extension, piece] of [
    ["Markdown", ".md", "w1 w2 w3"],
    ["JSON, with all branches", ".json", '"w1 w2 w3"'],
  ] as const) {
    await page.getByRole("button", { name: "Export", exact: true }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name }).click();
    const file = await download;
    expect(file.suggestedFilename()).toContain(extension);
    const text = readFileSync(await file.path(), "utf8");
    expect(text).toContain("to be exported");
    expect(text).toContain(piece);
  }
});

test.describe("somebody else's", () => {
  // The browser notes every 404, and here they are what is wanted.
  test.use({ allowedConsole: [/404 \(Not Found\)/] });

  test("conversation cannot be opened, found or exported", async ({ page, admin, openAs, person }) => {
    const id = await converse(person, "only mine");
    const adminPage = await openAs(admin);
    await adminPage.goto(`/c/${id}`);
    await expect(adminPage.getByText("There is no such conversation")).toBeVisible();
    for (const path of [`/api/conversations/${id}`, `/api/conversations/${id}/export?format=md`]) {
      expect((await admin.request("GET", path)).status).toBe(404);
    }
    const found = await admin.json<{ total: number }>("GET", "/api/search?q=only%20mine&mode=all");
    expect(found.total).toBe(0);
    await page.goto(`/c/${id}`);
    await expect(messagesOf(page)).toContainText("only mine");
  });
});
