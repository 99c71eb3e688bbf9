import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "../../accessible.ts";
import { openBrowser } from "../../browser.ts";
import { openIssuedSite } from "./issued-site.ts";

test("in a real browser a person signs in by the issuer, which is another site, and out of both", async (t) => {
  const browser = await openBrowser(t);
  if (browser === undefined) return;
  const { site, addUser, issuer } = await openIssuedSite(t);
  await addUser("anna");
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1280, height: 900 } });
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${site.url}/parcels/7`);
  await page.getByRole("button", { name: "Sign in with your organisation's account" }).click();
  await page.getByText("A parcel").waitFor();
  assert.equal(page.url(), `${site.url}/parcels/7`);

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "You have signed out" }).waitFor();
  await assertAccessible(page);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.getByRole("button", { name: "Sign out there too" }).click();
  await page.waitForURL(`${site.url}/sign-in`);
  assert.equal(issuer.person, undefined);

  issuer.person = { subject: "somebody" };
  await page.getByRole("button", { name: "Sign in with your organisation's account" }).click();
  await page.getByRole("heading", { name: "You have no account here" }).waitFor();
  await assertAccessible(page);
  // Come back to once more, as by the browser's history.
  await page.reload();
  await page.getByRole("heading", { name: "Sign in again" }).waitFor();
});
