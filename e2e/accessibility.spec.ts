import { expectAccessible } from "#e2e/support/accessible.ts";
import { answers, ask, composer, send } from "#e2e/support/chat.ts";
import { expect, test } from "#e2e/support/test.ts";

const sections = [
  "general",
  "appearance",
  "keyboard",
  "notifications",
  "connections",
  "people",
  "sign-in",
  "audit",
  "data",
] as const;

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test("the pages before sign-in hold nothing grave", async ({ strangerPage, admin }) => {
      await strangerPage.goto("/sign-in");
      await expectAccessible(strangerPage);
      const { url } = await admin.json<{ url: string }>("POST", "/api/people/invitations", {
        role: "member",
        email: null,
      });
      await strangerPage.goto(url);
      await expectAccessible(strangerPage);
      await strangerPage.goto("/invite/not-a-code-that-exists-anywhere-in-here-0000");
      await expectAccessible(strangerPage);
    });

    test("the chat holds nothing grave, empty, full, with its menus and dialogs", async ({ page }) => {
      await page.goto("/");
      await expect(composer(page)).toBeVisible();
      await expectAccessible(page, "new chat");
      await ask(page, "[[md]]");
      await expectAccessible(page, "an answer with Markdown");
      await page.getByRole("button", { name: "More actions" }).click();
      await expectAccessible(page, "the menu of a conversation");
      await page.keyboard.press("Escape");
      await page.getByRole("link", { name: /^ok/ }).click();
      await expectAccessible(page, "the question before a link");
      await page.keyboard.press("Escape");
      await send(page, "[[words 100]] [[slow 60]]");
      await expect(answers(page, "streaming")).toContainText("w2");
      await send(page, "next");
      await expect(page.getByRole("region", { name: "Waiting messages" })).toBeVisible();
      await expectAccessible(page, "a streaming answer with a queue");
      await page.getByRole("button", { name: /^Stop/ }).click();
      await expect(answers(page, "stopped")).toHaveCount(1);
      await expectAccessible(page, "a stopped answer");
      await page.goto("/search?q=sandbox");
      await expectAccessible(page, "search");
    });

    test("a failed answer with its details holds nothing grave", async ({ page }) => {
      await page.goto("/");
      await send(page, "[[http 400]]");
      await expect(answers(page, "failed")).toHaveCount(1);
      await page.getByText("Details", { exact: true }).click();
      await expectAccessible(page, "a failed answer");
    });

    test("every settings page holds nothing grave", async ({ adminPage }) => {
      for (const section of sections) {
        await adminPage.goto(`/settings/${section}`);
        await expect(
          adminPage
            .getByRole("heading", { level: 1 })
            .or(adminPage.getByRole("heading", { level: 2 }))
            .first(),
        ).toBeVisible();
        await adminPage.waitForLoadState("networkidle");
        await expectAccessible(adminPage, section);
      }
      await adminPage.goto("/settings/people");
      await adminPage.getByRole("button", { name: "Invite…" }).click();
      await expectAccessible(adminPage, "the invitation drawer");
    });
  });
}

test.describe("in Chinese", () => {
  test.use({ locale: "zh-CN" });

  test("the chat and the settings hold nothing grave", async ({ page, person }) => {
    await person.json("PATCH", "/api/me", { locale: "zh-cn" });
    await page.goto("/");
    await expect(composer(page)).toBeVisible();
    await expectAccessible(page, "new chat in Chinese");
    await page.goto("/settings/general");
    await expectAccessible(page, "settings in Chinese");
  });
});
