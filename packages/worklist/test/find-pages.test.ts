import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { PracticeError } from "@restante/practice";
import { ask, formOf, readable, submit, type Answer } from "../../web/test/http.ts";
import { nameInRow, taskName } from "../src/words.ts";
import { readDay } from "../src/find-form.ts";
import { openPages } from "./open-pages.ts";
import { openSecurePages } from "./secure-pages.ts";
import { hostile } from "./sample-things.ts";
import { organisation, sampleWorklist, type SampleWorklist } from "./sample-worklist.ts";

const tasksIn = (text: string): string[] => [...text.matchAll(/<a href="\/tasks\/(\d+)/g)].map(([, id]) => id ?? "");

async function open(t: TestContext): Promise<{
  url: string;
  worklist: SampleWorklist;
  find: (fields: Record<string, string>) => Promise<Answer>;
}> {
  const worklist = sampleWorklist();
  const { url } = await openPages(t, { worklist, organisation });
  const find = async (fields: Record<string, string>): Promise<Answer> => {
    const { token } = formOf((await ask(url)).text, "/find");
    return submit(`${url}/find`, { token, ...fields });
  };
  return { url, worklist, find };
}

test("what is searched for is in no address, and its page has filters, order and pages of its own", async (t) => {
  const { url, worklist, find } = await open(t);
  const [first] = worklist.all;
  assert.ok(first);
  for (let taskId = 100; taskId < 160; taskId += 1) worklist.all.push({ ...first, taskId, state: "completed" });
  const answer = await find({ text: " WIŚNIEWSKI ", "for.action": "yes" });
  assert.equal(answer.status, 303);
  const address = String(answer.headers["location"]);
  assert.match(address, /^\/found\/[\w-]{22}\?for=action$/);
  const { text } = await ask(url + address);
  assert.equal(tasksIn(text).length, 50);
  assert.match(text, /<title>\(4\) Tasks found \(page 1 of 2\), filtered –|<title>\(4\) Tasks found, filtered –/);
  assert.doesNotMatch(/<title>(.*)<\/title>/.exec(text)?.[1] ?? "", /WIŚ/);
  assert.match(text, /Showing 1 to 50 of 61</);
  assert.match(text, /name="text"[^>]*value="WIŚNIEWSKI"|value="WIŚNIEWSKI"[^>]*name="text"/);
  const found = address.split("?")[0] ?? "";
  for (const href of ["&amp;page=2", "&amp;sort=patient"]) assert.ok(text.includes(`href="${address}${href}"`), href);
  assert.ok(text.includes(`href="${found}"><span class="nhsuk-u-visually-hidden">Remove </span>For action`));
  assert.ok(
    text.includes('href="/?for=action"><span class="nhsuk-u-visually-hidden">Remove </span>Search: WIŚNIEWSKI'),
  );
  assert.ok(text.includes(`href="${found}?show=open&amp;for=action"`), "what is to do of it");
  assert.deepEqual(tasksIn((await ask(`${url}${found}?show=open`)).text), ["1"]);
  const from = `${address}&page=2`;
  assert.ok((await ask(url + from)).text.includes(`href="/tasks/1?from=${encodeURIComponent(from)}"`));
  const task = (await ask(`${url}/tasks/1?from=${encodeURIComponent(from)}`)).text;
  assert.match(
    task,
    /<a class="nhsuk-back-link" href="\/found\/[\w-]{22}\?for=action&amp;page=2">\s*Back to the tasks found/,
  );
  const { token, version } = formOf(task, "/tasks/1/complete");
  const done = await submit(`${url}/tasks/1/complete`, { token, version, from });
  assert.equal(done.headers["location"], `${from}&done=completed&item=%2Ftasks%2F1`);
});

test("a form without a text is a list with an address, in which each filter is shown and can be taken away by itself", async (t) => {
  const { url, find } = await open(t);
  const fields = {
    "for.action": "yes",
    "flag.duplicate": "yes",
    "flag.replacement": "yes",
    "match.known": "yes",
    sender: "Y99001",
    since: "1 nov 2026",
    until: "23/11/2026",
    show: "all",
    sort: "oldest",
  };
  const address = String((await find(fields)).headers["location"]);
  const query =
    "show=all&for=action&match=known&flag=replacement.duplicate&sender=Y99001&since=2026-11-01&until=2026-11-23&sort=oldest";
  assert.equal(address, `/?${query}`);
  const { text } = await ask(url + address);
  assert.deepEqual(tasksIn(text), ["1"]);
  const chips = [
    ...text.matchAll(/class="app-chosen__one" href="([^"]*)"><span class="[^"]*">Remove <\/span>(.*?) <span/g),
  ];
  assert.deepEqual(
    chips.map(([, href = "", words]) => [words, href.replaceAll("&amp;", "&")]),
    [
      ["For action", `/?${query.replace("for=action&", "")}`],
      ["Patient matched", `/?${query.replace("match=known&", "")}`],
      ["Replacement", `/?${query.replace("replacement.", "")}`],
      ["Duplicate", `/?${query.replace(".duplicate", "")}`],
      ["From Exampleton GP Federation", `/?${query.replace("sender=Y99001&", "")}`],
      ["Received from 1 November 2026", `/?${query.replace("since=2026-11-01&", "")}`],
      ["Received until 23 November 2026", `/?${query.replace("until=2026-11-23&", "")}`],
    ],
  );
  assert.match(text, /name="for\.action"[^>]*checked/);
  assert.match(text, /id="since"[^>]*value="1\/11\/2026"/);
  // Such as an address of old, or one that somebody wrote.
  for (const odd of [
    "?for=everything&kind=x&sender=9912609131&since=2026-02-30&sort=x&page=0&text=WIŚNIEWSKI",
    "?for=action&for=x",
  ])
    assert.equal(tasksIn((await ask(`${url}/${odd}`)).text).length, 4, odd);
});

test("a list that nothing is in says what was searched for, and how to find more", async (t) => {
  const { url, find } = await open(t);
  const found = async (fields: Record<string, string>): Promise<string> =>
    readable((await ask(url + String((await find(fields)).headers["location"]))).text);
  const none = await found({ text: "Nobody 991 260 9132", "for.action": "yes", show: "open" });
  for (const words of [
    "No tasks found",
    "991 260 9132 is not a valid NHS number. Check its figures.",
    "No task in “To do” has all of “Nobody 991 260 9132” and fits the filters that are selected.",
    "Look in all tasks",
    "Search without the filters",
    "Search for less",
  ])
    assert.ok(none.includes(words), words);
  assert.match(await found({ text: "Nobody 12/03" }), /Write 12\/03 with its year, such as 12\/3\/1980\./);
  assert.doesNotMatch(await found({ text: "Nobody 12/03/1980" }), /with its year/);
  const filtered = await found({ "flag.duplicate": "yes", "kind.set-aside": "yes" });
  assert.match(filtered, /No task in “To do” has what the filters that are selected ask for\./);
  assert.doesNotMatch(filtered, /Search for less|not a valid/);
  assert.ok((await found({ text: hostile.slice(0, 20).replace("<script>", "<script>no") })).includes("No tasks found"));
});

test("a search with a mistake says what it is beside its field, keeps what was typed and finds nothing", async (t) => {
  const { worklist, find } = await open(t);
  const tasks = worklist.tasks.bind(worklist);
  worklist.tasks = async (list) => {
    if ((list.query?.text ?? "").length > 200) throw new PracticeError("search-too-long", "Too long.");
    return tasks(list);
  };
  const { status, text } = await find({ text: "x".repeat(201), since: "31/2/2026", until: "yesterday" });
  assert.equal(status, 400);
  assert.match(text, /<title>Error: /);
  for (const [field, words] of [
    ["text", "Search for 10 words or fewer, of 200 characters in all"],
    ["since", "‘Received from’ must be a real date, such as 27/3/2026"],
    ["until", "‘Received until’ must be a real date, such as 27/3/2026"],
  ]) {
    assert.match(text, new RegExp(`href="#${field}"[^>]*>\\s*${words}\\s*</a>`));
    assert.match(text, new RegExp(`id="${field}-error"`));
  }
  assert.match(text, /value="31\/2\/2026"/);
  const other = await find({ since: "2/1/2026", until: "1/1/2026" });
  assert.match(other.text, /‘Received until’ must be the same as or after ‘Received from’/);
  for (const [written, day] of [
    ["27/3/2026", "2026-03-27"],
    ["27 March 2026", "2026-03-27"],
    ["7-mar-2026", "2026-03-07"],
    ["2026-3-7", "2026-03-07"],
    ["29/2/2026", undefined],
    ["3/27/2026", undefined],
    ["27 foo 2026", undefined],
    ["tomorrow", undefined],
  ] as const)
    assert.equal(readDay(written), day, written);
});

test("a row of a task that is done says where its sender still waits for the answer of a person", async (t) => {
  const worklist = sampleWorklist();
  const { url } = await openPages(t, { worklist, organisation });
  const task = worklist.all.find(({ taskId }) => taskId === 2);
  assert.ok(task);
  const done = async (): Promise<string> => readable((await ask(`${url}/?show=completed`)).text);
  assert.doesNotMatch(await done(), /Nobody has answered the sender/);
  Object.assign(task, { state: "completed", completedAt: task.receivedAt });
  assert.equal((await done()).split("Nobody has answered the sender").length, 2);
});

test("a row says when the patient was seen, and the task's page when the document was made too", async (t) => {
  const { url } = await openPages(t, { worklist: sampleWorklist(), organisation });
  assert.match(readable((await ask(url)).text), /Consultation on 19 November 2026/);
  assert.match(
    readable((await ask(`${url}/tasks/1`)).text),
    /Consultation on 19 November 2026\. Document made 23 November 2026\./,
  );
});

test("a search is of the sign-in that searched, and the audit has which tasks it found, not what was typed", async (t) => {
  const { signedIn, access } = await openSecurePages(t);
  const clinician = await signedIn("clinician");
  const posted = await clinician.fill("/", "/find", { text: "WIŚNIEWSKI" });
  const address = String(posted.headers["location"]);
  assert.deepEqual(tasksIn((await clinician.get(address)).text), ["1"]);
  const rows = access.audit.find({ limit: 2 }).rows;
  assert.deepEqual(
    rows.map(({ act, outcome, subjects }) => [act, outcome, subjects]),
    [
      ["search", "done", ["task:1"]],
      ["search", "asked", []],
    ],
  );
  assert.doesNotMatch(JSON.stringify(rows), /WI/);
  const other = await (await signedIn("read-only")).get(address);
  assert.equal(other.status, 404);
  assert.doesNotMatch(other.text, /WIŚNIEWSKI/);
});

test("who has a row read out hears each thing of it once, and whose it is of each link and box", async (t) => {
  const { url } = await open(t);
  const { text } = await ask(url);
  const row = text.split("<tr ").find((one) => one.includes('href="/tasks/1"')) ?? "";
  const heard = readable(row.replaceAll(/<span [^>]*aria-hidden="true">[^<]*<\/span>/g, " "));
  for (const [once, times] of [
    [/991 ?260 ?9131/g, 1],
    [/Exampleton GP Federation/g, 1],
    [/Y99001/g, 1],
    [/Version 1/g, 1],
    [/WIŚNIEWSKI, Łukasz \(Mr\)/g, 3],
  ] as const)
    assert.equal(heard.match(once)?.length, times, `${once} in: ${heard}`);
  const whose = "Consultation report for WIŚNIEWSKI, Łukasz (Mr)";
  assert.ok(heard.includes(`Choose ${whose} ${whose} Consultation on`), heard);
});

test("a row says each thing once: a subject is without what the row shows, unless it says another thing", () => {
  const task = {
    kind: "document",
    subject:
      "Consultation report for WIŚNIEWSKI, Łukasz (Mr), NHS Number 9912609131, seen at Exampleton, ODS Code Y99001, Version 2",
    title: "A title",
    patient: { outcome: "known", name: "WIŚNIEWSKI, Łukasz (Mr)", nhsNumber: "9912609131" },
    sender: { organisation: { name: "Exampleton", odsCode: "Y99001" } },
  } as const;
  const { text, said, version } = nameInRow(task);
  assert.deepEqual([text, version], ["Consultation report", "2"]);
  assert.equal(text + said, "Consultation report for WIŚNIEWSKI, Łukasz (Mr)");
  const online = "Online consultation report for Mr Łukasz Wiśniewski, NHS Number 991 260 9131, ODS Code Y99001";
  assert.equal(nameInRow({ ...task, subject: online }).text, "Online consultation report");
  for (const other of [
    { patient: { ...task.patient, name: "WIŚNIEWSKI, Łucja (Ms)" } },
    { patient: { ...task.patient, nhsNumber: "9912830164" } },
    { patient: { outcome: "not-checked" as const } },
    { sender: { organisation: { name: "Exampleton", odsCode: "Y99003" } } },
    { sender: { organisation: { name: "Elsewhere", odsCode: "Y99001" } } },
    { confidential: true },
    { subject: `${task.subject}, and more` },
    { subject: hostile },
  ]) {
    const told = { ...task, ...other };
    assert.deepEqual(nameInRow(told), { text: told.subject }, JSON.stringify(other));
  }
  assert.equal(taskName({ ...task, subject: "" }), "A title");
  assert.equal(taskName({ kind: "document", subject: "" }), "Document without a subject");
  assert.equal(taskName({ kind: "set-aside", subject: "" }), "Message without a subject");
  const long = `Consultation report for ${"a, ".repeat(5000)}`;
  assert.deepEqual(nameInRow({ ...task, subject: long }), { text: long });
});
