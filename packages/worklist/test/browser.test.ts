import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { readConsultation, reportPdf, type SystemTrouble } from "@restante/practice";
import { openPages } from "./open-pages.ts";
import { assertAccessible } from "../../web/test/accessible.ts";
import { openBrowser } from "../../web/test/browser.ts";
import { poisoned, sampleView } from "./sample-view.ts";
import { organisation, sampleWorklist, type SampleWorklist } from "./sample-worklist.ts";
import { sheetsOf } from "./sheets-of.ts";

test("in a real browser", async (t) => {
  const browser = await openBrowser(t);
  if (browser === undefined) return;
  const { url, worklist } = await open(t);

  await t.test("a status stands on one line, also where its column is narrow", async () => {
    for (const path of ["/?show=all", "/reports"]) {
      await using page = await openPage(browser, url + path);
      const tags = await page.locator("td:last-child .nhsuk-tag").all();
      assert.ok(tags.length > 2);
      // Two lines are 40 px and more.
      for (const tag of tags) assert.ok(((await tag.boundingBox())?.height ?? 99) < 32, await tag.innerText());
    }
  });

  await t.test("a person opens a task from the worklist and reads its report in the page", async () => {
    await using page = await openPage(browser, url);
    await page.getByRole("link", { name: /WIŚNIEWSKI, Łukasz/ }).click();
    await page.waitForSelector('[data-drawn="yes"]');

    const colours = await page.evaluate<string[]>(coloursOf("[data-page='1'] canvas"));
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

  await t.test("no script in any text of a document, its entries, files or names runs or is fetched", async () => {
    const script = `</script></table><script>document.title="ran"</script><img src=x onerror='document.title="ran"'><svg onload='document.title="ran"'>"'`;
    const plain = worklist.views.get(1) ?? sampleView();
    worklist.views.set(1, poisoned(sampleView({ modified: true }), script));
    unseen.length = 0;
    for (const path of ["/tasks/1", "/tasks/1/entries"]) {
      await using page = await openPage(browser, url + path);
      await page.waitForSelector('[data-drawn="yes"]');
      for (const details of await page.locator("details").all())
        await details.evaluate((it) => it.setAttribute("open", ""));
      assert.ok((await page.getByText(script).count()) > 30, `${path} shows it as text`);
      assert.doesNotMatch(await page.title(), /^ran$/);
      assert.equal(await page.locator(".app-entries :is(script, img, svg:not(.nhsuk-icon))").count(), 0);
    }
    worklist.views.set(1, plain);
    assert.deepEqual(unseen, []);
  });

  await t.test("the entries stand beside the report where there is room, and below it where there is not", async () => {
    const [finding] = worklist.all[0]?.findings ?? [];
    assert.ok(finding);
    const { text } = finding;
    // A place in a message is one long word.
    finding.text = `Bundle.${"entry[0].resource.".repeat(12)}meta`;
    for (const [width, path, isBeside] of [
      [1280, "/tasks/1", true],
      [1280, "/tasks/1/entries", true],
      [320, "/tasks/1", false],
      [320, "/tasks/1/entries", false],
    ] as const) {
      await using page = await openPage(browser, url + path);
      await page.setViewportSize({ width, height: 900 });
      const [report, entries] = await Promise.all(
        ["#report-heading", "#entries-heading"].map((it) => page.locator(it).boundingBox()),
      );
      assert.equal((entries?.x ?? 0) > (report?.x ?? 0) + 200, isBeside, `${path} ${width}`);
      assert.equal(
        await page.evaluate("document.documentElement.scrollWidth"),
        width,
        `${path} is not scrolled sideways`,
      );
    }
    finding.text = text;
  });

  await t.test("a person marks a task as done, and is back at the worklist, which shows one less", async () => {
    await using page = await openPage(browser, `${url}/tasks/3`);
    await page.getByRole("button", { name: "Mark as done" }).click();
    await page.getByText("Task marked as done.").waitFor();
    assert.deepEqual(
      worklist.calls.filter((call) => !call.startsWith("see")),
      ["complete 3 nothing-to-do"],
    );
    await page.getByRole("link", { name: "To do (3)" }).waitFor();
    // Back from the next one, which nothing was done to.
    await page.getByRole("link", { name: "Something else" }).click();
    await page.getByRole("button", { name: "Mark as done" }).waitFor();
    await page.goBack();
    await page.getByRole("link", { name: "To do (3)" }).waitFor();
    assert.equal(await page.getByText("Task marked as done.").count(), 0, "it is not said again");
  });

  await t.test(
    "a page that says what was not done, as it has changed, keeps itself up to date like any other",
    async () => {
      await using page = await openPage(browser, `${url}/tasks/1`);
      const task = worklist.all.find(({ taskId }) => taskId === 1);
      assert.ok(task);
      await page.getByRole("button", { name: "Pause updates" }).click();
      task.version += 1;
      unseen.length = 0;
      await page.getByRole("button", { name: "Mark as done" }).click();
      await page.getByText("so it was not marked as done.").waitFor();
      await assertAccessible(page);
      // The browser itself reports the answer's 409 to the console, and nothing else.
      assert.deepEqual(
        unseen.splice(0).filter((line) => !line.includes("409")),
        [],
      );
      await page.getByRole("button", { name: "Resume updates" }).click();
      const { name = "" } = task.patient;
      task.patient.name = "Somebody ELSE";
      await page.getByText("Somebody ELSE").waitFor();
      assert.ok(!worklist.calls.includes("complete 1"));
      task.patient.name = name;
    },
  );

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

  await t.test(
    "a task prints with its whole report and without its tools, a long report leads to the PDF",
    async () => {
      await using page = await openPage(browser, `${url}/tasks/1`);
      await page.waitForSelector('[data-pdf-prints="yes"]', { state: "attached" });
      await page.emulateMedia({ media: "print" });
      const pages = page.locator(".app-pdf__paper canvas");
      assert.equal(await pages.count(), 1);
      assert.ok(await pages.first().isVisible());
      const shape = await page.evaluate<number>(
        `(({ width, height }) => height / width)(document.querySelector(".app-pdf__paper canvas"))`,
      );
      assert.ok(shape > 1.4 && shape < 1.42, "the page of A4 is there whole");
      const colours = await page.evaluate<string[]>(coloursOf(".app-pdf__paper canvas"));
      assert.ok(colours.includes("0,94,184"), "NHS Blue is on the paper");
      assert.ok(await page.getByRole("heading", { level: 1 }).isVisible());
      const tools =
        "button, form, nav, input, footer, .app-pdf__bar, .app-pdf__pages, .app-download, [data-updates-live]";
      for (const tool of await page.locator(tools).all()) assert.ok(!(await tool.isVisible()), await tool.innerHTML());
      assert.ok(!(await page.getByText("is not printed here").isVisible()));

      // As while it is loading, or where it is longer than is printed.
      await page.evaluate(`delete document.querySelector("[data-pdf]").dataset.pdfPrints`);
      assert.ok(await page.getByText("is not printed here").isVisible());
      assert.ok(!(await pages.first().isVisible()));
    },
  );

  await t.test("on paper the report is under its heading, and no address of a page is printed", async () => {
    await using page = await openPage(browser, `${url}/tasks/1`);
    await page.waitForSelector('[data-pdf-prints="yes"]', { state: "attached" });
    for (const format of ["A4", "Letter"]) {
      const sheets = await sheetsOf(await page.pdf({ format }));
      assert.equal(sheets.find(({ text }) => text === "Consultation report")?.pictures, 1, format);
      for (const { text } of sheets) assert.ok(!text.includes("Link:"), text);
    }
  });

  await t.test("a person deals with an unmatched message from the list, and the list then has one less", async () => {
    await using page = await openPage(browser, `${url}/unmatched?show=attention`);
    await page.getByRole("button", { name: /^Mark as dealt with ?: Acknowledgement 20013/ }).click();
    await page.getByText("No unmatched message needs attention").waitFor();
    assert.equal(new URL(page.url()).pathname, "/unmatched");
    await page.getByRole("link", { name: "Open it, to see it or undo this" }).click();
    await page.getByRole("button", { name: "It needs attention after all" }).click();
    await page.getByRole("link", { name: /^Unmatched messages \(1 needing attention ?\)/ }).waitFor();
  });

  await t.test("what happens to an open page appears on it, and what a person is writing there stays", async () => {
    await using page = await openPage(browser, `${url}/tasks/2`);
    const note = page.getByLabel("What you did about it (optional)");
    await note.fill("Rang them, they");
    const task = worklist.all.find(({ taskId }) => taskId === 2);
    assert.ok(task?.matter);
    task.matter.reason = "MESH could not deliver it: EPL-153.";
    await page.getByText("MESH could not deliver it: EPL-153.").waitFor();
    assert.equal(await note.inputValue(), "Rang them, they");
    assert.ok(await note.evaluate((it) => it.ownerDocument.activeElement === it));
    task.state = "completed";
    await page.getByRole("button", { name: "Open this task again" }).waitFor();
    task.state = "open";

    await page.goto(`${url}/reports`);
    const button = page.getByRole("button", { name: /^Mark as dealt with/ }).first();
    await button.focus();
    const [report] = worklist.sent;
    assert.ok(report);
    const { subject } = report;
    report.subject = "Another subject";
    await page.getByRole("link", { name: "Another subject" }).waitFor();
    assert.ok(await button.evaluate((it) => it.ownerDocument.activeElement === it));
    report.subject = subject;
  });

  await t.test("what a person has marked stays on the page, and no act is done to what that hides", async () => {
    await using page = await openPage(browser, `${url}/tasks/1`);
    const task = worklist.all.find(({ taskId }) => taskId === 1);
    assert.ok(task);
    const before = { ...task.patient };
    await page
      .getByText(/^NHS number/)
      .first()
      .click({ clickCount: 3 });
    task.patient.outcome = "no-longer-here";
    task.version += 1;
    worklist.all.push({ ...task, taskId: 52 });
    const { openTasks } = await worklist.counts();
    await page.getByRole("link", { name: new RegExp(`^Worklist \\(${openTasks} to do`) }).waitFor();
    assert.equal(await page.getByText("No longer registered here").count(), 0);

    const said = page.locator("[data-updates-state]", { hasText: "Text on this page is marked. Until it is not, " });
    await said.waitFor();

    await page.getByRole("button", { name: "Mark as done" }).click();
    await page.getByText("so it was not marked as done.").waitFor();
    unseen.splice(0);
    Object.assign(task.patient, before);
    worklist.all.pop();
  });

  await t.test(
    "a list in which text is marked says that it is not up to date, and is again when it is not",
    async () => {
      await using page = await openPage(browser, url);
      await page.keyboard.press("Control+A");
      const [task] = worklist.all;
      assert.ok(task);
      worklist.all.push({ ...task, taskId: 53, subject: "Arrived while all was marked" });
      worklist.trouble.push(trouble);
      await page
        .getByText(/Text on this page is marked\. Until it is not, the page shows what was known at/)
        .first()
        .waitFor();
      // What the system cannot do now is shown at once.
      await page.getByText(trouble.reason).waitFor();
      assert.equal(await page.getByText("Arrived while all was marked").count(), 0);
      await page.mouse.click(5, 5);
      await page.getByRole("link", { name: "Arrived while all was marked" }).waitFor();
      await page.getByText("This page keeps itself up to date.").waitFor();
      worklist.all.pop();
      worklist.trouble.length = 0;
    },
  );

  await t.test(
    "an answer that was not chosen is told at the head of the page, which leads to the answers",
    async () => {
      await using page = await openPage(browser, `${url}/tasks/2`);
      await page.getByRole("button", { name: "Send the answer" }).click();
      const problem = page.getByRole("alert").getByRole("link", { name: "Choose the answer to send" });
      await problem.waitFor();
      assert.match(await page.title(), /^Error: /);
      await assertAccessible(page);
      await problem.click();
      assert.ok(
        await page.getByLabel("Referral accepted (30016)").evaluate((it) => it.ownerDocument.activeElement === it),
      );
      // The browser itself reports the answer's 400 to the console.
      assert.ok(unseen.splice(0).every((line) => line.includes("400")));
    },
  );

  await t.test(
    "without JavaScript, on 320 px, a person searches, filters, opens what is found and comes back",
    async () => {
      await using context = await browser.newContext({
        javaScriptEnabled: false,
        viewport: { width: 320, height: 640 },
      });
      const page = await context.newPage();
      const fresh = await open(t);
      await page.goto(fresh.url);
      await page.getByRole("searchbox").fill("WIŚNIEWSKI");
      await page.getByText("Filter the list").click();
      await page.getByLabel("For action").check();
      await page.getByRole("button", { name: "Apply filters" }).click();
      await page.getByRole("heading", { name: "Tasks found" }).waitFor();
      await page.getByText("Showing 1 to 1 of 1").waitFor();
      const found = page.url();
      assert.doesNotMatch(decodeURIComponent(found), /WIŚNIEWSKI/);
      const isWide = await page.locator("html").evaluate((html) => html.scrollWidth > html.clientWidth);
      assert.equal(isWide, false, "nothing lies beside the page");
      await page.getByRole("link", { name: /^Consultation report/ }).click();
      await page.getByRole("link", { name: "Back to the tasks found" }).click();
      assert.equal(page.url(), found);
      await page.getByRole("link", { name: "Remove Search: WIŚNIEWSKI" }).click();
      await page.waitForURL(/\/\?for=action$/);
    },
  );

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

  await t.test("a page whose system is dead says since when it is not up to date, and when it is again", async () => {
    const first = await open(t);
    const { port } = new URL(first.url);
    await using page = await browser.newPage();
    await page.goto(`${first.url}/tasks/3`);
    await page.getByText("This page keeps itself up to date.").waitFor();
    await first.close();

    const banner = page.getByRole("status").filter({ hasText: "This page is not up to date" });
    await banner.waitFor({ timeout: 60_000 });
    assert.match(
      (await banner.textContent()) ?? "",
      /it shows what was known at \d{1,2}:\d\d:\d\d[ap]m\. The system does not answer\./,
    );
    assert.equal(await page.getByText("This page keeps itself up to date.").count(), 0);
    await page.evaluate("scrollTo(0, document.body.scrollHeight)");
    const box = await banner.boundingBox();
    assert.ok(box && box.y >= 0 && box.y < 100, "it stays in sight");

    // Started again, it knows nothing of the forms that were shown before.
    const second = await open(t, Number(port));
    await page.getByRole("status").filter({ hasText: "This page is up to date again." }).waitFor({ timeout: 120_000 });
    await page.getByText("This page keeps itself up to date.").waitFor();
    assert.equal(await banner.count(), 0);
    await page.getByRole("button", { name: "Mark as done" }).click();
    await page.getByText("Task marked as done.").waitFor();
    assert.ok(second.worklist.calls.includes("complete 3 nothing-to-do"));
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

function coloursOf(canvas: string): string {
  return `(() => {
    const canvas = document.querySelector(${JSON.stringify(canvas)});
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set();
    for (let at = 0; at < data.length; at += 4) seen.add(data.slice(at, at + 3).join());
    return [...seen];
  })()`;
}

const trouble: SystemTrouble = {
  part: "collecting",
  since: new Date("2026-11-23T07:00:00Z"),
  code: "unreachable",
  reason: "The MESH server cannot be reached.",
};

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

interface Opened {
  url: string;
  worklist: SampleWorklist;
  close(): Promise<void>;
}

async function open(t: TestContext, port = 0): Promise<Opened> {
  const example = fileURLToPath(new URL("../../../examples/consultation.json", import.meta.url));
  const report = await reportPdf(await readConsultation(example), {
    organisation: { name: "Exampleton GP Federation", phone: "01632 960001" },
  });
  const worklist = sampleWorklist({ report });
  const pages = await openPages(t, { worklist, organisation, port });
  return { url: pages.url, worklist, close: async () => pages[Symbol.asyncDispose]() };
}
