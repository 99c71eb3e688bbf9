import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./accessible.ts";
import { openBrowser } from "./browser.ts";
import { openTinySite } from "./tiny-site.ts";

test("in a real browser", async (t) => {
  const browser = await openBrowser(t);
  if (browser === undefined) return;
  const { url, parcels, sent } = await openTinySite(t);

  for (const [name, path] of [
    ["a page", "/"],
    ["a page that there is not", "/nowhere"],
    ["a page that failed", "/fails"],
  ] as const) {
    await t.test(`${name}: nothing that axe knows stands in the way of a person with a disability`, async () => {
      await using page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      await page.goto(url + path);
      await assertAccessible(page);
    });
  }

  await t.test("an open page shows what is new by itself, and a person can pause that", async () => {
    await using page = await browser.newPage();
    await page.goto(url);
    parcels.push({ name: "Another parcel", bytes: 5, at: new Date() });
    await page.getByText("Another parcel").first().waitFor();
    await page.getByRole("link", { name: /^Parcels <all> \(2 waiting ?\)/ }).waitFor();
    await page.getByRole("button", { name: "Pause updates" }).click();
    await page.getByText("Updates are paused.").waitFor();
  });

  await t.test("a form works with and without scripts", async () => {
    for (const [times, javaScriptEnabled] of [true, false].entries()) {
      const context = await browser.newContext({ javaScriptEnabled });
      await using page = await context.newPage();
      await page.goto(url);
      await page.getByRole("button", { name: "Send them" }).click();
      await page.waitForURL(`${url}/`);
      assert.equal(sent(), times + 1);
      await context.close();
    }
  });
});
