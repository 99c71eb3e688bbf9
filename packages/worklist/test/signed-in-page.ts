import type { Role } from "@restante/web";
import type { BrowserContext, Page } from "playwright-core";
import { password } from "../../web/test/access/secure-site.ts";

/** A page on which somebody of this role has signed in. */
export async function signedInPage(context: BrowserContext, url: string, role: Role): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${url}/sign-in`);
  await page.getByLabel("Name", { exact: true }).fill(role);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).waitFor();
  return page;
}
