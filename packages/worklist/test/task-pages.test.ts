import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test, type TestContext } from "node:test";
import { ask, readable, submit, formOf } from "../../web/test/http.ts";
import { headerIds, hostile, noReports } from "./sample-things.ts";
import { organisation, sampleWorklist, type SampleWorklist } from "./sample-worklist.ts";
import { openPages } from "./open-pages.ts";

test("the worklist shows each open task with subject, sender, patient, time and status, newest first", async (t) => {
  const { url } = await open(t);
  const { status, text, headers } = await ask(url);
  assert.equal(status, 200);
  assert.equal(headers["content-type"], "text/html; charset=utf-8");
  assert.match(text, /<title>\(4\) Worklist – Lantern Row Surgery<\/title>/);
  for (const words of [
    "Consultation report for WIŚNIEWSKI, Łukasz (Mr)",
    "991 260 9131 Patient matched",
    "Exampleton GP Federation Y99001",
    "Not our patient",
    "23 November 2026 at 7:41am",
    "To do",
    "Not accepted",
    "Set aside",
    "For action",
    "An answer could not be delivered.",
    "2 departures from the requirements",
  ]) {
    assert.ok(readable(text).includes(words), `"${words}" is missing`);
  }
  assert.ok(text.indexOf('href="/tasks/4"') < text.indexOf('href="/tasks/1"'));
  assert.doesNotMatch(text, /href="\/tasks\/5"/);
});

test("the title of a list says which of the lists it is, and which page of it", async (t) => {
  const { url, worklist } = await open(t);
  const titleOf = async (path: string): Promise<string | undefined> =>
    /<title>(.*) – Lantern Row Surgery<\/title>/.exec((await ask(url + path)).text)?.[1];
  const [task] = worklist.all;
  assert.ok(task);
  for (let taskId = 100; taskId < 198; taskId += 1) worklist.all.push({ ...task, taskId });
  for (const [path, title] of [
    ["/", "(102) Worklist"],
    ["/?page=2", "(102) Worklist (page 2 of 3)"],
    ["/?show=attention", "(102) Worklist, needing attention"],
    ["/?show=all&page=3", "(102) Worklist, all (page 3 of 3)"],
    ["/?show=all&page=9", "(102) Worklist, all (page 9)"],
    ["/reports", "Sent reports"],
    ["/reports?show=dealt-with", "Sent reports, dealt with"],
    ["/unmatched?show=attention", "Unmatched messages, needing attention"],
  ] as const) {
    assert.equal(await titleOf(path), title, path);
  }
});

test("the title of a page names no patient, since the history of a browser keeps it", async (t) => {
  const { url } = await open(t);
  for (const [path, title] of [
    ["/tasks/1", /^Message 1, received 23 November 2026 at 7:41am$/],
    ["/tasks/2", /^Message 2, received \d\d November 2026 at [\d:]+am$/],
    [`/reports/${headerIds.held}`, /^Consultation report of \d\d November 2026 at [\d:]+am$/],
    ["/unmatched/1", /^(?:Acknowledgement|MESH report)(?: [\w-]+)?$/],
  ] as const) {
    const { text } = await ask(url + path);
    assert.match(/<title>(.*) – Lantern Row Surgery<\/title>/.exec(text)?.[1] ?? "", title, path);
  }
});

test("large numbers are written as people read them", async (t) => {
  const { url, worklist } = await open(t);
  worklist.counts = async () => ({
    openTasks: 100_002,
    completedTasks: 1234,
    reports: 2345,
    reportsBy: noReports,
    strays: 3456,
    attention: 6006,
    attentionBy: { task: 1001, report: 2002, stray: 3003 },
  });
  const pages = await Promise.all(["/", "/reports", "/unmatched"].map(async (path) => ask(url + path)));
  const text = pages.map((page) => readable(page.text)).join(" ");
  for (const words of [
    "To do (100,002)",
    "Worklist (100,002 to do)",
    "Done (1,234)",
    "1,001 tasks",
    "All (2,345)",
    "3,003 unmatched",
  ])
    assert.ok(text.includes(words), words);
  assert.match(pages[0]?.text ?? "", /<title>\(100,002\) Worklist/);
});

test("a list without anything says what there is none of", async (t) => {
  const { url, worklist } = await open(t);
  worklist.all.length = 0;
  for (const [show, words] of [
    ["open", "There are no open tasks."],
    ["completed", "No task has been marked as done."],
    ["replaced", "No task has been replaced by a later version."],
    ["attention", "No task needs attention."],
    ["all", "No message has been received yet."],
  ]) {
    assert.match((await ask(`${url}/?show=${show}`)).text, new RegExp(words ?? ""));
  }
});

test("the worklist shows done, replaced and all tasks to who asks for them", async (t) => {
  const { url } = await open(t);
  const tasksOf = async (query: string): Promise<string[]> =>
    [...(await ask(`${url}/${query}`)).text.matchAll(/href="\/tasks\/(\d+)(?:\?from=[^"]*)?"/g)].map(
      ([, id]) => id ?? "",
    );
  assert.deepEqual(await tasksOf("?show=completed"), ["5"]);
  assert.deepEqual(await tasksOf("?show=replaced"), ["6"]);
  assert.deepEqual(await tasksOf("?show=all"), ["6", "5", "4", "3", "2", "1"]);
  assert.deepEqual(await tasksOf("?show=nonsense"), ["4", "3", "2", "1"]);
});

test("a worklist longer than a page goes on on the next", async (t) => {
  const { url, worklist } = await open(t);
  const [first] = worklist.all;
  assert.ok(first);
  for (let taskId = 100; taskId < 160; taskId += 1) worklist.all.push({ ...first, taskId });
  const { text } = await ask(url);
  const next = /href="(\/\?page=2)"/.exec(text)?.[1];
  assert.ok(next);
  const rest = await ask(url + next);
  assert.match(rest.text, /href="\/tasks\/109\?/);
  assert.match(rest.text, /href="\/tasks\/1\?/);
  assert.match(text, />\s*Next\s*</);
  assert.match(text, /Showing 1 to 50 of 64</);
  assert.doesNotMatch(rest.text, />\s*Next\s*</);
  assert.match(rest.text, />\s*Previous\s*</);
  assert.match(rest.text, /Showing 51 to 64 of 64</);
});

test("an empty worklist says what will appear there", async (t) => {
  const { url } = await open(t, { empty: true });
  assert.match((await ask(url)).text, /There are no open tasks\. A message for Lantern Row Surgery appears here/);
});

test("a task shows its subject, sender, patient, findings, answers and documents", async (t) => {
  const { url } = await open(t);
  const { text } = await ask(`${url}/tasks/1`);
  for (const words of [
    '<h1 class="nhsuk-heading-m app-subject">Consultation report for WIŚNIEWSKI',
    "Born 23 July 1991",
    "NHS number 991 260 9131",
    "Patient matched",
    "Dr Priya Raman",
    "20013 Success",
    "30001 Patient known here and registered with practice",
    "GPCM-SD-CS-027",
    "The report does not say which one it replaces.",
    'data-pdf="/tasks/1/attachments/0"',
    'src="/tasks/1/attachments/1" alt="ECG rhythm strip, lead II"',
    'href="/tasks/1/attachments/3?download"',
    'href="/tasks/1/original"',
    "20261123074122000001_0A1B2C",
    "answered 20007",
  ]) {
    assert.ok(text.includes(words), `"${words}" is missing`);
  }
});

test("who sent a confidential document is shown nowhere, in the worklist or on its task", async (t) => {
  const { url, worklist } = await open(t);
  const task = worklist.all.find(({ taskId }) => taskId === 1);
  assert.ok(task?.sender.organisation?.odsCode !== undefined && task.sender.mailboxId !== undefined);
  const { mailboxId, organisation: sending, practitioner } = task.sender;
  Object.assign(task, { confidential: true, subject: "Consultation report", findings: [] });
  worklist.all.splice(0, worklist.all.length, task);
  // As a practice gives it, and as one does that forgets to leave out who it was.
  for (const sender of [{ mailboxId }, task.sender]) {
    Object.assign(task, { sender });
    for (const path of ["/", "/tasks/1"]) {
      const { text } = await ask(url + path);
      assert.match(text, /Not shown: confidential/, path);
      for (const told of [mailboxId, sending.odsCode, sending.name, practitioner])
        assert.ok(!text.includes(told ?? "?"), `${path} ${told}`);
    }
  }
});

test("a document that arrived damaged is marked, offered for download and not shown as if it were whole", async (t) => {
  const { url, worklist } = await open(t);
  const picture = worklist.all.find(({ taskId }) => taskId === 1)?.attachments[1];
  assert.ok(picture);
  picture.damaged = true;
  const { text } = await ask(`${url}/tasks/1`);
  assert.match(text, /It arrived damaged: ask the sender for it\./);
  assert.doesNotMatch(text, /<img src="\/tasks\/1\/attachments\/1"/);
  assert.match(text, /href="\/tasks\/1\/attachments\/1\?download"/);
});

test("a document that was repaired is shown and says so, and no other does", async (t) => {
  const { url, worklist } = await open(t);
  const task = worklist.all.find(({ taskId }) => taskId === 1);
  assert.ok(task);
  const said = /How it was written into the message was wrong and has been repaired: the file is whole\./g;
  const times = async (): Promise<number> => [...(await ask(`${url}/tasks/1`)).text.matchAll(said)].length;
  assert.equal(await times(), 0);
  for (const [index, attachment] of task.attachments.slice(0, 2).entries()) {
    attachment.repaired = true;
    assert.equal(await times(), index + 1);
  }
  const { text } = await ask(`${url}/tasks/1`);
  assert.match(text, /data-pdf="\/tasks\/1\/attachments\/0"/);
  assert.match(text, /<img src="\/tasks\/1\/attachments\/1"/);
});

test("what a person must be told first stands at the top of the task, marked where it is shown, and on no other task", async (t) => {
  const { url, worklist } = await open(t);
  const task = worklist.all.find(({ taskId }) => taskId === 1);
  assert.ok(task);
  assert.doesNotMatch((await ask(`${url}/tasks/1`)).text, /cannot be shown|must look/);
  task.notices = [
    {
      kind: "modified",
      text: "Something may change it.",
      about: [
        { what: "Patient", count: 1 },
        { what: "Allergy or intolerance, reaction", count: 1200 },
      ],
    },
    {
      kind: "not-shown",
      text: "This message holds entries that cannot be shown.",
      about: [{ what: "Texts", count: 2 }],
    },
  ];
  task.modified = ["patient", "document"];
  const [report, picture] = task.attachments;
  Object.assign(picture ?? {}, { modified: true });
  Object.assign(report ?? {}, { modified: true });
  const { text } = await ask(`${url}/tasks/1`);
  const read = readable(text);
  assert.match(
    read,
    /A person must look\. Something may change it\. Patient: 1\s?Allergy or intolerance, reaction: 1,200/,
  );
  assert.match(read, /This message holds entries that cannot be shown\. Texts: 2/);
  assert.ok(text.indexOf("cannot be shown") < text.indexOf("patient-heading"));
  assert.ok(text.indexOf("must look.") < text.indexOf("cannot be shown"));
  // Beside the patient, the title and the date, the report and the picture.
  assert.equal(read.match(/A person must look(?!\.)/g)?.length, 5, read);
  const list = (await ask(url)).text;
  assert.equal(readable(list).match(/A person must look/g)?.length, 1);
  assert.equal(readable(list).match(/May mean something else/g)?.length, 1);
});

test("what a person must look at stands open and apart from the departures, of which it is none", async (t) => {
  const { url, worklist } = await open(t);
  const task = worklist.all.find(({ taskId }) => taskId === 1);
  assert.ok(task);
  task.findings.push({ id: "X:look", severity: "look", location: "Bundle", text: "It may be a picture." });
  const read = readable((await ask(`${url}/tasks/1`)).text);
  assert.match(
    read,
    /For a person to look at \(1\) .* Look It may be a picture\..* Departures from the requirements \(2\)/s,
  );
  assert.match(read, /and does not change what the report says/);
  const { text } = await ask(`${url}/tasks/1`);
  assert.doesNotMatch(text.slice(text.indexOf("look-heading"), text.indexOf("It may be a picture.")), /<details/);
  task.findings = task.findings.filter(({ severity }) => severity === "look");
  const alone = readable((await ask(`${url}/tasks/1`)).text);
  assert.doesNotMatch(alone, /supplier to mend|does not change/);
});

test("a page does not say that departures leave the report as it is where something may change what it says", async (t) => {
  const { url, worklist } = await open(t);
  const task = worklist.all.find(({ taskId }) => taskId === 1);
  assert.ok(task);
  task.notices = [{ kind: "modified", text: "Something may change it.", about: [{ what: "Patient", count: 1 }] }];
  assert.doesNotMatch((await ask(`${url}/tasks/1`)).text, /does not change what the report says/);
});

test("a message with thousands of documents is shown a page of them at a time, its report on each", async (t) => {
  const { url, worklist } = await open(t);
  const task = worklist.all.find(({ taskId }) => taskId === 1);
  assert.ok(task);
  const letter = { contentType: "application/pdf", bytes: 5, primary: false };
  for (let count = 1; count <= 2996; count += 1) task.attachments.push({ title: `Letter ${count}`, ...letter });
  let links = 0;
  for (let path = "/tasks/1?from=%2F%3Fshow%3Dall"; path !== "";) {
    const { text } = await ask(url + path);
    const shown = text.match(/<li class="app-document">/g)?.length ?? 0;
    assert.ok(shown > 0 && shown <= 50, path);
    assert.ok(text.length < 80_000, `${path}: ${text.length}`);
    assert.match(text, /Attachments \(2,999\)/);
    assert.match(text, /data-pdf="\/tasks\/1\/attachments\/0"/);
    links += shown;
    path = (/href="([^"]*)#documents-heading" rel="next"/.exec(text)?.[1] ?? "").replaceAll("&amp;", "&");
    assert.ok(path === "" || path.endsWith("&from=%2F%3Fshow%3Dall"));
  }
  assert.equal(links, 2999);
  const last = (await ask(`${url}/tasks/1?documents=2950`)).text;
  assert.match(last, /href="\/tasks\/1\/attachments\/2999\?download"/);
  assert.match(last, /Shown: 2,951 to 2,999 of 2,999\./);
  for (const odd of ["7", "99999", "x", "-1"])
    assert.match((await ask(`${url}/tasks/1?documents=${odd}`)).text, /Shown: 1 to 50 of 2,999\./, odd);
});

test("a message that was not accepted or was set aside says why", async (t) => {
  const { url } = await open(t);
  assert.match((await ask(`${url}/tasks/3`)).text, /The message header could not be read\./);
  const aside = (await ask(`${url}/tasks/4`)).text;
  assert.match(readable(aside), /It is not written as messages .* technical words This is not an ITK3 message\./);
  assert.match(aside, /Unknown sender/);
  assert.match(aside, /The message names no patient that could be read\./);
});

test("a message that the chosen strictness refused says so, shows no document, and says how it may come again", async (t) => {
  const { url, worklist } = await open(t);
  const refused = worklist.all.find(({ taskId }) => taskId === 3);
  assert.ok(refused);
  const chosen = /It breaks a requirement, and your organisation refuses such messages\./;
  assert.doesNotMatch((await ask(`${url}/tasks/3`)).text, chosen);
  Object.assign(refused, { refusedFor: "strictness", reason: "A requirement is broken.", attachments: [] });
  const { text } = await ask(`${url}/tasks/3`);
  assert.match(text, chosen);
  for (const words of [
    "Not accepted",
    "A requirement is broken.",
    "Once its sender has put it right it may come again, as a task like any other.",
    "The sender’s system is told that it was not accepted.",
    "None is shown, because your organisation refuses messages that break a requirement.",
    "Download the message as it was received",
  ]) {
    assert.ok(text.includes(words), words);
  }
});

test("a message of a kind that is not taken says so, shows its document, and whether its sender knows", async (t) => {
  const { url, worklist } = await open(t);
  const refused = worklist.all.find(({ taskId }) => taskId === 3);
  const document = worklist.all.find(({ attachments }) => attachments.length > 0);
  assert.ok(refused && document);
  const { attachments } = document;
  const reason = "This organisation does not take online consultation reports.";
  Object.assign(refused, { refusedFor: "not-taken", reason, attachments });
  const { text } = await ask(`${url}/tasks/3`);
  for (const words of [
    "Not taken",
    reason,
    "It is of a kind that your organisation does not take.",
    "The sender’s system is told that it was not taken.",
  ])
    assert.ok(text.includes(words), words);
  assert.match(text, /\/tasks\/3\/attachments\/0/);
  assert.doesNotMatch(text, /If a document was expected/);
  assert.match((await ask(`${url}/?show=all`)).text, />\s*Not taken\s*</);
  refused.responses = [];
  const untold = (await ask(`${url}/tasks/3`)).text;
  assert.match(untold, /The sender asked for no answer and does not know\. Tell them that you did not take it\./);
});

test("what replaces, came again or may be a duplicate is tagged in the list and on its page, which leads to those that are like it", async (t) => {
  const { url, worklist } = await open(t);
  const tagged = async (path: string): Promise<string[]> => {
    const { text } = await ask(url + path);
    return ["Replacement", "Duplicate", "Potential duplicate"].filter((tag) =>
      new RegExp(`>\\s*${tag}\\s*</strong>`).test(text),
    );
  };
  assert.deepEqual(await tagged("/"), ["Duplicate", "Potential duplicate"]);
  assert.deepEqual(await tagged("/tasks/1"), ["Duplicate", "Potential duplicate"]);
  assert.deepEqual(await tagged("/?show=completed"), ["Replacement", "Potential duplicate"]);
  assert.deepEqual(await tagged("/tasks/5"), ["Replacement", "Potential duplicate"]);
  assert.deepEqual(await tagged("/tasks/4"), []);
  const one = (await ask(`${url}/tasks/1`)).text;
  assert.match(readable(one), /came again on 23 November 2026 at 9am\. .* Another message has the same patient/);
  assert.match(one, /<a class="app-target" href="\/tasks\/5">Compare with task 5<\/a>/);
  worklist.all.find(({ taskId }) => taskId === 1)?.alike.push(6);
  const two = (await ask(`${url}/tasks/1`)).text;
  assert.match(two, /Other messages have the same patient, encounter and content as this one/);
  assert.match(two, /Compare with task 5<\/a>[\s\S]*Compare with task 6<\/a>/);
  assert.doesNotMatch((await ask(`${url}/tasks/4`)).text, /Compare with/);
});

test("a replaced task leads to the later version", async (t) => {
  const { url } = await open(t);
  assert.match((await ask(`${url}/tasks/6`)).text, /<a href="\/tasks\/5">Open the later version<\/a>/);
});

test("what a sender wrote is shown as text and never as part of the page", async (t) => {
  const { url } = await open(t);
  for (const path of ["/", "/tasks/1", "/tasks/2", "/reports", `/reports/${headerIds.held}`, "/unmatched"]) {
    const { text } = await ask(url + path);
    assert.ok(!text.includes("<script>alert"), path);
    assert.ok(!text.includes("7777777"), `${path}: a template in a text was worked out`);
    assert.match(text, /&lt;script&gt;alert\(&quot;x&quot;\)&lt;\/script&gt;&#39;&quot;&amp;\{\{7\*1111111\}\}/, path);
  }
});

test("a task that is not there is a page that says so", async (t) => {
  const { url } = await open(t);
  for (const path of [
    "/tasks/99",
    "/tasks/abc",
    "/tasks/-1",
    "/tasks/99/attachments/0",
    "/tasks/1/attachments/9",
    "/tasks/2/original",
    "/x",
  ]) {
    const { status, text } = await ask(url + path);
    assert.equal(status, 404, path);
    assert.match(text, /Page not found/, path);
  }
});

test("a document is sent as what it is by its content, under a name without patient details", async (t) => {
  const { url } = await open(t);
  const read = (path: string) => ask(url + path);
  const pdf = await read("/tasks/1/attachments/0");
  assert.equal(pdf.headers["content-type"], "application/pdf");
  assert.equal(pdf.headers["content-disposition"], 'inline; filename="task-1-document-1.pdf"');

  const png = await read("/tasks/1/attachments/1");
  assert.equal(png.headers["content-type"], "image/png");
  assert.match(String(png.headers["content-security-policy"]), /sandbox/);
  assert.deepEqual(png.bytes, readFileSync(new URL("../../../examples/ecg-rhythm-strip.png", import.meta.url)));

  const download = await read("/tasks/1/attachments/0?download");
  assert.equal(download.headers["content-disposition"], 'attachment; filename="task-1-document-1.pdf"');
});

test("a document that claims to be a picture and is a web page is only ever downloaded", async (t) => {
  const { url } = await open(t);
  for (const index of [2, 3]) {
    const { headers } = await ask(`${url}/tasks/1/attachments/${index}`);
    assert.equal(headers["content-type"], "application/octet-stream");
    assert.equal(headers["content-disposition"], `attachment; filename="task-1-document-${index + 1}.bin"`);
    assert.equal(headers["x-content-type-options"], "nosniff");
  }
  const original = await ask(`${url}/tasks/1/original`);
  assert.equal(original.headers["content-type"], "application/octet-stream");
  assert.equal(original.headers["content-disposition"], 'attachment; filename="task-1-original.dat"');
});

test("a task is marked as done by its form, and its page then says so", async (t) => {
  const { url, worklist } = await open(t);
  const form = formOf((await ask(`${url}/tasks/1`)).text, "/tasks/1/complete");
  const answer = await submit(`${url}/tasks/1/complete`, form);
  assert.equal(answer.status, 303);
  assert.deepEqual(worklist.calls, ["complete 1"]);
  const { text } = await ask(url + String(answer.headers["location"]));
  assert.match(text, /Task marked as done\./);
  assert.match(text, /nhsuk-notification-banner--success/);
  assert.match(text, />\s*Done\s*<\/strong>/);
  assert.doesNotMatch(text, /Mark as done/);
});

test("a person's answer to the sender is sent by its form", async (t) => {
  const { url, worklist } = await open(t);
  const page = (await ask(`${url}/tasks/2`)).text;
  assert.match(page, /What will you answer the sender\?/);
  const form = formOf(page, "/tasks/2/decide");
  const answer = await submit(`${url}/tasks/2/decide`, { ...form, code: "30016" });
  assert.equal(answer.status, 303);
  assert.deepEqual(worklist.calls, ["decide 2 30016"]);
});

test("an answer that was not chosen is asked for again, and one that does not fit is refused", async (t) => {
  const { url, worklist } = await open(t);
  const form = formOf((await ask(`${url}/tasks/2`)).text, "/tasks/2/decide");
  const none = await submit(`${url}/tasks/2/decide`, form);
  assert.equal(none.status, 400);
  assert.match(none.text, /<title>Error: /);
  assert.match(none.text, /<a href="#code">\s*Choose the answer to send\s*<\/a>/);
  assert.match(none.text, /id="code"/);
  assert.match(none.text, /<div role="alert">\s*<h2 class="nhsuk-error-summary__heading">\s*There is a problem/);
  assert.equal((await submit(`${url}/tasks/2/decide`, { ...form, code: "30001" })).status, 409);
  assert.deepEqual(worklist.calls, []);
});

test("an answer that is held is sent again by its form, and no other is", async (t) => {
  const { url, worklist } = await open(t);
  const action = `/tasks/2/responses/${headerIds.heldResponse}/send-again`;
  const form = formOf((await ask(`${url}/tasks/2`)).text, action);
  assert.equal((await submit(url + action, form)).status, 303);
  assert.deepEqual(worklist.calls, [`send again ${headerIds.heldResponse}`]);
  const other = `/tasks/2/responses/${headerIds.held}/send-again`;
  assert.equal((await submit(url + other, form)).status, 403);
});

test("a subject is never put into the address or the file name of anything", async (t) => {
  const { url } = await open(t);
  const { text } = await ask(`${url}/tasks/2`);
  for (const [, address] of text.matchAll(/(?:href|src|action)="([^"]*)"/g)) {
    assert.ok(!decodeURIComponent(address ?? "").includes(hostile.slice(0, 8)), address);
  }
});

async function open(t: TestContext, options = {}): Promise<{ url: string; worklist: SampleWorklist }> {
  const worklist = sampleWorklist(options);
  const pages = await openPages(t, { worklist, organisation });
  return { url: pages.url, worklist };
}
