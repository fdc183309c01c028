import { answers, composer, send } from "#e2e/support/chat.ts";
import { expect, someone, test } from "#e2e/support/test.ts";
import { HttpPerson } from "#scripts/support/person.ts";

/** The browser notes every 401 of a page whose session has just ended. */
const signedOutNoise = /401 \(Unauthorized\)/;

test("an invitation makes one account, and works once", async ({ adminPage, strangerPage, openAs, server }) => {
  const { name, email, password } = someone("Nora New");
  await adminPage.goto("/settings/people");
  await adminPage.getByRole("button", { name: "Invite…" }).click();
  await adminPage.getByRole("textbox", { name: "Email" }).fill(email);
  await adminPage.getByRole("button", { name: "Make the link" }).click();
  const link = await adminPage.getByRole("textbox", { name: "Link" }).inputValue();
  await adminPage.getByRole("button", { name: "Done" }).click();

  await strangerPage.goto(link);
  await strangerPage.getByLabel("Your name").fill(name);
  await strangerPage.locator("input[name=password]").fill(password);
  await strangerPage.getByRole("button", { name: "Create account" }).click();
  await expect(composer(strangerPage)).toBeVisible();

  const again = await openAs(new HttpPerson(server.url));
  await again.goto(link);
  await expect(again.getByText("This link does not work any more")).toBeVisible();

  await adminPage.reload();
  await expect(adminPage.getByRole("table", { name: "People" })).toContainText(email);
});

test.describe("disabling", () => {
  test.use({ allowedConsole: [signedOutNoise] });

  test("disabling somebody ends what streams to them within 5 seconds, and they cannot come back", async ({
    page,
    person,
    credentials,
    adminPage,
  }) => {
    await page.goto("/");
    await send(page, "[[words 400]] [[slow 60]]");
    await expect(answers(page, "streaming")).toContainText("w3");
    await adminPage.goto("/settings/people");
    await adminPage.getByRole("searchbox").fill(credentials.email);
    await adminPage.getByRole("button", { name: `Actions for ${credentials.name}` }).click();
    await adminPage.getByRole("menuitem", { name: "Disable…" }).click();
    await adminPage.getByRole("button", { name: `Disable ${credentials.name}` }).click();
    await expect(page.getByRole("alertdialog")).toContainText("You are signed out", { timeout: 5000 });
    expect((await person.request("GET", "/api/me")).status).toBe(401);
    const back = new HttpPerson(person.origin);
    await expect(back.signIn(credentials)).rejects.toThrow();
  });
});

test.describe("with the wrong password", () => {
  test.use({ allowedConsole: [signedOutNoise] });

  test("signing in says so, and with the right one it leads to where one wanted to go", async ({
    strangerPage,
    person,
    credentials,
  }) => {
    expect(person.cookies.size).toBeGreaterThan(0);
    await strangerPage.goto("/settings/keyboard");
    await expect(strangerPage).toHaveURL(/\/sign-in/);
    await strangerPage.getByLabel("Email").fill(credentials.email);
    await strangerPage.locator("input[name=password]").fill("not this one at all");
    await strangerPage.getByRole("button", { name: "Sign in" }).click();
    await expect(strangerPage.getByText("Email or password is not right")).toBeVisible();
    await strangerPage.locator("input[name=password]").fill(credentials.password);
    await strangerPage.getByRole("button", { name: "Sign in" }).click();
    await expect(strangerPage).toHaveURL(/\/settings\/keyboard/);
  });
});

test("a reset link sets a new password and ends the old sessions", async ({
  adminPage,
  person,
  credentials,
  openAs,
}) => {
  await adminPage.goto("/settings/people");
  await adminPage.getByRole("searchbox").fill(credentials.email);
  await adminPage.getByRole("button", { name: `Actions for ${credentials.name}` }).click();
  await adminPage.getByRole("menuitem", { name: "Make a reset link" }).click();
  const link = await adminPage.getByRole("textbox", { name: "Link" }).inputValue();
  const page = await openAs(new HttpPerson(person.origin));
  await page.goto(link);
  await page.locator("input[name=password]").fill("another tide, another harbour");
  await page.getByRole("button", { name: "Set the password" }).click();
  await expect(composer(page).or(page.getByRole("button", { name: "Sign in" }))).toBeVisible();
  expect((await person.request("GET", "/api/me")).status).toBe(401);
  const again = new HttpPerson(person.origin);
  await again.signIn({ email: credentials.email, password: "another tide, another harbour" });
});

test("the pages of the server are closed to members, and so are their routes", async ({ page, person }) => {
  for (const section of ["connections", "people", "audit", "sign-in", "data"]) {
    await page.goto(`/settings/${section}`);
    await expect(page.getByText("This page is for admins")).toBeVisible();
  }
  for (const path of ["/api/people", "/api/connections", "/api/audit", "/api/connections/agents"]) {
    expect((await person.request("GET", path)).status, path).toBe(403);
  }
});

test.describe("signing out", () => {
  test.use({ allowedConsole: [signedOutNoise] });

  test("signing out in one tab covers the other within 5 seconds", async ({ page, context }) => {
    await page.goto("/");
    const other = await context.newPage();
    await other.goto("/");
    await composer(other).fill("still here");
    await page.getByRole("button", { name: /account and appearance/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page).toHaveURL(/\/sign-in/);
    await expect(other.getByRole("alertdialog")).toContainText("You are signed out", { timeout: 5000 });
    await page.goBack();
    await expect(composer(page)).toHaveCount(0);
  });
});
