// What comes out of a printer, as a real browser prints it, and what the audit has of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Audit } from "@restante/web";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { assertAccessible } from "../../web/test/accessible.ts";
import { openBrowser } from "../../web/test/browser.ts";
import { openAudit } from "../../web/test/open-audit.ts";
import { openPages } from "./open-pages.ts";
import { lying, pagesPdf, upright } from "./pages-pdf.ts";
import { headerIds } from "./sample-things.ts";
import { organisation, sampleWorklist } from "./sample-worklist.ts";
import { sheetsOf } from "./sheets-of.ts";

test("printing, in a real browser", async (t) => {
  const browser = await openBrowser(t);
  if (browser === undefined) return;

  async function open(report: Uint8Array, options?: BrowserContextOptions): Promise<Opened> {
    const { audit } = await openAudit(t);
    const worklist = sampleWorklist({ report });
    const { url } = await openPages(t, { worklist, organisation, audit });
    const context = await browser!.newContext(options);
    // A dialogue is nothing that a test could answer: how often one was asked for is counted.
    await context.addInitScript("window.dialogues = 0; window.print = () => { window.dialogues += 1; };");
    return { url, audit, worklist, page: await context.newPage(), context };
  }

  const sizes = [upright, upright, lying];
  await t.test(
    "one click prints a PDF by itself: each of its pages whole on a sheet of its own, and nothing else",
    async () => {
      const { url, audit, page, context } = await open(pagesPdf(sizes));
      await page.goto(`${url}/tasks/1`);
      const opened = context.waitForEvent("page");
      await page.getByRole("link", { name: "Print Consultation report, in a new tab" }).click();
      const toPrint = await opened;
      await ready(toPrint);
      assert.equal(await toPrint.evaluate("dialogues"), 1);
      assert.equal(printed(audit), "print done task:1");
      const asItSays = await toPrint.pdf({ preferCSSPageSize: true });
      for (const pdf of [asItSays, await toPrint.pdf({ format: "A4" })]) {
        assert.deepEqual(await sheetsOf(pdf), alike(3, { text: "", pictures: 1, lies: false }));
      }
      // What was printed, drawn as a document itself: of every page the frame at its very edge is there, in its shape.
      const paper = await open(asItSays);
      await paper.page.goto(`${paper.url}/tasks/1/attachments/0/print`);
      await ready(paper.page);
      for (const [index, [width, height]] of sizes.entries()) {
        const frame = await paper.page.evaluate<Frame>(frameOn(index));
        const shape = (frame.right - frame.left) / (frame.bottom - frame.top);
        assert.ok(Math.abs(shape - width / height) < 0.01, JSON.stringify(frame));
        // Six millimetres of white on both sides of 210, where a printer does not reach.
        assert.ok(
          frame.left > 0.02 && frame.left < 0.035 && frame.right > 0.965 && frame.right < 0.98,
          JSON.stringify(frame),
        );
      }
      await paper.context.close();
      await context.close();
    },
  );

  await t.test(
    "a PDF whose pages all lie is printed on sheets that lie, a picture as large as a sheet takes it",
    async () => {
      const { url, page, context } = await open(pagesPdf([lying, lying]));
      for (const [path, pages] of [
        [`/reports/${headerIds.accepted}/attachments/0/print`, 2],
        ["/tasks/1/attachments/1/print", 1],
      ] as const) {
        await page.goto(url + path);
        await ready(page);
        const sheets = await sheetsOf(await page.pdf({ preferCSSPageSize: true }));
        assert.deepEqual(sheets, alike(pages, { text: "", pictures: 1, lies: true }), path);
      }
      await context.close();
    },
  );

  await t.test("what cannot be printed from here is said, also on paper, and opens no dialogue", async () => {
    for (const [report, path, words] of [
      [pagesPdf(alike(28, upright)), "/tasks/1/attachments/0/print", "28 pages: too much to be printed from here."],
      [Buffer.from("%PDF-1.7"), "/tasks/1/attachments/0/print", "This cannot be printed from here."],
      [Buffer.from("%PDF-1.7"), "/tasks/1/attachments/2/print", "This cannot be printed from here."],
    ] as const) {
      const { url, page, context } = await open(report);
      await page.goto(url + path);
      await page.getByText(words).waitFor();
      assert.equal(await page.evaluate("dialogues"), 0);
      const sheets = await sheetsOf(await page.pdf({ format: "A4" }));
      assert.equal(sheets.length, 1);
      assert.ok(sheets[0]?.text.includes(words), sheets[0]?.text);
      await context.close();
    }
  });

  await t.test(
    "without scripts a PDF is left to the browser's own reader, and a picture printed as the page is",
    async () => {
      const { url, audit, page, context } = await open(pagesPdf([upright]), { javaScriptEnabled: false });
      const asked = page.waitForRequest(`${url}/tasks/1/attachments/0`);
      // This browser has no reader, and saves the PDF.
      await page.goto(`${url}/tasks/1/attachments/0/print`).catch(() => undefined);
      await asked;
      assert.equal(printed(audit), "print done task:1");
      await page.goto(`${url}/tasks/1/attachments/1/print`);
      const sheets = await sheetsOf(await page.pdf({ format: "A4" }));
      assert.deepEqual(sheets, [{ text: "", pictures: 1, lies: false }]);
      await context.close();
    },
  );

  await t.test("a list begins on the first sheet, and is as wide as the sheets are", async () => {
    const { url, page, context } = await open(pagesPdf([upright]));
    for (const path of ["/?show=all", "/reports", "/unmatched"]) {
      await page.goto(url + path);
      for (const margin of ["0", "10mm"]) {
        const [first] = await sheetsOf(await page.pdf({ format: "A4", margin: { left: margin, right: margin } }));
        assert.match(first?.text ?? "", /23 November 2026/, `${path}, ${margin}`);
      }
      // A4 without margins, of 96 dots an inch.
      await page.setViewportSize({ width: 794, height: 1123 });
      await page.emulateMedia({ media: "print" });
      assert.ok(await page.evaluate("document.documentElement.scrollWidth <= 794"), path);
      await page.emulateMedia({ media: "screen" });
    }
    await context.close();
  });

  for (const index of [0, 1]) {
    await t.test(
      `document ${index + 1} to print: nothing that axe knows stands in the way of a person with a disability`,
      async () => {
        const { url, page, context } = await open(pagesPdf([upright, upright]));
        await page.goto(`${url}/tasks/1/attachments/${index}/print`);
        await ready(page);
        await assertAccessible(page);
        await page.getByRole("button", { name: "Print" }).click();
        assert.equal(await page.evaluate("dialogues"), 2);
        await context.close();
      },
    );
  }

  await t.test(
    "who prints a page by the browser's own command is in the audit, with what the page then showed",
    async () => {
      const { url, audit, worklist, page, context } = await open(pagesPdf([upright]));
      for (const [path, subjects] of [
        ["/tasks/1", "task:1"],
        [`/reports/${headerIds.held}`, `report:${headerIds.held}`],
        ["/unmatched/1", "unmatched:1"],
        ["/", "task:4 task:3 task:2 task:1"],
      ] as const) {
        await page.goto(url + path);
        await printing(page);
        assert.equal(printed(audit), `print asked ${subjects}`);
      }
      // A list that has kept itself up to date.
      const [task] = worklist.all;
      worklist.all.push({ ...task!, taskId: 60, subject: "Just arrived" });
      await page.getByRole("link", { name: "Just arrived" }).waitFor();
      await printing(page);
      assert.equal(printed(audit), "print asked task:60 task:4 task:3 task:2 task:1");
      await context.close();
    },
  );
});

interface Opened {
  url: string;
  audit: Audit;
  worklist: ReturnType<typeof sampleWorklist>;
  page: Page;
  context: Awaited<ReturnType<Browser["newContext"]>>;
}

function alike<One>(count: number, one: One): One[] {
  return Array.from({ length: count }, () => one);
}

async function ready(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Print" }).waitFor();
}

/** As Ctrl+P does. */
async function printing(page: Page): Promise<void> {
  const answered = page.waitForResponse((response) => new URL(response.url()).pathname === "/printed");
  await page.pdf({ format: "A4" });
  assert.equal((await answered).status(), 204);
}

/** The newest row of printing. */
function printed(audit: Audit): string {
  const row = audit.find({ limit: 20 }).rows.find(({ act }) => act === "print");
  return row === undefined ? "none" : [row.act, row.outcome, ...row.subjects].join(" ");
}

/** Where the blue frame of a page is on a sheet, in parts of the sheet's width. */
interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function frameOn(sheet: number): string {
  return `(() => {
    const canvas = document.querySelectorAll(".app-print__sheet > canvas")[${sheet}];
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    const isBlue = (x, y) => data[(y * width + x) * 4] < 90 && data[(y * width + x) * 4 + 2] > 150;
    const across = [...Array(width).keys()].filter((x) => isBlue(x, 200));
    const middle = Math.floor(width / 2);
    const down = [...Array(height).keys()].filter((y) => isBlue(middle, y));
    return { left: across[0] / width, right: across.at(-1) / width, top: down[0] / width, bottom: down.at(-1) / width };
  })()`;
}
