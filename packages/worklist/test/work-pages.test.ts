import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { formOf, ask, readable, submit } from "../../web/test/http.ts";
import { openPages } from "./open-pages.ts";
import { hostile } from "./sample-things.ts";
import { organisation, sampleWorklist, type SampleWorklist } from "./sample-worklist.ts";
import { openSecurePages } from "./secure-pages.ts";

test("a person takes a task, gives it to a team, hands it back, and says how soon it is due", async (t) => {
  const { worklist, send, read } = await open(t);
  for (const [form, said] of [
    [{ to: "me" }, "Assigned to this computer"],
    [{ to: "team:Prescribing" }, "Assigned to Prescribing (team)"],
    [{ to: "nobody" }, "Assigned to nobody"],
  ] as const) {
    assert.equal((await send("/tasks/1", "assign", form)).status, 303);
    assert.ok((await read("/tasks/1")).includes(said), said);
  }
  const day = { day: "4", month: "12", year: "2026" };
  assert.equal((await send("/tasks/1", "prioritise", { priority: "urgent", ...day })).status, 303);
  assert.match(await read("/tasks/1"), /Urgent.*Due 4 December 2026/);
  assert.deepEqual(worklist.calls, [
    "assign 1 person this-computer",
    "assign 1 team Prescribing",
    "assign 1 nobody",
    "prioritise 1 urgent 2026-12-04",
  ]);
});

test("what a form lacks is said at its field, with what was filled in, and nothing is done", async (t) => {
  const { worklist, send } = await open(t);
  for (const [action, form, problem, field] of [
    ["complete", { choose: "yes" }, "Choose why it is done", "reason"],
    ["complete", { choose: "yes", reason: "drunk" }, "Choose why it is done", "reason"],
    ["complete", { choose: "yes", reason: "other", note: " " }, "Enter a note that says why it is done", "done-note"],
    ["assign", { to: "" }, "Choose who is to deal with it", "to"],
    ["assign", { to: "team:Nobody knows" }, "Choose who is to deal with it", "to"],
  ] as const) {
    const { status, text } = await send("/tasks/1", action, form);
    assert.equal(status, 400, problem);
    assert.match(text, /<title>Error: /);
    assert.match(text, new RegExp(`<a href="#${field}">\\s*${problem}\\s*</a>`), problem);
    assert.match(text, new RegExp(`<(?:input|select)[^>]* id="${field}"`));
    assert.match(text, /<details[^>]* open>/);
  }
  assert.deepEqual(worklist.calls, []);
});

test("a comment and a note of hostile letters are shown as text, line by line, and are not lost to a change meanwhile", async (t) => {
  const { worklist, send, read, url } = await open(t);
  const note = `${hostile}\n\u202e{% raw %}`;
  assert.equal((await send("/tasks/1", "comment", { comment: note })).status, 303);
  const { text } = await ask(`${url}/tasks/1`);
  assert.ok(!text.includes("<script>alert"));
  assert.match(text, /app-written">&lt;script&gt;/);
  assert.ok((await read("/tasks/1")).includes("Commented by this computer"));

  const form = formOf((await ask(`${url}/tasks/1`)).text, "/tasks/1/comment");
  worklist.all[0]!.version += 1;
  const late = await submit(`${url}/tasks/1/comment`, { ...form, comment: note });
  assert.equal(late.status, 409);
  assert.match(readable(late.text), /so your comment was not added\./);
  assert.match(late.text, /<textarea[^>]*>&lt;script&gt;/);
});

test("a task is done for a reason, and the next of the list that the person came from is opened", async (t) => {
  const { worklist, send, url } = await open(t);
  const { headers } = await send("/tasks/3", "complete", { reason: "nothing-to-do", open: "next", from: "/" });
  assert.equal(headers["location"], "/tasks/2?done=completed&item=%2Ftasks%2F3&from=%2F");
  const { text } = await ask(url + headers["location"]);
  assert.match(readable(text), /Task marked as done\. Open it, to see it or undo this/);
  // The last one leads back to the list.
  const last = await send("/tasks/1", "complete", { reason: "filed", open: "next", from: "/" });
  assert.match(String(last.headers["location"]), /^\/\?done=completed/);
  assert.deepEqual(worklist.calls, ["complete 3 nothing-to-do", "complete 1 filed"]);
  // As a link, in the order and with the filter of the list.
  for (const [page, next] of [
    ["/tasks/4", "/tasks/2"],
    ["/tasks/6?from=/?show=all", "/tasks/5?from=%2F%3Fshow%3Dall"],
    ["/tasks/2?from=/?show=all", "/tasks/1?from=%2F%3Fshow%3Dall"],
  ] as const) {
    assert.ok((await ask(url + page)).text.includes(`href="${next}">Next task in this list<`), page);
  }
  for (const page of ["/tasks/1?from=/?show=all", "/tasks/2?from=/reports", "/tasks/5"]) {
    assert.doesNotMatch((await ask(url + page)).text, /Next task in this list/, page);
  }
});

test("several tasks at once are each done as they were shown; what changed meanwhile is told by task, and nothing of it overwritten", async (t) => {
  const { worklist, url, read } = await open(t);
  const list = await ask(url);
  for (const id of [1, 2, 3]) assert.ok(list.text.includes(`form="several" name="task" value="${id}"`), String(id));
  const chosen = `${url}/several?task=1&task=2&task=3&from=%2F%3Fshow%3Dall`;
  const page = (await ask(chosen)).text;
  const carried = Object.fromEntries(
    [...page.split('action="/several/complete"')[1]!.matchAll(/name="(task-\d+)" value="(\d+)"/g)].map(
      ([, name, value]) => [name, value!],
    ),
  );
  assert.deepEqual(Object.keys(carried).toSorted(), ["task-1", "task-2", "task-3"]);
  const { token } = formOf(page, "/several/complete");
  const form = { token, ...carried, from: "/?show=all" };
  const none = await submit(`${url}/several/complete`, form);
  assert.equal(none.status, 400);
  assert.match(none.text, /<a href="#reason">\s*Choose why it is done/);
  const long = await submit(`${url}/several/complete`, { ...form, reason: "passed-on", note: "x".repeat(501) });
  assert.equal(long.status, 400);
  assert.match(long.text, /<a href="#done-note">\s*The note must be 500 characters or fewer/);
  assert.deepEqual(worklist.calls, []);
  worklist.all[1]!.version += 1;
  const some = await submit(`${url}/several/complete`, { ...form, reason: "passed-on", note: "To the hub" });
  assert.equal(some.status, 409);
  assert.deepEqual(worklist.calls, ["complete 1 passed-on To the hub", "complete 3 passed-on To the hub"]);
  const text = readable(some.text);
  assert.match(
    text,
    /2 tasks were dealt with\. One has changed since you opened this page, so nothing was done to it\./,
  );
  // What is left is there to be done again, as it is now and with what was filled in.
  assert.match(some.text, /name="task-2" value="2"/);
  assert.doesNotMatch(some.text, /name="task-1"/);
  assert.match(some.text, /value="passed-on" checked/);
  const rest = formOf(some.text, "/several/assign");
  const given = await submit(`${url}/several/assign`, { token: rest.token, "task-2": "2", to: "team:Prescribing" });
  assert.deepEqual([given.status, given.headers["location"]], [303, "/?done=several-assign"]);
  assert.equal(worklist.calls.at(-1), "assign 2 team Prescribing");
  assert.match(await read("/several"), /No task chosen/);
  assert.match(await read("/several?task=0&task=x&task=99&task=1&task=1"), /1 task chosen/);
});

test("tasks are given to those who may act, by the names that they have now, and to nobody else", async (t) => {
  const { signedIn, worklist, access } = await openSecurePages(t);
  const browser = await signedIn("clinician");
  const { text } = await browser.get("/tasks/1");
  const offered = [...text.matchAll(/<option value="([^"]+)"[^>]*>([^<]+)</g)].map(([, value, name]) => [value, name]);
  const id = (name: string): string => access.users.findByName(name)?.id ?? "";
  for (const one of ["administrator", "clinician"]) {
    assert.deepEqual(
      offered.filter(([, name]) => name === `The ${one}`),
      [[`person:${id(one)}`, `The ${one}`]],
    );
  }
  const form = formOf(text, "/tasks/1/assign");
  for (const one of ["read-only", "auditor"]) {
    assert.ok(!text.includes(id(one)), one);
    assert.equal((await browser.post("/tasks/1/assign", { ...form, to: `person:${id(one)}` })).status, 400);
  }
  assert.equal((await browser.post("/tasks/1/assign", { ...form, to: `person:${id("administrator")}` })).status, 303);
  assert.deepEqual(worklist.calls, [`assign 1 person ${id("administrator")}`]);
  const [row] = access.audit.find({ act: "assign", limit: 1 }).rows;
  assert.deepEqual([row?.actor, row?.outcome, row?.subjects], [id("clinician"), "asked", ["task:1"]]);
  const several = formOf((await browser.get("/several?task=2&task=3")).text, "/several/assign");
  await browser.post("/several/assign", { ...several, "task-2": "1", "task-3": "1", to: "me" });
  const [both] = access.audit.find({ act: "assign", limit: 1 }).rows;
  assert.deepEqual([both?.outcome, both?.subjects.toSorted()], ["asked", ["task:2", "task:3"]]);
  assert.deepEqual(worklist.calls.slice(1), [
    `assign 2 person ${id("clinician")}`,
    `assign 3 person ${id("clinician")}`,
  ]);
});

test("one patient's messages are together on a page whose address and title name nobody, and each of them is in the audit", async (t) => {
  const { signedIn, worklist, access } = await openSecurePages(t);
  worklist.all[4]!.patient.nhsNumber = worklist.all[0]!.patient.nhsNumber!;
  const browser = await signedIn("read-only");
  assert.match((await browser.get("/tasks/1")).text, /href="\/tasks\/1\/patient"/);
  const { text } = await browser.get("/tasks/1/patient?from=/?show=all");
  assert.match(readable(text), /2 messages have this NHS number/);
  assert.match(text, /<title>Messages about the patient of message 1 /);
  assert.match(text, /href="\/tasks\/5\?from=%2F%3Fshow%3Dall"/);
  const [row] = access.audit.find({ act: "list", limit: 1 }).rows;
  assert.deepEqual([row?.outcome, row?.subjects.toSorted()], ["done", ["task:1", "task:5"]]);
  assert.equal((await browser.get("/tasks/99/patient")).status, 404);
  assert.match(readable((await browser.get("/tasks/3/patient")).text), /no NHS number that could be read/);
});

test("where tasks are brought together each says whether it may be a duplicate, and what its patient is", async (t) => {
  const { worklist, read } = await open(t);
  const [task] = worklist.all;
  Object.assign(task ?? {}, { flags: ["potential-duplicate"] });
  Object.assign(task?.patient ?? {}, { outcome: "doubtful" });
  for (const page of ["/several?task=1&from=%2F", "/tasks/1/patient"]) {
    const text = await read(page);
    for (const said of ["To be matched", "Potential duplicate", "Consultation on 19 November 2026"]) {
      assert.ok(text.includes(said), `${page}: ${said}`);
    }
  }
});

test("what was told to be sent is taken back while it waits, and what has left says that it cannot be", async (t) => {
  const { worklist, url, read } = await open(t);
  const [answer] = worklist.all[4]!.responses;
  const address = `/tasks/5/responses/${answer?.headerId}/take-back`;
  const page = (await ask(`${url}/tasks/5`)).text;
  assert.match(
    readable(page),
    /It is not sent before 23 November 2026 at 7:41:53am\. Until it leaves you can take it back\./,
  );
  const form = formOf(page, address);
  const { headers } = await submit(url + address, form);
  assert.equal(headers["location"], "/tasks/5?done=taken-back");
  assert.deepEqual(worklist.calls, [`take back ${answer?.headerId}`]);
  const late = await submit(url + address, { ...form, version: String(worklist.all[4]!.version) });
  assert.equal(late.status, 409);
  assert.match(readable(late.text), /It has left, or is leaving, so it could not be taken back\./);
  Object.assign(answer!, { state: "sent" });
  assert.match(await read("/tasks/5"), /It has left, and cannot be taken back\./);
  // A second form, after the first has taken the answer away.
  worklist.all[4]!.responses = [];
  const gone = await submit(url + address, form);
  assert.equal(gone.status, 409);
  assert.match(readable(gone.text), /so nothing was taken back\./);
});

interface Open {
  url: string;
  worklist: SampleWorklist;
  send: (page: string, action: string, fields: Record<string, string>) => ReturnType<typeof submit>;
  read: (page: string) => Promise<string>;
}

async function open(t: TestContext): Promise<Open> {
  const worklist = sampleWorklist();
  const { url } = await openPages(t, { worklist, organisation, teams: ["Prescribing"] });
  return {
    url,
    worklist,
    async send(page, action, fields) {
      const address = `${page}/${action}`;
      return submit(url + address, { ...formOf((await ask(url + page)).text, address), ...fields });
    },
    read: async (page) => readable((await ask(url + page)).text),
  };
}

test("a task whose sender waits for a person's answer says so, and says it louder once it is done", async (t) => {
  const { worklist, read } = await open(t);
  const waits = /The sender waits for an answer\. Nobody has decided what to answer/;
  assert.match(await read("/tasks/2"), new RegExp(`${waits.source}\\.`));
  Object.assign(worklist.all.find(({ taskId }) => taskId === 2) ?? {}, { state: "completed", completedAt: new Date() });
  assert.match(await read("/tasks/2"), new RegExp(`${waits.source}, although the task is done`));
  assert.doesNotMatch(await read("/tasks/1"), waits);
});
