// A day of four roles, and two people at one task, as a real browser shows them.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { Role } from "@restante/web";
import type { Page } from "playwright-core";
import { openBrowser } from "../../web/test/browser.ts";
import { headerIds } from "./sample-things.ts";
import { signedInPage } from "./signed-in-page.ts";
import { openSecurePages } from "./secure-pages.ts";

test("four roles at work, in a real browser", async (t) => {
  const browser = await openBrowser(t);
  if (browser === undefined) return;
  const { pages, worklist, access } = await openSecurePages(t);
  const { url } = pages;

  /** A browser of their own, in which they have signed in. */
  async function open(role: Role): Promise<Page> {
    const context = await browser!.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1280, height: 900 } });
    return signedInPage(context, url, role);
  }
  /** What was done since the last look, but that something new was opened. */
  const acts = (): string[] => worklist.calls.splice(0).filter((call) => !call.startsWith("see "));
  const press = async (page: Page, name: string): Promise<void> => {
    await page.getByRole("button", { name, exact: true }).first().click();
  };
  const buttons = async (page: Page): Promise<string[]> => page.locator("main form button").allTextContents();

  await t.test("an administrator works on the messages, and answers none", async () => {
    const page = await open("administrator");
    await page.goto(`${url}/tasks/1`);
    await press(page, "Mark as done: filed in the record");
    await page.getByText("Task marked as done.").waitFor();
    await page.goto(`${url}/tasks/1`);
    await press(page, "Open this task again");
    await page.getByText("The task is open again.").waitFor();
    await page.goto(`${url}/tasks/2`);
    assert.equal(await page.getByText("What will you answer the sender?").count(), 0);
    await press(page, "Mark as dealt with");
    await page.getByText("Marked as dealt with.").waitFor();
    await page.goto(`${url}/tasks/2`);
    await press(page, "It needs attention after all");
    await page.getByText("This needs attention again.").waitFor();
    await page.goto(`${url}/audit`);
    await page.getByText("The audit is read by auditors alone.").waitFor();
    assert.deepEqual(acts(), ["complete 1 filed", "reopen 1", "deal with task 2", "undo task 2"]);
  });

  await t.test("a clinician answers, and has sent again what is held", async () => {
    const page = await open("clinician");
    await page.goto(`${url}/tasks/2`);
    await page.getByLabel("Referral accepted (30016)").check();
    await press(page, "Send the answer");
    await page.getByText("Your answer will be sent to the sender.").waitFor();
    await page.goto(`${url}/reports/${headerIds.held}`);
    await press(page, "Send it again");
    await page.getByText("It will be sent again.").waitFor();
    assert.deepEqual(acts(), ["decide 2 30016", `send again ${headerIds.held}`]);
  });

  await t.test("who may only look sees every page, and no button to act by", async () => {
    const page = await open("read-only");
    for (const path of ["/", "/reports", "/unmatched", "/tasks/1", "/tasks/2", "/unmatched/1"]) {
      await page.goto(url + path);
      await page.locator("h1").waitFor();
      const shown = (await buttons(page)).map((text) => text.trim());
      const search = { "/": ["Search", "Apply filters"], "/reports": ["Search"] }[path] ?? [];
      assert.deepEqual(shown, search, path);
    }
    assert.deepEqual(acts(), []);
  });

  await t.test("an auditor sees no message, finds who saw one, and is shown whose it is", async () => {
    const page = await open("auditor");
    assert.equal(new URL(page.url()).pathname, "/audit");
    await page.goto(`${url}/tasks/1`);
    await page.getByText("You may not see patients' details.").waitFor();
    assert.equal(await page.getByText("WIŚNIEWSKI").count(), 0);
    await page.goto(`${url}/audit`);
    await page.getByText("Search", { exact: true }).first().click();
    await page.getByLabel("About whom or what").fill("991 260 9131");
    await press(page, "Search");
    await page.getByRole("heading", { name: "Found in the audit" }).waitFor();
    assert.match(new URL(page.url()).pathname, /^\/audit\/found\/[\w-]{20,}$/);
    assert.match((await page.locator("table").textContent()) ?? "", /The administrator/);
    const about = page.getByRole("row").filter({ has: page.getByText("task:1", { exact: true }) });
    await about.first().getByRole("link", { name: /^Row/ }).click();
    await page.getByRole("button", { name: /^Show what this is ?: task:1$/ }).click();
    await page.getByText("WIŚNIEWSKI").waitFor();
    await page.goto(`${url}/audit`);
    await press(page, "Verify the audit");
    await page.getByRole("heading", { name: "Every row is as it was written" }).waitFor();
  });

  await t.test(
    "of two people at one task the second is told what the first has done, and writes over nothing",
    async () => {
      const [first, second] = [await open("administrator"), await open("clinician")];
      for (const page of [first, second]) await page.goto(`${url}/tasks/1`);
      // As a page stands whose updates have not come yet.
      await second.getByRole("button", { name: "Pause updates" }).click();
      await press(first, "Mark as done: filed in the record");
      await first.getByText("Task marked as done.").waitFor();
      await press(second, "Mark as done: filed in the record");
      await second.getByText("This has changed since you opened it, so it was not marked as done.").waitFor();
      await second.getByRole("button", { name: "Open this task again" }).waitFor();
      assert.deepEqual(acts(), ["complete 1 filed"]);
    },
  );

  await t.test("a page of another site shows none of it in a frame, and has no form of it sent", async () => {
    const evil = createServer((_, response) => {
      response.setHeader("content-type", "text/html");
      const form = `<form method="post" action="${url}/tasks/3/complete"><input name="version" value="1"><button>Win</button></form>`;
      response.end(`<iframe src="${url}/tasks/1"></iframe>${form}`);
    });
    t.after(() => evil.close());
    await new Promise<void>((resolve) => void evil.listen(0, "127.0.0.1", resolve));
    const page = await open("administrator");
    await page.goto(`http://localhost:${(evil.address() as AddressInfo).port}/`);
    await page.waitForLoadState("networkidle");
    for (const frame of page.frames().slice(1)) {
      assert.doesNotMatch(await frame.content(), /WIŚNIEWSKI/);
    }
    await page.getByRole("button", { name: "Win" }).click();
    await page.getByRole("heading", { level: 1 }).waitFor();
    assert.deepEqual(acts(), []);
  });

  assert.deepEqual((await access.audit.verify()).problems, []);
});
