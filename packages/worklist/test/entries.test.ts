import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { PracticeError } from "@restante/practice";
import { ask, readable } from "../../web/test/http.ts";
import { openPages } from "./open-pages.ts";
import { sampleView } from "./sample-view.ts";
import { organisation, sampleWorklist, type SampleWorklist } from "./sample-worklist.ts";

test("a task and the page of its entries say what is not in the tables before them, and each entry with its code", async (t) => {
  const { url, worklist } = await open(t);
  worklist.views.set(1, sampleView({ modified: true }));
  for (const path of ["/tasks/1", "/tasks/1/entries"]) {
    const said = readable((await ask(url + path)).text);
    for (const words of [
      "Not shown below: Zebra: 2.",
      "Left out here: Observation: 1,200.",
      "Allergy to penicillin SNOMED CT 91936005 Note: As a child",
      "Verification status: unconfirmed Criticality: high",
      "Began: 2001 Recorded: 5 January 2026 at 10am",
      "Ruled out Entered in error Allergy to latex",
      "On hold Taken: not known",
      "Taken: 5 January 2026 to 5 July 2026",
      "Not taken May not be this patient’s Amoxicillin 250mg capsules",
      "Part of this entry is not shown here What it is called in the message: basedOn (extension).",
      "6.1 mmol/L",
      "3.5 mmol/L to 5.3 mmol/L",
      "Mother Family history",
      "1 entry that belongs here too is shown under an earlier heading.",
      "2 entries that belong here are not in the message. Ask the sender for them.",
      "Addresses and other details of the people, organisations and places that the document names are not shown here.",
      "SHA-256 336276927fc27d28c262f08eae5511abe9336bfb08fdeca8c7845c8a69d2e5e7",
    ])
      assert.ok(said.includes(words), `${path}: "${words}" is missing in ${said}`);
    assert.ok(said.indexOf("Not shown below") < said.indexOf("Allergy to penicillin"));
    assert.match(said, /Medicines A person must look/);
  }
});

test("a task shows the first hundred entries and leads to all of them; one whose entries are not ready says so", async (t) => {
  const { url, worklist } = await open(t);
  const view = sampleView();
  const [section] = view.sections;
  const [table] = section?.tables ?? [];
  assert.ok(table);
  table.entries = Array.from({ length: 150 }, (_, index) => ({
    ...(table.entries[0] as (typeof table.entries)[0]),
    term: { text: `Allergy ${index}.`, codings: [] },
  }));
  worklist.views.set(1, view);
  const [task, page] = [await ask(`${url}/tasks/1`), await ask(`${url}/tasks/1/entries`)].map(({ text }) =>
    readable(text),
  );
  assert.ok(task?.includes("Allergy 99.") && !task.includes("Allergy 100."));
  assert.match(task ?? "", /Show the 55 more entries/);
  assert.ok(page?.includes("Allergy 149."));

  worklist.documentView = async () => {
    throw new PracticeError("document-not-ready", "This document is still being prepared.");
  };
  for (const path of ["/tasks/1", "/tasks/1/entries"]) {
    const { status, text } = await ask(url + path);
    assert.equal(status, 200);
    assert.match(readable(text), /This is still being prepared\. Try again in a minute/);
  }
});

test("an entry that says nothing of what it is, and one under no heading, are shown in words that mean something to staff", async (t) => {
  const { url, worklist } = await open(t);
  const view = sampleView();
  const [first] = view.unplaced.flatMap(({ entries }) => entries);
  assert.ok(first);
  const { term: ____, ...nameless } = first;
  view.unplaced = [
    { kind: "medicines", entries: [{ ...nameless, type: "MedicationStatement" }] },
    { kind: "other", entries: [{ ...nameless, type: "Flag" }] },
  ];
  worklist.views.set(1, view);
  const said = readable((await ask(`${url}/tasks/1`)).text);
  assert.match(said, /Entries under no heading Medicines Medicines: under no heading/);
  assert.match(said, /Medicine taken: no name given/);
  assert.match(said, /Flag: no name given (?!Flag)/);
  assert.doesNotMatch(said, /In none of the sections|Not said in the message|Practitioner/);
});

test("a document of nothing but a report, a message that is none, and a task that is not there each say so", async (t) => {
  const { url, worklist } = await open(t);
  worklist.views.set(1, { ...sampleView(), sections: [], unplaced: [], others: [], named: [] });
  assert.match(readable((await ask(`${url}/tasks/1`)).text), /No entries came with the report\./);
  assert.match(readable((await ask(`${url}/tasks/4/entries`)).text), /No document could be read from the message/);
  assert.equal((await ask(`${url}/tasks/99/entries`)).status, 404);
});

test("a file that is sent as what it is not says so, and one that is only called by another name does not", async (t) => {
  const { url, worklist } = await open(t);
  const [task] = worklist.all;
  assert.ok(task);
  const file = (contentType: string, fileType: "application/pdf" | "image/jpeg" | "other", index: number) => ({
    title: `File ${index}.`,
    contentType,
    fileType,
    bytes: 10,
    primary: false,
  });
  const claims = async (...[contentType, fileType]: [string, "application/pdf" | "image/jpeg" | "other"]) => {
    task.attachments = [file(contentType, fileType, 1)];
    return /It was sent as “([^”]*)”, which it is not/.exec(readable((await ask(`${url}/tasks/1`)).text))?.[1];
  };
  assert.equal(await claims("image/png", "other"), "image/png");
  assert.equal(await claims("text/html", "application/pdf"), "text/html");
  assert.equal(await claims("image/jpg; x=1", "image/jpeg"), undefined);
  assert.equal(await claims("application/octet-stream", "application/pdf"), undefined);
  assert.equal(await claims("text/plain", "other"), undefined);
});

test("findings are said in words, once where they are the same, and their ids and places in the technical details", async (t) => {
  const { url, worklist } = await open(t);
  const [task] = worklist.all;
  assert.ok(task);
  const text = "A value is no date.";
  task.findings = [1, 2, 3].map((place) => ({
    id: "STU3:bad-value",
    severity: "error",
    location: `Place${place}`,
    text,
  }));
  const said = readable((await ask(`${url}/tasks/1`)).text);
  const [words = "", technical = ""] = said.split("Technical details");
  assert.match(words, /Must A value is no date\. \(in 3 places\)/);
  assert.doesNotMatch(words, /STU3:bad-value|Place1/);
  assert.match(technical, /STU3:bad-value at Place1.*STU3:bad-value at Place3/);
});

test("all versions of a document are listed with their dates, and lead to their tasks", async (t) => {
  const { url, worklist } = await open(t);
  const [task] = worklist.all;
  assert.ok(task);
  const receivedAt = new Date("2026-11-20T07:46:22Z");
  task.versions = [
    { taskId: 6, state: "replaced", receivedAt, documentDate: "2026-11-19", replacedBy: 1 },
    { taskId: 1, state: "open", receivedAt: task.receivedAt },
  ];
  task.moreVersions = true;
  const { text } = await ask(`${url}/tasks/1`);
  assert.match(
    readable(text),
    /Versions of this document \(2 and more\) Replaced Document of 19 November 2026 Received 20 November 2026 at 7:46am Open this version.*To do \(this one\)/,
  );
  assert.match(text, /href="\/tasks\/6"/);
  delete task.moreVersions;
  const all = readable((await ask(`${url}/tasks/1`)).text);
  assert.match(all, /Version 1 of 2: replaced Document of .*Version 2 of 2: to do \(this one\)/);
});

test("that an earlier version was filed is said on it and on the last one, with who did it, until the last is filed as well", async (t) => {
  const { url, worklist } = await open(t);
  const [task] = worklist.all;
  assert.ok(task);
  const at = new Date("2026-11-20T07:46:22Z");
  const filed = { at, by: { id: "anna", name: "Anna Field" } };
  const earlier = { taskId: 6, state: "replaced", receivedAt: at, replacedBy: 1 } as const;
  const last = { taskId: 1, state: "open", receivedAt: task.receivedAt } as const;
  const said = async (): Promise<string> => readable((await ask(`${url}/tasks/1`)).text);
  task.versions = [earlier, last];
  assert.doesNotMatch(await said(), /filed\. Replace it/);
  task.versions = [{ ...earlier, filed: { ...filed, folder: "000006-5f0c9a3e" } }, last];
  assert.match(
    await said(),
    /An earlier version of this document was filed\. Replace it in the patient’s record with this one\. Saved for the record system in 000006-5f0c9a3e on 20 November 2026 at 7:46am by Anna Field\./,
  );
  task.versions = [
    { ...earlier, filed },
    { ...last, filed },
  ];
  assert.doesNotMatch(await said(), /filed\. Replace it/);
  assert.match(
    await said(),
    /Version 1 of 2: replaced Received .* Marked as filed in the record on 20 November 2026 at 7:46am by Anna Field\. ?Open/,
  );
  Object.assign(task, { state: "replaced", replacedBy: 7 });
  task.versions = [
    { ...last, state: "replaced", replacedBy: 7, filed },
    { ...last, taskId: 7 },
  ];
  assert.match(
    await said(),
    /A later version of this document has arrived\..*This version was filed\. Replace it in the patient’s record with the later version\. Marked as filed in the record on/,
  );
});

async function open(t: TestContext): Promise<{ url: string; worklist: SampleWorklist }> {
  const worklist = sampleWorklist();
  const { url } = await openPages(t, { worklist, organisation });
  return { url, worklist };
}
