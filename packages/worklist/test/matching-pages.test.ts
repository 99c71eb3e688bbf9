import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { parseNhsNumber } from "@restante/mesh";
import { ask, formOf, readable, submit } from "../../web/test/http.ts";
import { openPages } from "./open-pages.ts";
import { hostile } from "./sample-things.ts";
import { organisation, sampleWorklist, type SampleWorklist } from "./sample-worklist.ts";
import { openSecurePages } from "./secure-pages.ts";

/** The first task waits for a person: the register has somebody with other details. */
function doubtIn(worklist: SampleWorklist): void {
  const [task] = worklist.all;
  assert.ok(task);
  Object.assign(task.patient, { outcome: "doubtful", doubt: "details-differ" });
  task.responses.pop();
  worklist.register.set(1, {
    found: "patient",
    nhsNumber: parseNhsNumber("9912609131"),
    names: ["Mr Noah NG", hostile],
    dateOfBirth: "1950-01-02",
    standing: "known",
  });
}

async function open(t: TestContext, doubt = doubtIn): Promise<{ url: string; worklist: SampleWorklist }> {
  const worklist = sampleWorklist();
  doubt(worklist);
  const { url } = await openPages(t, { worklist, organisation });
  return { url, worklist };
}

test("the queue has what the message says beside what the register says, and each decision is confirmed before it is sent", async (t) => {
  const { url, worklist } = await open(t);
  const list = await ask(`${url}/matching`);
  assert.equal(list.status, 200);
  const text = readable(list.text);
  assert.match(text, /Matching \(1 to decide on\)/);
  assert.match(text, /WIŚNIEWSKI, Łukasz \(Mr\) Born 23 July 1991 991 260 9131 .*Mr Noah NG Born 2 January 1950/);
  assert.match(text, /The register’s details for the NHS number in the message are not those/);
  for (const words of ["Match", "Not our patient", "No longer registered", "Has died"]) assert.ok(text.includes(words));

  const task = (await ask(`${url}/tasks/1`)).text;
  assert.match(task, /<a class="nhsuk-button[^>]*href="\/tasks\/1\/match"[^>]*>\s*Decide whether this is our patient/);
  const secondary = /nhsuk-button--secondary[^>]*>\s*Mark as done/;
  assert.match(task, secondary, "to match is what it waits for");

  const page = "/tasks/1/match?verdict=known&from=%2Fmatching";
  assert.ok(list.text.includes(page.replace("&", "&amp;")));
  const confirm = await ask(url + page);
  assert.match(
    readable(confirm.text),
    /What will be sent The sender \(mailbox Y99001OT001\) is answered, once: 30001 Patient known here.* Once the answer has left it cannot be taken back\./,
  );
  assert.ok(!confirm.text.includes("<script>alert"), "what the register says is written, and never run");
  assert.deepEqual(worklist.calls, [], "nothing is done by looking");

  const action = "/tasks/1/match/answer";
  const form = { ...formOf(confirm.text, action), verdict: "known", from: "/matching" };
  const sent = await submit(url + action, form);
  assert.deepEqual([sent.status, sent.headers["location"]], [303, "/matching?done=answered&item=%2Ftasks%2F1"]);
  assert.deepEqual(worklist.calls, ["match 1 known"]);
  const after = readable((await ask(`${url}/matching`)).text);
  assert.match(after, /Nothing to decide/);
  assert.doesNotMatch(readable((await ask(url)).text), /Matching/, "where nothing can wait there is no queue to see");
  assert.match(readable((await ask(`${url}/tasks/1`)).text), /Decided by this computer on/);
});

test("of a message that was answered the page says that nothing is sent any more, before and after it is decided otherwise", async (t) => {
  const { url, worklist } = await open(t, () => undefined);
  const page = await ask(`${url}/tasks/1/match?verdict=not-known`);
  assert.match(
    readable(page.text),
    /Nothing will be sent The sender was answered on 23 November 2026 at 7:41am: 30001 Patient known here.* the sender is not told of what you decide now/,
  );
  const action = "/tasks/1/match";
  const done = await submit(url + action, { ...formOf(page.text, action), verdict: "not-known", from: "/" });
  assert.deepEqual([done.status, done.headers["location"]], [303, "/tasks/1?done=matched&from=%2F"]);
  assert.deepEqual(worklist.calls, ["match 1 not-known"]);
  const task = readable((await ask(`${url}/tasks/1?done=matched`)).text);
  assert.match(task, /What you decided about the patient is stored\. Nothing was sent\./);
  assert.match(task, /The sender was answered before that \(30001 .*\), and was sent nothing more\./);
  assert.equal((await ask(`${url}/tasks/3/match`)).status, 404, "nobody looked its patient up");
});

test("the answer of a match by hand is taken back on the page of its task until it leaves, and the match is not changed before", async (t) => {
  const { url, worklist } = await open(t, () => undefined);
  const [task] = worklist.all;
  assert.ok(task);
  task.responses = task.responses.map((one) => ({ ...one }));
  const answer = task.responses.find(({ level }) => level === "business");
  assert.ok(answer);
  Object.assign(answer, { state: "built", undoableUntil: new Date("2026-11-23T10:00:30Z") });
  task.patient.byHand = { at: answer.builtAt, by: { id: "u-ada", name: "Ada Fenwick" } };
  const waiting = (await ask(`${url}/tasks/1`)).text;
  assert.match(readable(waiting), /Decided by Ada Fenwick on .* will be answered by it, unless it is taken back\./);
  assert.match(readable(waiting), /Until it leaves you can take it back\. Undo/);
  const match = (await ask(`${url}/tasks/1/match`)).text;
  assert.match(readable(match), /has not left yet: 30001 .* take that back first\./);
  assert.doesNotMatch(match, /app-verdicts/);
  const action = `/tasks/1/responses/${answer.headerId}/take-back`;
  const undone = await submit(url + action, formOf(waiting, action));
  assert.equal(undone.headers["location"], "/tasks/1?done=taken-back");
  assert.deepEqual(worklist.calls, [`take back ${answer.headerId}`]);
  answer.state = "sent";
  assert.match(readable((await ask(`${url}/tasks/1`)).text), /It has left, and cannot be taken back\./);
});

test("a decision on what has changed meanwhile is not taken, and its page says so", async (t) => {
  const { url, worklist } = await open(t);
  const action = "/tasks/1/match/answer";
  const page = await ask(`${url}/tasks/1/match?verdict=known`);
  const [task] = worklist.all;
  assert.ok(task);
  task.version += 1;
  const late = await submit(url + action, { ...formOf(page.text, action), verdict: "known", from: "/" });
  assert.equal(late.status, 409);
  assert.match(readable(late.text), /what you decided about the patient was not stored, and nothing was sent\./);
  assert.match(readable(late.text), /What do you decide\?/);
  const form = { ...formOf((await ask(`${url}/tasks/1/match?verdict=known`)).text, action), from: "/" };
  assert.equal((await submit(url + action, { ...form, verdict: "perhaps" })).status, 404);
  assert.deepEqual(worklist.calls, []);
});

test("a register that cannot be reached is said to be so, and a person may decide all the same", async (t) => {
  const { url, worklist } = await open(t);
  worklist.register.set(1, { found: "unreachable" });
  assert.match(readable((await ask(`${url}/matching`)).text), /The register cannot be reached now/);
  const page = await ask(`${url}/tasks/1/match?verdict=recently-deceased`);
  assert.match(readable(page.text), /The register cannot be reached now.*30004/);
  const action = "/tasks/1/match/answer";
  const form = { ...formOf(page.text, action), verdict: "recently-deceased", from: "/" };
  assert.equal((await submit(url + action, form)).status, 303);
});

test(
  "a decision that answers is for who may answer, one that sends nothing for who may act; a look at it is in the audit",
  { tags: ["FHIR-DOC-04"] },
  async (t) => {
    const { signedIn, worklist, access } = await openSecurePages(t);
    doubtIn(worklist);
    const administrator = await signedIn("administrator");
    const list = await administrator.get("/matching");
    assert.match(readable(list.text), /For a clinician: it answers the sender/);
    const [row] = access.audit.find({ limit: 1 }).rows;
    assert.deepEqual([row?.act, row?.outcome, row?.subjects], ["view", "done", ["task:1"]]);
    const path = "/tasks/1/match?verdict=known";
    assert.doesNotMatch((await administrator.get(path)).text, /<form method="post" action="\/tasks/);
    const silent = formOf((await administrator.get("/tasks/6/match?verdict=known")).text, "/tasks/6/match");
    assert.equal((await administrator.post("/tasks/6/match", { ...silent, verdict: "known" })).status, 303);
    assert.deepEqual(worklist.calls.splice(0), ["match 6 known"]);

    const clinician = await signedIn("clinician");
    const action = "/tasks/1/match/answer";
    const form = formOf((await clinician.get(path)).text, action);
    assert.equal((await administrator.post(action, { ...form, verdict: "known" })).status, 403);
    assert.deepEqual(worklist.calls, []);
    assert.equal((await clinician.post(action, { ...form, verdict: "known" })).status, 303);
    assert.deepEqual(worklist.calls, ["match 1 known"]);
    const reader = await signedIn("read-only");
    assert.match(readable((await reader.get("/matching")).text), /Nothing to decide/);
    assert.equal((await reader.get("/tasks/1/match")).status, 403);
  },
);

test("a patient who is registered here and has another name or date of birth there is not shown as if all agreed", async (t) => {
  const { url, worklist } = await open(t, ({ all }) => {
    Object.assign(all[0]?.patient ?? {}, { outcome: "known", doubt: "differs-in-part" });
  });
  assert.match(readable((await ask(url)).text), /Patient matched, details differ/);
  const task = readable((await ask(`${url}/tasks/1`)).text);
  assert.match(task, /Patient matched, details differ .* is not the one that the register has for this NHS number/);
  assert.match(task, /Compare with the register/);
  const by = { id: "7", name: "Dr Nowak" };
  Object.assign(worklist.all[0]?.patient ?? {}, { byHand: { at: new Date(), by } });
  const decided = readable((await ask(`${url}/tasks/1`)).text);
  assert.doesNotMatch(decided, /details differ|Compare with the register/, "a person has said so");
});
