import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { systemClock } from "@restante/mesh";
import { PracticeError } from "@restante/practice";
import { ask, readable, submit, formOf } from "../../web/test/http.ts";
import { headerIds } from "./sample-things.ts";
import { organisation, sampleWorklist, type SampleWorklist } from "./sample-worklist.ts";
import { openPages } from "./open-pages.ts";

test("sent reports show both acknowledgements with code, text and time, and what is late", async (t) => {
  const { url } = await open(t);
  const { text } = await ask(`${url}/reports`);
  for (const words of [
    "20013 Success",
    "30001 Patient known here and registered with practice",
    "23 November 2026 at 7:41am",
    "Late by",
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
  assert.match((await ask(`${url}/unmatched`)).text, /There are none\. Every answer/);
});

test("a report's page tells what happened to it, in order, in words, and its codes for whoever asks", async (t) => {
  const { url } = await open(t);
  const { text } = await ask(`${url}/reports/${headerIds.accepted}`);
  const steps = [
    "Written",
    "Handed to the MESH client",
    "Accepted by MESH",
    "Arrived whole",
    "Accepted: they know",
  ].map((words) => text.indexOf(`app-timeline__title">${words}`));
  assert.ok(
    steps.every((place, index) => place > (steps[index - 1] ?? 0)),
    String(steps),
  );
  assert.doesNotMatch(text, /--awaited/);
  assert.match(readable(text), /Accepted: they know the patient by Y99002OT001 23 November 2026 at 7:41am/);
  assert.match(text, /<summary>Codes.*\s+<dl>\s+<dt>Answer<\/dt><dd>infrastructure acknowledgement/);
  assert.match(readable(text), /Can it be sent again\? There is no need to send it again: it has arrived\./);
  assert.match(text, new RegExp(`href="/reports/${headerIds.overdue}">Version 2: sent`));
  assert.match(text, /data-pdf="/);
});

test("a report that went by API was handed to MESH, one that went by directory to the MESH client", async (t) => {
  const { url, worklist } = await open(t);
  const report = worklist.sent.find(({ headerId }) => headerId === headerIds.accepted);
  for (const [via, said, never] of [
    ["api", "Handed to MESH 23 November 2026 at 7:40am Through the MESH API.", "MESH client"],
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
  assert.match(text, /<dd>\s*<span class="app-nowrap">EPL-151<\/span><\/dd>/);
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
  assert.ok(text.indexOf("Accepted by MESH") < text.indexOf(">Arrived whole<"));
});

test("a report's page says what is still awaited and by when; late, since when, what it may be, and what to do", async (t) => {
  const { url, worklist } = await open(t, { now: "2026-11-24T10:40:00Z" });
  const path = `${url}/reports/${headerIds.overdue}`;
  const late = readable((await ask(path)).text);
  for (const words of [
    "it is late by 3 hours.",
    "Arrived whole? Late since 24 November 2026 at 7:40am",
    "For them? Not yet",
    "What it may be, in the order in which to check Their answer came and could not be matched",
    "What to do next Look under Unmatched messages",
    "Phone the patient’s registered practice: their number is not known here",
    "Can it be sent again? It cannot be sent again from here. MESH has accepted it, so it may have arrived",
  ])
    assert.ok(late.includes(words), `${words}: ${late}`);
  assert.match(readable((await ask(`${url}/reports`)).text), /Late by 3 hours .* Sent Late/);

  const report = worklist.sent.find(({ headerId }) => headerId === headerIds.overdue);
  const awaits = { level: "business", since: new Date("2026-11-24T07:40:00Z"), by: new Date("2026-11-29T07:40:00Z") };
  Object.assign(report ?? {}, { state: "received", overdue: false, matter: undefined, awaits });
  const awaited = readable((await ask(path)).text);
  assert.match(
    awaited,
    /has been awaited for 3 hours, and is expected by 29 November 2026 at 7:40am\. If it has not come/,
  );
  assert.match(awaited, /For them\? Not yet\. Expected by 29 November 2026 at 7:40am/);
  assert.doesNotMatch(awaited, /What to do next|Late/);
});

test("a report that MESH returned says why in words, shows the returned code and awaits nothing", async (t) => {
  const { url } = await open(t);
  const { text } = await ask(`${url}/reports/${headerIds.returned}`);
  assert.match(readable(text), /Returned by MESH 23 November 2026 at 7:42am No mailbox matched\./);
  assert.match(readable(text), /to check The recipient has no mailbox for such reports\. What to do next/);
  assert.doesNotMatch(text, /--awaited/);
});

test("what people did, and answers that were not used, stand where they happened", async (t) => {
  const { url, worklist } = await open(t);
  const by = { id: "u-1", name: "Ada Fenwick" };
  Object.assign(worklist.sent.find(({ headerId }) => headerId === headerIds.accepted) ?? {}, {
    acts: [{ at: new Date("2026-11-23T07:42:00Z"), by, act: "dealt-with", about: "Refused", note: "Rang them" }],
    unused: [
      {
        messageId: "M2",
        receivedAt: new Date("2026-11-23T07:41:40Z"),
        level: "business",
        code: "30003",
        text: "Gone",
        strayId: 1,
      },
    ],
  });
  const { text } = await ask(`${url}/reports/${headerIds.accepted}`);
  const [yes, no, act] = ["Accepted: they know", "Another answer, not used", "Marked as dealt with</h3>"].map((words) =>
    text.indexOf(words),
  );
  assert.ok((yes ?? 0) < (no ?? 0) && (no ?? 0) < (act ?? 0));
  assert.match(text, /<a href="\/unmatched\/1">Why it was not used/);
  assert.match(
    readable(text),
    /Marked as dealt with by Ada Fenwick 23 November 2026 at 7:42am Refused\. Note: Rang them\./,
  );
});

test("sent reports are listed by how they stand and by who has them, and are searched by what is in no address", async (t) => {
  const { url, worklist } = await open(t);
  const shown = async (address: string): Promise<string[]> => {
    const { status, text } = await ask(url + address);
    assert.equal(status, 200, address);
    return worklist.sent
      .filter(({ headerId }) => text.includes(`href="/reports/${headerId}`))
      .map((one) => one.headerId);
  };
  assert.deepEqual(await shown("/reports?show=late"), [headerIds.overdue]);
  assert.deepEqual(await shown("/reports?show=accepted"), [headerIds.accepted]);
  assert.deepEqual(await shown("/reports?show=undelivered"), [headerIds.returned]);
  assert.deepEqual(await shown("/reports?show=held&to=Y99002OT001"), [headerIds.held]);
  assert.deepEqual(await shown("/reports?to=FY901"), []);
  const { text } = await ask(`${url}/reports?show=refused`);
  for (const words of ["Late (1)", "Accepted (1)", "Refused (0)", "No report has been refused."])
    assert.ok(readable(text).includes(words), words);
  assert.match((await ask(`${url}/reports?sort=oldest`)).text, /aria-current="true">Oldest first/);

  const form = formOf((await ask(`${url}/reports?show=late`)).text, "/reports/find");
  const found = await submit(`${url}/reports/find`, { ...form, show: "late", text: "9912609131", to: "Y99002OT001" });
  assert.equal(found.status, 303);
  const address = String(found.headers["location"]);
  assert.match(address, /^\/reports\/found\/[\w-]{22}\?show=late&to=Y99002OT001$/);
  assert.deepEqual(await shown(address), [headerIds.overdue]);
  const page = await ask(url + address);
  assert.match(page.text, new RegExp(`/reports/${headerIds.overdue}\\?from=%2Freports%2Ffound%2F`));
  const back = /href="(\/reports\/[^"]*\?from=[^"]*)"/.exec(page.text)?.[1] ?? "";
  assert.match((await ask(url + back)).text, /Back to the reports found/);
  const nothing = await submit(`${url}/reports/find`, { ...form, text: "nobody" });
  assert.match(readable((await ask(url + String(nothing.headers["location"]))).text), /No reports found/);
  const all = sampleWorklist();
  worklist.reports = async (list) => {
    if ((list.query?.text ?? "").length > 200) throw new PracticeError("search-too-long", "Too long.");
    return all.reports(list);
  };
  const wrong = await submit(`${url}/reports/find`, { ...form, text: "x ".repeat(150) });
  assert.equal(wrong.status, 400);
  assert.match(wrong.text, /There is a problem/);
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

async function open(
  t: TestContext,
  { now, ...options }: { now?: string; empty?: boolean } = {},
): Promise<{ url: string; worklist: SampleWorklist }> {
  const worklist = sampleWorklist(options);
  const pages = await openPages(t, {
    worklist,
    organisation,
    ...(now !== undefined && { clock: { ...systemClock, now: () => new Date(now) } }),
  });
  return { url: pages.url, worklist };
}
