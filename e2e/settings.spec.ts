import { answers, composer, send } from "#e2e/support/chat.ts";
import { expect, test } from "#e2e/support/test.ts";
import { HttpPerson } from "#scripts/support/person.ts";

test("the name, the language and the appearance stay with the account", async ({ page, openAs, person }) => {
  await page.goto("/settings/general");
  await page.getByLabel("Name", { exact: true }).fill("Robin Renamed");
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect(page.getByRole("button", { name: /Robin Renamed/ })).toBeVisible();
  await page.getByRole("button", { name: /account and appearance/ }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.getByRole("button", { name: /account and appearance/ }).click();
  await page.getByRole("menuitemradio", { name: "简体中文" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", /^zh-cn$/i);

  const other = await openAs(person);
  await other.goto("/");
  await expect(other.locator("html")).toHaveAttribute("lang", /^zh-cn$/i);
  await expect(other.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(other.getByRole("button", { name: /Robin Renamed/ })).toBeVisible();
});

test("the send key is the person's choice", async ({ page }) => {
  await page.goto("/settings/keyboard");
  // A click that comes before the page is alive is undone when it wakes.
  await expect(() => page.getByRole("radio", { name: /Ctrl Enter sends/ }).check({ timeout: 2000 })).toPass();
  await page.goto("/");
  await composer(page).fill("[[words 2]]");
  await composer(page).press("Enter");
  await expect(composer(page)).toHaveValue("[[words 2]]\n");
  await composer(page).press("ControlOrMeta+Enter");
  await expect(answers(page, "complete")).toHaveCount(1);
});

test("a new password needs the present one, and ends the other sessions", async ({ page, person, credentials }) => {
  const other = new HttpPerson(person.origin);
  await other.signIn(credentials);
  await page.goto("/settings/general");
  await page.getByLabel("Present password").fill(credentials.password);
  await page.getByLabel("New password").fill("a harbour of one's own, at last");
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByText(/The password is changed/)).toBeVisible();
  expect((await other.request("GET", "/api/me")).status).toBe(401);
  await page.reload();
  await expect(page.getByRole("heading", { name: "Sessions" })).toBeVisible();
});

test.describe("signing out", () => {
  // The browser notes every 401 of a page whose session has just ended.
  test.use({ allowedConsole: [/401 \(Unauthorized\)/] });

  test("everywhere ends every session and every stream", async ({ page, openAs, person, credentials }) => {
    const again = new HttpPerson(person.origin);
    await again.signIn(credentials);
    const other = await openAs(again);
    await other.goto("/");
    await send(other, "[[words 300]] [[slow 60]]");
    await expect(answers(other, "streaming")).toContainText("w2");
    await page.goto("/settings/general");
    await page.getByRole("button", { name: "Sign out everywhere" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Sign out everywhere" }).click();
    await expect(page).toHaveURL(/\/sign-in/);
    await expect(other.getByRole("alertdialog")).toContainText("You are signed out", { timeout: 5000 });
  });
});

test("an admin sees what is connected, and can test it without a model call", async ({ adminPage }) => {
  await adminPage.goto("/settings/connections");
  await expect(adminPage.getByRole("heading", { name: "OpenClaw" }).first()).toBeVisible();
  await expect(adminPage.getByText("Sandbox").first()).toBeVisible();
});

test("the audit log has every sign-in, with who and when", async ({ adminPage, person, credentials }) => {
  expect(person.cookies.size).toBeGreaterThan(0);
  await adminPage.goto("/settings/audit");
  const table = adminPage.getByRole("table").first();
  await expect(table).toContainText("Signed in");
  await expect(table).toContainText(credentials.name);
});
