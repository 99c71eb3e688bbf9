import type { Page } from "playwright-core";

type Step = (page: Page) => Promise<void>;

/** What leads to another page, which is waited for. */
export async function follow(page: Page, act: () => Promise<void>): Promise<void> {
  await Promise.all([page.waitForEvent("load"), act()]);
}

/** By a button that sends a form. */
export function press(name: string | RegExp): Step {
  return (page) => follow(page, async () => page.getByRole("button", { name, exact: true }).first().click());
}

/** What is folded. */
export function opened(name: string): Step {
  return async (page) => page.getByText(name, { exact: true }).first().click();
}
