import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser } from "../browser.ts";
import { openAuditPages } from "./open-audit-pages.ts";
import { fillAudit } from "./fill-audit.ts";

test("in a real browser", async (t) => {
  const browser = await openBrowser(t);
  if (browser === undefined) return;
  const { url, folder, nhsNumber } = await openAuditPages(t);
  const look = { actor: "u-1", session: "0123456789ab", source: "2001:db8::8a2e:370:7334", outcome: "done" } as const;
  await fillAudit(folder, [
    { ...look, act: "view", subjects: ["parcel:1"] },
    { ...look, act: "view", subjects: ["parcel:1"] },
    { ...look, act: "list", subjects: Array.from({ length: 50 }, (_, index) => `parcel:${index}`) },
    { ...look, act: "answer", outcome: "refused", subjects: ["report:0b6a5f0e-5d0f-4c5e-9a51-000000000001"] },
    { ...look, actor: "nobody", act: "sign-in", outcome: "refused", subjects: [] },
    ...Array.from({ length: 100 }, (_, turn) => ({ ...look, act: "view" as const, subjects: [`parcel:${turn}`] })),
  ]);

  await t.test(
    "an auditor finds who saw a patient, is told what is wrong, shown what a row is about, and verifies",
    async () => {
      await using page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      await page.goto(url);
      await page.getByRole("link", { name: "Audit" }).click();
      await page.getByText("Search", { exact: true }).first().click();
      await page.getByLabel("About whom or what").fill("Noah");
      await page.getByRole("button", { name: "Search" }).click();
      await page.getByRole("heading", { name: "There is a problem" }).waitFor();
      await page.getByLabel("About whom or what").fill(nhsNumber);
      await page.getByRole("button", { name: "Search" }).click();
      await page.getByText("1 thing kept here names this patient.").waitFor();
      assert.match(page.url(), /\/audit\/found\/[\w-]{22}$/);
      await page.getByRole("link", { name: "Row 2", exact: true }).click();
      await page.getByRole("button", { name: /^Show what this is ?: parcel:1$/ }).click();
      await page.getByText("WIŚNIEWSKI, Łukasz").waitFor();
      await page.getByRole("link", { name: "Back to row 2" }).click();
      await page.getByRole("link", { name: "Back to the audit" }).click();
      await page.getByRole("button", { name: "Verify the audit" }).click();
      await page.getByRole("heading", { name: "Every row is as it was written" }).waitFor();
      const history = await page.evaluate<string>("location.href + document.referrer");
      assert.ok(!history.includes(nhsNumber));
    },
  );
});
