import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuditRow } from "@restante/web";
import { ask, readable } from "../../web/test/http.ts";
import { openAudit } from "../../web/test/open-audit.ts";
import { openPages } from "./open-pages.ts";
import { headerIds } from "./sample-things.ts";
import { organisation, sampleWorklist } from "./sample-worklist.ts";

const told = ({ act, outcome, subjects }: AuditRow): unknown[] => [act, outcome, ...subjects];

test("a document is shown to be printed only once that is written down, under a title without patient details", async (t) => {
  const access = await openAudit(t);
  const worklist = sampleWorklist();
  const { url } = await openPages(t, { worklist, organisation, audit: access.audit });
  for (const [path, title, subject] of [
    ["/tasks/1/attachments/1/print", "Document 2 of task 1", "task:1"],
    [`/reports/${headerIds.accepted}/attachments/0/print`, "Document 1 of report 1", `report:${headerIds.accepted}`],
  ] as const) {
    const { status, text } = await ask(url + path);
    assert.equal(status, 200);
    assert.match(text, new RegExp(`<title>${title}, to print – Lantern Row Surgery</title>`));
    assert.deepEqual(access.audit.find({ limit: 1 }).rows.map(told), [["print", "done", subject]]);
  }
  access[Symbol.dispose]();
  const { status, text } = await ask(`${url}/tasks/1/attachments/1/print`);
  assert.equal(status, 503);
  assert.doesNotMatch(text, /ECG/);
});

test("every document that a browser shows has a link to print it, which names it, and no other has", async (t) => {
  const { url } = await openPages(t, { worklist: sampleWorklist(), organisation });
  for (const [page, titles] of [
    ["/tasks/1", ["Consultation report", "ECG rhythm strip, lead II"]],
    [`/reports/${headerIds.accepted}`, ["Consultation report", "ECG rhythm strip, lead II"]],
  ] as const) {
    const { text } = await ask(url + page);
    const links = Array.from(text.matchAll(/<a href="([^"]+)\/print" [^>]*>(.*?)<\/a>/g), ([, of, name = ""]) => ({
      of,
      name,
    }));
    for (const [index, title] of titles.entries()) {
      assert.equal(links[index]?.of, `${page}/attachments/${index}`);
      assert.equal(readable(links[index]?.name ?? ""), `Print ${title}, in a new tab`);
    }
    assert.ok(!links.some(({ of }) => of === `${page}/attachments/3`));
  }
  for (const path of ["/tasks/1/attachments/3/print", "/tasks/1/attachments/4/print", "/tasks/1/attachments/x/print"]) {
    assert.equal((await ask(url + path)).status, 404, path);
  }
});
