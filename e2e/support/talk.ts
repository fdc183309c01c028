import { expect, type Locator, type Page } from "@playwright/test";

/** What a person does on a chat page. */

/** Opens a new chat with an agent and sends the first message. */
export async function begin(page: Page, text: string, agent = "harbour-guide"): Promise<void> {
  await page.goto("/");
  await page.getByRole("radio", { name: new RegExp(`^${agent}`) }).click();
  await send(page, text);
  await expect(page).toHaveURL(/\/c\/[0-9a-f-]{36}$/);
}

/** Types into the composer and presses Enter. */
export async function send(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press("Enter");
  await expect(composer(page)).toHaveValue("");
}

export function composer(page: Page): Locator {
  return page.locator('textarea[name="message"]');
}

export function answers(page: Page): Locator {
  return page.locator('[data-role="assistant"]');
}

export function questions(page: Page): Locator {
  return page.locator('[data-role="user"]');
}

export async function expectState(answer: Locator, state: string): Promise<void> {
  await expect(answer).toHaveAttribute("data-state", state, { timeout: 30_000 });
}

/** The words `w1 w2 …` that `[[words N]]` asks for. */
export function words(count: number): string {
  return Array.from({ length: count }, (_, index) => `w${index + 1}`).join(" ");
}
