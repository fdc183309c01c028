import { answers, ask, composer, messagesOf, send } from "#e2e/support/chat.ts";
import { expect, test } from "#e2e/support/test.ts";

test("everything of a chat is reached by the keyboard alone", async ({ page }) => {
  await page.goto("/");
  // The composer has the focus from the start.
  await expect(composer(page)).toBeFocused();
  await page.keyboard.type("[[words 3]] by keyboard");
  await page.keyboard.press("Enter");
  await expect(answers(page, "complete")).toHaveCount(1);
  await expect(composer(page)).toBeFocused();
  await page.keyboard.press("ControlOrMeta+k");
  await expect(page.getByRole("searchbox")).toBeFocused();
  await page.keyboard.type("keyboard");
  await expect(page.locator("mark").first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(messagesOf(page)).toContainText("by keyboard");
  await page.keyboard.press("ControlOrMeta+j");
  await expect(page).toHaveURL(/\/$/);
  await expect(messagesOf(page)).toHaveCount(0);
});

test("Tab reaches every control, and what has the focus can be seen", async ({ page }) => {
  await ask(page, "[[words 3]]");
  await page.locator("body").press("Tab");
  const seen = new Set<string>();
  for (let step = 0; step < 40; step += 1) {
    const { name, visible } = await page.evaluate(() => {
      const element = document.activeElement;
      const box = element?.getBoundingClientRect();
      return {
        name: `${element?.tagName} ${element?.getAttribute("aria-label") ?? element?.textContent?.slice(0, 30) ?? ""}`,
        visible: box !== undefined && box.width > 0 && box.height > 0,
      };
    });
    if (!name.startsWith("BODY")) expect(visible, name).toBe(true);
    seen.add(name);
    await page.keyboard.press("Tab");
  }
  const all = [...seen].join("\n");
  for (const wanted of ["Copy as Markdown", "Answer again", "More actions", "Attach images", "Message"]) {
    expect(all).toContain(wanted);
  }
});

test("while an input method composes, Enter belongs to it", async ({ page }) => {
  await page.goto("/");
  await composer(page).focus();
  const session = await page.context().newCDPSession(page);
  await session.send("Input.imeSetComposition", { text: "ni hao", selectionStart: 6, selectionEnd: 6 });
  await session.send("Input.dispatchKeyEvent", {
    type: "rawKeyDown",
    key: "Process",
    code: "Enter",
    windowsVirtualKeyCode: 229,
  });
  await session.send("Input.dispatchKeyEvent", {
    type: "keyUp",
    key: "Process",
    code: "Enter",
    windowsVirtualKeyCode: 229,
  });
  await session.send("Input.insertText", { text: "你好" });
  await expect(composer(page)).toHaveValue("你好");
  await expect(messagesOf(page)).toHaveCount(0);
  await composer(page).press("Enter");
  await expect(messagesOf(page)).toContainText("你好");
});

test("pasted text arrives as it was, and Shift Enter breaks the line", async ({ page }) => {
  await page.goto("/");
  await composer(page).focus();
  const text = "a\tb\n\n  indented <b>&amp;</b> “quotes” 你好 👩🏽‍💻";
  await page.evaluate((pasted) => {
    const data = new DataTransfer();
    data.setData("text/plain", pasted);
    document.activeElement?.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
    );
    document.execCommand("insertText", false, pasted);
  }, text);
  await expect(composer(page)).toHaveValue(text);
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("end [[words 2]]");
  await page.keyboard.press("Enter");
  await expect(messagesOf(page).locator("[data-text]")).toHaveText(`${text}\nend [[words 2]]`);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test("nothing is wider than the screen, and Enter breaks the line", async ({ page }) => {
    await page.goto("/");
    await composer(page).fill("[[md]]");
    await composer(page).press("Enter");
    await expect(composer(page)).toHaveValue("[[md]]\n");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect(answers(page, "complete")).toHaveCount(1);
    for (const path of [undefined, "/search", "/settings/general", "/settings/keyboard", "/settings/notifications"]) {
      if (path !== undefined) await page.goto(path);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide, path ?? "the chat").toBeLessThanOrEqual(0);
    }
  });

  test("the left bar is a drawer, from which one comes to another conversation", async ({ page }) => {
    await page.goto("/");
    await composer(page).fill("[[words 2]] first one");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect(answers(page, "complete")).not.toHaveCount(0);
    await page.getByRole("button", { name: "Open the menu" }).click();
    await page.getByRole("dialog").getByRole("link", { name: "New chat" }).click();
    await expect(messagesOf(page)).toHaveCount(0);
    await page.getByRole("button", { name: "Open the menu" }).click();
    await page
      .getByRole("dialog")
      .getByRole("link", { name: /first one/ })
      .click();
    await expect(messagesOf(page).first()).toContainText("first one");
  });
});

test("the reader owns the scroll while an answer grows", async ({ page }) => {
  await page.setViewportSize({ width: 1000, height: 500 });
  await ask(page, "[[words 400]]");
  await send(page, "[[words 300]] [[slow 40]]");
  await expect(answers(page, "streaming")).toContainText("w20");
  await page.mouse.move(500, 250);
  await page.mouse.wheel(0, -3000);
  await expect(page.getByRole("button", { name: "Latest" })).toBeVisible();
  const first = messagesOf(page).first();
  const before = await first.boundingBox();
  await page.waitForTimeout(1500);
  expect((await first.boundingBox())?.y).toBe(before?.y);
  await page.getByRole("button", { name: "Latest" }).click();
  await expect(answers(page).nth(1)).toBeInViewport();
});
