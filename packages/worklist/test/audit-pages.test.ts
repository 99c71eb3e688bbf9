import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { ask, formOf, readable, submit } from "../../web/test/http.ts";
import { openAudit } from "../../web/test/open-audit.ts";
import { openPages } from "./open-pages.ts";
import { headerIds } from "./sample-things.ts";
import { organisation, sampleWorklist } from "./sample-worklist.ts";

async function open(t: TestContext): Promise<{ url: string; rows: () => unknown[] }> {
  const { audit } = await openAudit(t);
  const { url } = await openPages(t, { worklist: sampleWorklist(), organisation, audit });
  return { url, rows: () => audit.find({ limit: 10 }).rows.map(({ act, subjects }) => ({ act, subjects })) };
}

async function resolved(url: string, row: number, subject: string): Promise<string> {
  const address = `${url}/audit/resolve/${subject}`;
  const { token } = formOf((await ask(`${url}/audit/rows/${row}`)).text, `/audit/resolve/${subject}`);
  return readable((await submit(address, { token })).text);
}

test("an auditor is shown which patient a task, a report or an unmatched message is about, and only when they ask", async (t) => {
  const { url, rows } = await open(t);
  const report = `report:${headerIds.accepted}`;
  for (const path of ["/tasks/1", "/tasks/4", `/reports/${headerIds.accepted}`, "/unmatched/1"]) await ask(url + path);
  assert.doesNotMatch((await ask(`${url}/audit`)).text, /WIŚNIEWSKI|9912609131/);
  assert.match(
    await resolved(url, 1, "task:1"),
    /A received message about WIŚNIEWSKI, Łukasz \(Mr\), NHS number 991 260 9131/,
  );
  assert.deepEqual(rows()[0], { act: "resolve", subjects: ["task:1"] });
  assert.match(await resolved(url, 2, "task:4"), /A received message, of which no patient is known/);
  assert.match(await resolved(url, 3, report), /A sent report: Consultation report for/);
  assert.match(await resolved(url, 4, "unmatched:1"), /An unmatched message: /);
});

test(
  "who saw a patient is found by their NHS number, lists and all, and it is in no address",
  { tags: ["FHIR-DOC-02"] },
  async (t) => {
    const { url } = await open(t);
    for (const path of ["/tasks/1", "/tasks/3", "/?show=all"]) await ask(url + path);
    const { token } = formOf((await ask(`${url}/audit`)).text, "/audit/find");
    const { headers } = await submit(`${url}/audit/find`, { token, about: "991 260 9131" });
    const location = String(headers["location"]);
    assert.doesNotMatch(location, /991/);
    const { text } = await ask(url + location);
    const found = Array.from(text.matchAll(/href="\/audit\/rows\/(\d+)"/g), ([, row]) => row);
    assert.deepEqual(found, ["3", "1"]);
  },
);

test("however the address of a page is written, nobody is shown a message without a row that says which it was", async (t) => {
  const { audit } = await openAudit(t);
  const { url } = await openPages(t, { worklist: sampleWorklist(), organisation, audit });
  const id = headerIds.accepted;
  const said: unknown[] = [];
  for (const [path, subject] of [
    ...["1", "%31", "01", "0000000001", "000000000000001", "+1", "1.0", "0x1", "1;2", "1%00"].flatMap((task) =>
      ["", "/", "/original", "/attachments/0"].map((part) => [`/tasks/${task}${part}`, "task:1"]),
    ),
    ...["1", "01", "0000000001"].map((stray) => [`/unmatched/${stray}`, "unmatched:1"]),
    ...[
      id,
      id.toLowerCase(),
      id.toUpperCase(),
      `%20${id}`,
      `${id}/`,
      `%${id.charCodeAt(0).toString(16)}${id.slice(1)}`,
    ].map((report) => [`/reports/${report}`, `report:${id}`]),
  ] as [string, string][]) {
    for (const method of ["GET", "HEAD"]) {
      const rows = audit.head()?.sequence ?? 0;
      const { status } = await ask(url + path, { method });
      if (status >= 400) continue;
      const [row] = audit.find({ limit: 1 }).rows;
      assert.deepEqual([row?.sequence, row?.subjects], [rows + 1, [subject]], `${method} ${path}`);
      said.push(path);
    }
  }
  assert.deepEqual(
    [...new Set(said)],
    [
      ...["1", "%31"].flatMap((task) => ["", "/original", "/attachments/0"].map((part) => `/tasks/${task}${part}`)),
      "/unmatched/1",
      `/reports/${id}`,
      `/reports/%${id.charCodeAt(0).toString(16)}${id.slice(1)}`,
    ],
  );
});
