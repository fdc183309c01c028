import { expectAccessible } from "#e2e/support/accessible.ts";
import { answers, composer } from "#e2e/support/chat.ts";
import { expect, test } from "#e2e/support/test.ts";
import { HttpPerson } from "#scripts/support/person.ts";

test("from the printed address to a streamed answer", async ({ fresh, openAs }) => {
  const page = await openAs(new HttpPerson(fresh.url));
  expect(fresh.output()).toContain("sandbox");
  await page.goto(fresh.setUpUrl);
  await expectAccessible(page, "set-up");
  await page.getByLabel("Your name").fill("Ada Brandt");
  await page.getByLabel("Email").fill("ada@example.org");
  await page.locator("input[name=password]").fill("the tide comes twice a day");
  await page.getByRole("button", { name: "Create the admin account" }).click();
  await expect(composer(page)).toBeVisible();
  await expect(page.getByText("Sandbox", { exact: true }).first()).toBeVisible();

  await page.getByRole("button", { name: /What is Breakwater/ }).click();
  await expect(answers(page, "streaming")).toHaveCount(1);
  await expect(answers(page, "complete")).toHaveCount(1);
  await expect(answers(page)).toContainText("Breakwater");

  // The code worked once.
  const again = await openAs(new HttpPerson(fresh.url));
  await again.goto(fresh.setUpUrl);
  await expect(again.getByRole("button", { name: "Create the admin account" })).toHaveCount(0);
});

test("the demo account opens with the printed code, and with nothing else", async ({ fresh, openAs }) => {
  const page = await openAs(new HttpPerson(fresh.url));
  await page.goto(fresh.setUpUrl);
  await page.getByRole("button", { name: "Explore with a demo account" }).click();
  await expect(composer(page)).toBeVisible();

  const guess = new HttpPerson(fresh.url);
  const refused = await guess.request("POST", "/api/set-up/demo", { code: "A".repeat(43) });
  expect(refused.status).toBe(410);
});

test("the address without its code makes nobody an admin and says where the code is", async ({ fresh, openAs }) => {
  const page = await openAs(new HttpPerson(fresh.url));
  await page.goto(`${fresh.url}/setup`);
  await expect(page.getByText("This address needs its code")).toBeVisible();
  await expect(page.locator("input[name=password]")).toHaveCount(0);
  await page.goto(`${fresh.url}/sign-in`);
  await expect(page.getByText(/Nobody has an account here yet/)).toBeVisible();
});
