import type { Page } from "playwright-core";

/** By a button that sends a form: the page that answers is waited for. */
export const press = (name: string) => async (page: Page) =>
  follow(page, async () => page.getByRole("button", { name, exact: true }).first().click());
export const follow = async (page: Page, act: () => Promise<void>): Promise<void> =>
  void (await Promise.all([page.waitForEvent("load"), act()]));
export const opened = (name: string) => async (page: Page) => page.getByText(name, { exact: true }).first().click();
