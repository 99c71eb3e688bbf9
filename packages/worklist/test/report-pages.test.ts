import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { ask, readable, submit, formOf } from "../../web/test/http.ts";
import { headerIds } from "./sample-things.ts";
import { organisation, sampleWorklist, type SampleWorklist } from "./sample-worklist.ts";
import { openPages } from "./open-pages.ts";

test("sent reports show both acknowledgements with code, text and time, and what is overdue", async (t) => {
  const { url } = await open(t);
  const { text } = await ask(`${url}/reports`);
  for (const words of [
    "20013 Success",
    "30001 Patient known here and registered with practice",
    "23 November 2026 at 7:41am",
    "Overdue",
    "The acknowledgements are overdue.",
    "MESH could not deliver it: No mailbox matched.",
    "Returned",
    "Held",
    "Accepted",
  ]) {
    assert.ok(readable(text).includes(words), `"${words}" is missing`);
  }
});

test("the reports that need attention can be seen alone", async (t) => {
  const { url } = await open(t);
  const { text } = await ask(`${url}/reports?show=attention`);
  assert.ok(text.includes(headerIds.overdue) && text.includes(headerIds.returned) && text.includes(headerIds.held));
  assert.ok(!text.includes(headerIds.accepted));
});

test("no report sent yet is said in words", async (t) => {
  const { url } = await open(t, { empty: true });
  assert.match((await ask(`${url}/reports`)).text, /has not sent a report yet/);
  assert.match((await ask(`${url}/reports?show=attention`)).text, /No report needs attention/);
  assert.match((await ask(`${url}/unmatched`)).text, /There are none\./);
});

test("a report's page tells what happened to it, in order", async (t) => {
  const { url } = await open(t);
  const { text } = await ask(`${url}/reports/${headerIds.accepted}`);
  const steps = [
    "Report made",
    "Handed to the MESH client",
    "Accepted by MESH",
    "Infrastructure acknowledgement: did it arrive whole?",
    "Business acknowledgement: is it for them?",
  ].map((words) => text.indexOf(words));
  assert.ok(
    steps.every((place, index) => place > (steps[index - 1] ?? 0)),
    String(steps),
  );
  assert.doesNotMatch(text, /awaited/);
  assert.match(text, new RegExp(`href="/reports/${headerIds.overdue}">Version 2: sent`));
  assert.match(text, /data-pdf="/);
});

test("a report that went by API was handed to MESH, one that went by directory to the MESH client", async (t) => {
  const { url, worklist } = await open(t);
  const report = worklist.sent.find(({ headerId }) => headerId === headerIds.accepted);
  for (const [via, said, never] of [
    ["api", "Handed to MESH Sent through the MESH API.", "MESH client"],
    ["directory", "Handed to the MESH client", "API"],
  ] as const) {
    Object.assign(report ?? {}, { via });
    const text = readable((await ask(`${url}/reports/${headerIds.accepted}`)).text);
    assert.ok(text.includes(said), text);
    assert.ok(!text.includes(never), `${via}: ${never}`);
  }
});

test("a code of MESH is not broken over two lines, nor a day or an hour", async (t) => {
  const { url } = await open(t);
  const { text } = await ask(`${url}/reports/${headerIds.returned}`);
  assert.match(text, /<span class="app-nowrap">EPL-151<\/span> No mailbox matched/);
  assert.match((await ask(`${url}/assets/web/site.css`)).text, /^\.app-nowrap \{\s*white-space: nowrap;/m);
  assert.doesNotMatch((await ask(`${url}/unmatched`)).text, /\son\s+<(?:code|time)/);
});

test("a report shows the name of the organisation that it goes to, in the list and on its page", async (t) => {
  const { url, worklist } = await open(t);
  const recipient = { kind: "organisation", odsCode: "FY901", mailboxId: "FY901OT001", name: "Mill Lane Pharmacy" };
  Object.assign(worklist.sent[0] ?? {}, { recipient });
  for (const path of ["/reports", `/reports/${headerIds.accepted}`]) {
    assert.match(
      (await ask(url + path)).text,
      /Mill Lane Pharmacy<span class="app-secondary">FY901<\/span><span class="app-secondary">FY901OT001/,
    );
  }
});

test("a report has left before it came back, even where the acknowledgement was read first", async (t) => {
  const { url, worklist } = await open(t);
  const report = worklist.sent.find(({ headerId }) => headerId === headerIds.accepted);
  Object.assign(report ?? {}, { sentAt: new Date("2026-11-23T07:50:00Z") });
  const { text } = await ask(`${url}/reports/${headerIds.accepted}`);
  assert.ok(text.indexOf("Accepted by MESH") < text.indexOf("Infrastructure acknowledgement"));
});

test("a report's page says what is still awaited, and whether it is late", async (t) => {
  const { url } = await open(t);
  const { text } = await ask(`${url}/reports/${headerIds.overdue}`);
  assert.match(text, /Infrastructure acknowledgement awaited/);
  assert.match(text, /Business acknowledgement awaited/);
  assert.match(text, /Overdue\./);
});

test("a report that MESH returned shows the returned code and awaits nothing", async (t) => {
  const { url } = await open(t);
  const { text } = await ask(`${url}/reports/${headerIds.returned}`);
  assert.match(text, /Returned by MESH/);
  assert.match(readable(text), /EPL-151 No mailbox matched/);
  assert.doesNotMatch(text, /awaited/);
});

test("what was sent with a report can be opened again", async (t) => {
  const { url } = await open(t);
  const { status, headers } = await ask(`${url}/reports/${headerIds.accepted}/attachments/1`);
  assert.equal(status, 200);
  assert.equal(headers["content-disposition"], 'inline; filename="report-1-document-2.png"');
  assert.equal((await ask(`${url}/reports/${headerIds.accepted}/attachments/7`)).status, 404);
  assert.equal((await ask(`${url}/reports/unknown`)).status, 404);
});

test("a report that is held is sent again by its form, and no other is", async (t) => {
  const { url, worklist } = await open(t);
  const action = `/reports/${headerIds.held}/send-again`;
  const form = formOf((await ask(`${url}/reports/${headerIds.held}`)).text, action);
  assert.equal((await submit(url + action, form)).status, 303);
  assert.deepEqual(worklist.calls, [`send again ${headerIds.held}`]);
  assert.doesNotMatch((await ask(`${url}/reports/${headerIds.accepted}`)).text, /Send it again/);
});

test("unmatched messages are shown with the reason they were not used", async (t) => {
  const { url } = await open(t);
  const { text } = await ask(`${url}/unmatched`);
  assert.match(text, /It answers a message that this organisation never sent\./);
  assert.match(text, /Acknowledgement 20013/);
  assert.match(text, /X26OT999/);
});

async function open(t: TestContext, options = {}): Promise<{ url: string; worklist: SampleWorklist }> {
  const worklist = sampleWorklist(options);
  const pages = await openPages(t, { worklist, organisation });
  return { url: pages.url, worklist };
}
