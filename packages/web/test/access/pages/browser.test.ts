import assert from "node:assert/strict";
import { test } from "node:test";
import type { BrowserContext, Page } from "playwright-core";
import { assertAccessible } from "../../accessible.ts";
import { openBrowser } from "../../browser.ts";
import { authenticator, by, openSecureSite, password, type SecureSite } from "../secure-site.ts";

test("signing in, in a real browser", async (t) => {
  const browser = await openBrowser(t);
  if (browser === undefined) return;
  const site = await openSecureSite(t);
  const { url } = site.site;
  /** What went wrong unseen: an error in a script, or what the security policy stopped. */
  const unseen: string[] = [];
  const open = async (options: { javaScriptEnabled?: boolean } = {}): Promise<[BrowserContext, Page]> => {
    const viewport = { width: 1280, height: 900 };
    const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport, ...options });
    const page = await context.newPage();
    page.on("pageerror", (error) => unseen.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) unseen.push(message.text());
    });
    return [context, page];
  };

  await t.test("nothing that axe knows stands in the way on any of its pages, and each fits a phone", async () => {
    const [context, page] = await open();
    const look = async (name: string): Promise<void> => {
      await picture(page, name);
      await assertAccessible(page);
      await page.setViewportSize({ width: 1280, height: 900 });
    };
    await page.goto(`${url}/parcels/7`);
    await look("sign-in");
    await signIn(page, "anna", "not her password");
    await page.getByText("The name or the password is not right.").first().waitFor();
    await look("sign-in-refused");
    await signIn(page, "anna", password);
    await page.waitForURL(`${url}/parcels/7`);
    await page.getByRole("link", { name: "The anna" }).click();
    await page.getByRole("heading", { name: "Your account" }).waitFor();
    await look("account");
    await page.getByLabel("New password", { exact: true }).fill("tiny");
    await page.getByRole("button", { name: "Change the password" }).click();
    await page.getByText("There is a problem").waitFor();
    await look("account-refused");

    await page.getByLabel("Your password", { exact: true }).last().fill(password);
    await page.getByRole("button", { name: "Set up codes" }).click();
    await page.getByRole("img", { name: "QR code for your authenticator" }).waitFor();
    await look("codes-set-up");
    const code = authenticator(((await page.locator("main code").textContent()) ?? "").replaceAll(" ", ""), site.clock);
    await page.getByLabel("Then enter the code that it shows").fill(code());
    await page.getByRole("button", { name: "Ask for codes from now on" }).click();
    await page.getByText("A code is asked for from now on whenever you sign in.").waitFor();
    await look("account-with-codes");
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.waitForURL(`${url}/sign-in`);
    await signIn(page, "anna", password);
    await page.getByRole("heading", { name: "Enter your code" }).waitFor();
    await look("code");
    site.clock.advance(60_000);
    await page.getByLabel("The code that your authenticator shows").fill(code());
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${url}/`);
    await look("signed-in");
    await page.goto(`${url}/told`);
    await page.getByText("The audit is read by auditors alone.").waitFor();
    await look("not-theirs");
    await context.close();
  });

  await t.test(
    "a sign-in or a role that ends takes what an open page shows from the screen, and the sign-in leads back to it",
    async () => {
      const [context, page] = await open();
      await page.goto(`${url}/`);
      await signIn(page, "clinician", password);
      await page.getByText("This page keeps itself up to date.").waitFor();
      site.access.sessions.endAll(site.users.clinician.id, { source: "command" });
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      await signIn(page, "clinician", password);
      await page.getByText("This page keeps itself up to date.").waitFor();
      site.access.users.change(site.users.clinician.id, { roles: ["auditor"] }, by);
      await page.getByText("You may not see patients' details.").waitFor();
      await context.close();
    },
  );

  await t.test("after signing out the way back shows nothing, and with and without scripts all works", async () => {
    for (const javaScriptEnabled of [true, false]) {
      const [context, page] = await open({ javaScriptEnabled });
      await page.goto(`${url}/parcels/7`);
      await signIn(page, "read-only", password);
      await page.getByText("A parcel").waitFor();
      await page.getByRole("button", { name: "Sign out", exact: true }).click();
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      await page.goBack();
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      assert.equal(await page.getByText("A parcel").count(), 0);
      await context.close();
    }
  });

  await t.test("where codes are required they are set up on the way to where a person wanted to go", async () => {
    const required = await openSecureSite(t, { secondFactor: "required" });
    const [context, page] = await open();
    await page.goto(`${required.site.url}/parcels/7`);
    await signIn(page, "anna", password);
    await page.getByRole("heading", { name: "Set up codes first" }).waitFor();
    await picture(page, "codes-first");
    await assertAccessible(page);
    await page.getByLabel("Your password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Set up codes" }).click();
    const key = (await page.locator("main code").textContent()) ?? "";
    const code = authenticator(key.replaceAll(" ", ""), required.clock);
    await page.getByLabel("Then enter the code that it shows").fill(code());
    await page.getByRole("button", { name: "Ask for codes from now on" }).click();
    await page.waitForURL(`${required.site.url}/parcels/7`);
    await page.getByRole("link", { name: "The anna" }).click();
    await page.getByText("That is demanded here of whoever has a password").waitFor();
    await assertAccessible(page);
    await context.close();
  });

  assert.deepEqual(unseen, []);
});

async function signIn(page: Page, name: keyof SecureSite["users"], typed: string): Promise<void> {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Password", { exact: true }).fill(typed);
  await page.getByRole("button", { name: "Sign in" }).click();
}

async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env["PICTURES"];
  if (folder === undefined) return;
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await page.waitForTimeout(200);
    await page.screenshot({ path: `${folder}/${name}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}
