import { expect, type Locator, type Page } from "@playwright/test";

/** The parts of a chat page as a person meets them. */
export function composer(page: Page): Locator {
  return page.locator("textarea[name=message]");
}

export function answers(page: Page, state?: string): Locator {
  return page.locator(`[data-role=assistant]${state === undefined ? "" : `[data-state="${state}"]`}`);
}

export function messagesOf(page: Page): Locator {
  return page.locator("[data-role=user]");
}

/** Writes into the composer and presses Enter. */
export async function send(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press("Enter");
}

/** Starts a new conversation and waits until its answer is whole. */
export async function ask(page: Page, text: string): Promise<void> {
  await page.goto("/");
  await send(page, text);
  await expect(answers(page, "complete")).toHaveCount(1);
  await expect(page).toHaveURL(/\/c\/[0-9a-f-]{36}$/);
}

/** `w1 w2 … wN`, what the sandbox answers to `[[words N]]`. */
export function words(count: number): string {
  return Array.from({ length: count }, (_, index) => `w${index + 1}`).join(" ");
}

/** The text of an answer as it reads. */
export function textOf(answer: Locator): Locator {
  return answer.locator("[data-text]");
}
