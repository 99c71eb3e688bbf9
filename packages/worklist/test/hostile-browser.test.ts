// What a practice was sent by somebody who means harm, on its pages in a real browser.

import assert from "node:assert/strict";
import { request } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { deliver, type DirectoryPractice, openPractice, pairsIn } from "../../practice/test/support/economy.ts";
import { workflowId } from "../../practice/test/support/messages.ts";
import { receiver, sender } from "../../practice/test/support/organisations.ts";
import { person } from "../../practice/test/support/person.ts";
import { menuFolded } from "../../web/test/accessible.ts";
import { openBrowser } from "../../web/test/browser.ts";
import { ask } from "../../web/test/http.ts";
import { hostileFiles } from "./hostile-files.ts";
import { deliverTheRest, forgeAnswers, hostileDocument, shownOfIt } from "./hostile-messages.ts";
import { openPages } from "./open-pages.ts";

test("a practice that is sent what means harm", async (t) => {
  const to = await openPractice(t, sender, { businessResponse: { kind: "onMatch", doubtful: "queue" } });
  const document = hostileDocument();
  deliver(to, document.xml, { from: receiver.mailboxId, workflowId, subject: document.subject });
  await to.practice.cycle();
  deliverTheRest(to, document);
  await to.practice.cycle();
  const { worklist } = to.practice;
  const { url } = await openPages(t, { worklist, organisation: sender });
  let reports: readonly string[] = [];

  await t.test(
    "forged answers change nothing of what was sent, are not answered, and are shown to a person",
    async () => {
      const { answered, unanswered, deliverForged } = await forgeAnswers(to);
      reports = [answered, unanswered];
      const before = { strays: (await person(worklist).strays()).length, out: pairsIn(join(to.folder, "OUT")).length };
      const forged = deliverForged();
      await to.practice.cycle();
      const report = await person(worklist).report(answered);
      assert.deepEqual(
        [report?.state, report?.infrastructure?.code, report?.business?.code, report?.business?.from],
        ["accepted", "20013", "30001", receiver.mailboxId],
      );
      const other = await person(worklist).report(unanswered);
      assert.deepEqual([other?.state, other?.infrastructure, other?.business], ["sent", undefined, undefined]);
      assert.equal((await person(worklist).strays({ show: "attention" })).length, before.strays + forged);
      assert.equal(pairsIn(join(to.folder, "OUT")).length, before.out);
      assert.equal((await worklist.counts()).attentionBy.report, 0);
    },
  );

  await t.test("each file is handed out as what it is, under a name of ours, and sandboxed", async () => {
    for (const [index, { title, is }] of hostileFiles.entries()) {
      const address = `${url}/tasks/1/attachments/${index + 1}`;
      for (const download of [false, true]) {
        const { status, headers, bytes } = await ask(address + (download ? "?download" : ""));
        assert.equal(status, 200, title);
        assert.deepEqual(bytes, hostileFiles[index]?.bytes);
        const how = is.shown && !download ? "inline" : "attachment";
        assert.equal(headers["content-disposition"], `${how}; filename="task-1-document-${index + 2}.${is.name}"`);
        assert.equal(headers["content-type"], is.type);
        assert.equal(headers["x-content-type-options"], "nosniff");
        assert.equal(headers["set-cookie"], undefined);
        const policy = is.name === "pdf" ? /^frame-ancestors 'none'$/ : /^default-src 'none'; .*; sandbox$/;
        assert.match(String(headers["content-security-policy"]), policy);
      }
      assert.equal((await ask(`${address}/print`)).status, is.shown ? 200 : 404, title);
    }
    for (const path of ["/tasks/1/original", "/unmatched/2/original"]) {
      const { headers } = await ask(url + path);
      assert.equal(headers["content-type"], "application/octet-stream", path);
      assert.match(String(headers["content-disposition"]), /^attachment; filename="[a-z]+-\d+-original\.dat"$/);
    }
  });

  await t.test("no spelling of a number or an id leads to what it does not name", async () => {
    for (const [number, place] of placesIn(reports[0] ?? "").entries()) {
      // Every spelling at the first place; at the others those that each route would have to refuse by itself.
      for (const id of number === 0 ? ids : ids.filter((_, index) => index % 5 === number % 5)) {
        const path = place.replace("*", id);
        const status = await statusOf(url, path);
        assert.ok([400, 404, 410, 414, 431].includes(status), `${path.slice(0, 90)}: ${status}`);
      }
    }
  });

  const browser = await openBrowser(t);
  if (browser === undefined) return;
  await t.test("on no page anything of it runs, is fetched, or takes the page's shape", async () => {
    for (const path of await pathsOf(to, reports)) {
      await using page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      const unseen = watch(page);
      await page.goto(url + path);
      await page.evaluate(`for (const it of document.querySelectorAll("details")) it.open = true`);
      if (path === "/tasks/1") await page.waitForSelector('[data-drawn="yes"]');
      for (const width of [1280, 320]) {
        await page.setViewportSize({ width, height: 900 });
        await menuFolded(page);
        assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width, `${path} is ${width} px wide`);
      }
      assert.equal(await page.locator("h1").count(), 1, path);
      assert.match(await page.title(), /Exampleton GP Federation/, path);
      assert.ok((await page.locator("body").innerText()).includes(shownOfIt), `${path} shows none of it`);
      assert.equal(await page.locator(active).count(), 0, path);
      assert.deepEqual(await page.evaluate(backwards), [], `${path} has the patient's number backwards`);
      assert.deepEqual(unseen, [], path);
    }
  });

  await t.test("a file that is opened by itself runs nothing", async () => {
    for (const [index, { title }] of hostileFiles.entries()) {
      await using page = await browser.newPage();
      const unseen = watch(page);
      // What is not shown is saved, and so no page is opened.
      await page.goto(`${url}/tasks/1/attachments/${index + 1}`).catch(() => undefined);
      assert.deepEqual(unseen, [], title);
      assert.notEqual(await page.title(), "ran", title);
    }
  });
});

/** What no text of a message may become on a page. */
const active =
  "script:not([src]), [onload], [onerror], [onclick], iframe, object, embed, base, a[href^='javascript:'], img[src^='http']";

/** Where the patient's number stands in the direction of what somebody else wrote before it. */
const backwards = `(() => {
  const found = [];
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const at = text.data.search(/991\\s283\\s0164/);
    if (at < 0) continue;
    const [first, last] = [at, at + 11].map((from) => {
      const range = document.createRange();
      range.setStart(text, from);
      range.setEnd(text, from + 1);
      return range.getBoundingClientRect();
    });
    if (first.top === last.top && first.left > last.left) found.push(text.data.trim().slice(0, 80));
  }
  return found;
})()`;

async function pathsOf({ practice: { worklist } }: DirectoryPractice, reports: readonly string[]): Promise<string[]> {
  const tasks = (await person(worklist).tasks()).map(({ taskId }) => `/tasks/${taskId}`);
  const strays = (await person(worklist).strays())
    .filter(({ from = "", kind }) => kind === "mesh-report" || from.startsWith("<script"))
    .map(({ strayId }) => `/unmatched/${strayId}`);
  return [
    "/",
    "/matching",
    "/unmatched",
    "/several?task=1&task=2",
    ...tasks,
    "/tasks/1/entries",
    "/tasks/1/patient",
    "/tasks/1/match?verdict=known",
    "/tasks/1/attachments/0/print",
    ...reports.slice(0, 1).map((id) => `/reports/${id}`),
    ...strays,
  ];
}

/** What happens on a page that nobody sees: each is told. */
function watch(page: Page): string[] {
  const unseen: string[] = [];
  page.on("dialog", (dialog) => {
    unseen.push(`asked: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("popup", (popup) => unseen.push(`opened ${popup.url()}`));
  page.on("crash", () => unseen.push("crashed"));
  page.on("pageerror", (error) => unseen.push(error.message));
  page.on("console", (message) => {
    // A browser's own page of a picture has a style of its own, which the file's policy forbids.
    const isOfPicture =
      message.text().startsWith("Applying inline style violates") && page.url().includes("/attachments/");
    if (message.type() === "error" && !isOfPicture) unseen.push(message.text());
  });
  page.on("request", (asked) => {
    const { hostname } = new URL(asked.url());
    if (hostname !== "127.0.0.1") unseen.push(`asked ${asked.url()}`);
  });
  return unseen;
}

function placesIn(headerId: string): string[] {
  return [
    ...["", "/entries", "/original", "/patient", "/match", "/attachments/0"].map((rest) => `/tasks/*${rest}`),
    "/tasks/1/attachments/*",
    "/tasks/1/attachments/*/print",
    "/reports/*",
    `/reports/${headerId}/attachments/*`,
    "/unmatched/*",
    "/unmatched/*/original",
    "/found/*",
    "/assets/*",
    "/assets/own/*",
  ];
}

const ids = [
  "..%2f..%2f..%2fetc%2fpasswd",
  "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
  "..%5c..%5cx",
  "..",
  "%2e%2e",
  "....",
  "1%00",
  "%00",
  "1%0d%0aSet-Cookie:%20a=b",
  "1%2f..%2f2",
  "%c0%af..",
  "%e0%80%af",
  "%E2%88%95",
  "%EF%BC%8F",
  "%",
  "01",
  "001",
  "-1",
  "+1",
  "1.0",
  "1e0",
  "0x1",
  "%EF%BC%91",
  "%D9%A1",
  "1%20",
  "%201",
  "1,2",
  "1;2",
  "1'--",
  "99",
  "999999999999999",
  "9".repeat(16),
  "9".repeat(5000),
  "NaN",
  "Infinity",
  "null",
  "__proto__",
  "constructor",
];

/** Sends a path as it is written: a URL would put it right. */
function statusOf(url: string, path: string): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, agent: false }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    asked.on("error", reject);
    asked.end();
  });
}
