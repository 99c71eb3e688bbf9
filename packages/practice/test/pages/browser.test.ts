import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { readConsultation } from "../../src/consultation/read-consultation.ts";
import { reportPdf } from "../../src/consultation/report-pdf.ts";
import { createWorklistPages } from "../../src/pages/worklist-pages.ts";
import { openBrowser } from "./browser.ts";
import { headerIds, organisation, sampleWorklist, type SampleWorklist } from "./sample-worklist.ts";

const axe = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

test("in a real browser", async (t) => {
  const browser = await openBrowser(t);
  if (browser === undefined) return;
  const { url, worklist } = await open(t);

  await t.test("a person opens a task from the worklist and reads its report in the page", async () => {
    await using page = await openPage(browser, url);
    await page.getByRole("link", { name: /WIŚNIEWSKI, Łukasz/ }).click();
    await page.waitForSelector('[data-drawn="yes"]');

    const colours = await page.evaluate<string[]>(`(() => {
      const canvas = document.querySelector("[data-page='1'] canvas");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const seen = new Set();
      for (let at = 0; at < data.length; at += 4) seen.add(data.slice(at, at + 3).join());
      return [...seen];
    })()`);
    assert.ok(colours.includes("0,94,184"), "NHS Blue is on the page");
    const text = await page.locator("[data-page='1'] .textLayer").textContent();
    assert.match(text ?? "", /WIŚNIEWSKI, Łukasz \(Mr\)/);
    assert.match(text ?? "", /Palpitations/);

    const picture = page.getByRole("img", { name: "ECG rhythm strip, lead II" });
    await picture.scrollIntoViewIfNeeded();
    assert.ok(await page.evaluate(`document.querySelector(".app-document__picture img").decode().then(() => true)`));
  });

  await t.test("the report can be reached, scrolled and made larger with the keyboard alone", async () => {
    await using page = await openPage(browser, `${url}/tasks/1`);
    await page.waitForSelector('[data-drawn="yes"]');
    const pages = page.getByRole("region", { name: /^Consultation report, 1 page$/ });
    await tabTo(page, "[data-pdf-larger]");
    const width = async (): Promise<number> => (await page.locator("[data-page='1']").boundingBox())?.width ?? 0;
    const before = await width();
    await page.keyboard.press("Enter");
    await until(page, `document.querySelector("[data-page='1']").getBoundingClientRect().width > ${before * 1.2}`);
    await tabTo(page, ".app-pdf__pages");
    await page.keyboard.press("PageDown");
    await until(page, `document.querySelector(".app-pdf__pages").scrollTop > 100`);
    assert.ok(await pages.isVisible());
  });

  for (const [name, path] of [
    ["the worklist", "/"],
    ["the tasks done", "/?show=completed"],
    ["a task", "/tasks/1"],
    ["a task to decide on", "/tasks/2"],
    ["a message that was not accepted", "/tasks/3"],
    ["the sent reports", "/reports"],
    ["a report", `/reports/${headerIds.accepted}`],
    ["a report that is held", `/reports/${headerIds.held}`],
    ["the unmatched messages", "/unmatched"],
  ] as const) {
    await t.test(`${name}: nothing that axe knows stands in the way of a person with a disability`, async () => {
      await using page = await openPage(browser, url + path);
      if (await page.locator("[data-pdf]").count()) await page.waitForSelector('[data-drawn="yes"]');
      for (const details of await page.locator("details").all())
        await details.evaluate((it) => it.setAttribute("open", ""));
      await assertAccessible(page);
      await page.setViewportSize({ width: 390, height: 800 });
      await assertAccessible(page);
      const tooWide = await page.evaluate(`document.documentElement.scrollWidth > innerWidth`);
      assert.ok(!tooWide, "a phone has to be scrolled sideways");
    });
  }

  await t.test("a person marks a task as done, and is back at the worklist, which shows one less", async () => {
    await using page = await openPage(browser, `${url}/tasks/3`);
    await page.getByRole("button", { name: "Mark as done" }).click();
    await page.getByText("Task marked as done.").waitFor();
    assert.deepEqual(
      worklist.calls.filter((call) => !call.startsWith("see")),
      ["complete 3"],
    );
    await page.getByRole("link", { name: "To do (3)" }).waitFor();
  });

  await t.test("a new task appears by itself, and a person can pause that", async () => {
    await using page = await openPage(browser, url);
    const [task] = worklist.all;
    assert.ok(task);
    worklist.all.push({ ...task, taskId: 50, subject: "Just arrived" });
    await page.getByRole("link", { name: "Just arrived" }).waitFor();
    assert.match(await page.title(), /^\(4\) Worklist/);

    await page.getByRole("button", { name: "Pause updates" }).click();
    await page.getByText("Updates are paused.").waitFor();
    worklist.all.push({ ...task, taskId: 51, subject: "Arrived in the pause" });
    await page.getByRole("button", { name: "Resume updates" }).click();
    await page.getByRole("link", { name: "Arrived in the pause" }).waitFor();
  });

  await t.test("without JavaScript everything but the report in the page works", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    await using page = await context.newPage();
    await page.goto(`${url}/tasks/2`);
    await page.getByLabel("Referral accepted (30016)").check();
    await page.getByRole("button", { name: "Send the answer" }).click();
    await page.getByText("Your answer will be sent to the sender.").waitFor();
    assert.ok(worklist.calls.includes("decide 2 30016"));
    await page.goto(`${url}/tasks/1`);
    assert.ok(await page.getByRole("link", { name: "Open the PDF in a new tab" }).isVisible());
    assert.ok(await page.getByRole("link", { name: "Refresh this page" }).isVisible());
    await context.close();
  });

  assert.deepEqual(unseen, []);
});

/** What went wrong unseen: an error in a script, something that the security policy stopped, a request to elsewhere. */
const unseen: string[] = [];

async function openPage(browser: Browser, address: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.on("pageerror", (error) => unseen.push(`${address}: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") unseen.push(`${address}: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (new URL(request.url()).hostname !== "127.0.0.1") unseen.push(`${address}: asked ${request.url()}`);
  });
  await page.goto(address);
  return page;
}

async function tabTo(page: Page, selector: string): Promise<void> {
  for (let press = 0; press < 40; press += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
  }
  assert.fail(`${selector} cannot be reached with the Tab key`);
}

/** The pages' security policy forbids what page.waitForFunction does with a text. */
async function until(page: Page, condition: string): Promise<void> {
  while (!(await page.evaluate<boolean>(condition))) await page.evaluate("new Promise(requestAnimationFrame)");
}

async function assertAccessible(page: Page): Promise<void> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await page.evaluate<AxeResults>(`${axe}; axe.run(document, ${JSON.stringify({ runOnly: tags })})`);
  assert.deepEqual(
    found.violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ html }) => html) })),
    [],
  );
  assert.ok(found.passes.length > 20);
}

async function open(t: TestContext): Promise<{ url: string; worklist: SampleWorklist }> {
  const example = fileURLToPath(new URL("../../../../examples/consultation.json", import.meta.url));
  const report = await reportPdf(await readConsultation(example), {
    organisation: { name: "Exampleton GP Federation", phone: "01632 960001" },
  });
  const worklist = sampleWorklist({ report });
  const pages = await createWorklistPages({ worklist, organisation, host: "127.0.0.1", port: 0 });
  t.after(() => pages[Symbol.asyncDispose]());
  return { url: pages.url, worklist };
}
