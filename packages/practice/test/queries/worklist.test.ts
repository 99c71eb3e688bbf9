import assert from "node:assert/strict";
import { test } from "node:test";
import { thisComputer } from "../../src/actor.ts";
import type { TaskList } from "../../src/lists.ts";
import { deliver, openPractice } from "../support/economy.ts";
import { consultation } from "../support/consultations.ts";
import { message, response, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";

const from = sender.mailboxId;

test("tasks are listed newest first, by state, a page at a time", async (t) => {
  const to = await openPractice(t, receiver);
  for (let count = 0; count < 5; count += 1) deliver(to, message().xml, { from, workflowId });
  await to.practice.cycle();
  const { worklist } = to.practice;
  const ids = async (list: Omit<TaskList, "actor">): Promise<number[]> =>
    (await worklist.tasks({ actor: thisComputer, ...list })).items.map(({ taskId }) => taskId);
  assert.deepEqual(await ids({}), [5, 4, 3, 2, 1]);
  assert.deepEqual(await ids({ page: { number: 2, size: 2 } }), [3, 2]);
  await person(worklist).complete(3);
  assert.deepEqual(await ids({ query: { show: "open" } }), [5, 4, 2, 1]);
  assert.deepEqual(await ids({ query: { show: "completed" } }), [3]);
  assert.deepEqual(await worklist.counts(), {
    openTasks: 4,
    completedTasks: 1,
    reports: 0,
    reportsBy: { awaited: 0, late: 0, accepted: 0, refused: 0, undelivered: 0, held: 0 },
    attention: 0,
    attentionBy: { task: 0, report: 0, stray: 0 },
    strays: 0,
  });
});

test("a task has when the patient was seen beside when the document was made, and is sorted by it", async (t) => {
  const to = await openPractice(t, receiver);
  for (const day of ["2026-02-27", "2026-03-01", "2026-02-26"]) {
    deliver(to, message({ date: new Date(`${day}T10:15:00Z`) }).xml, { from, workflowId });
  }
  await to.practice.cycle();
  const { items } = await to.practice.worklist.tasks({ actor: thisComputer, sort: "consulted" });
  assert.deepEqual(
    items.map(({ consultedAt, documentDate }) => [consultedAt?.slice(0, 10), documentDate?.slice(0, 10)]),
    ["2026-03-01", "2026-02-27", "2026-02-26"].map((day) => [day, "2026-03-02"]),
  );
});

test("a task is completed once: the time of the first stays", async (t) => {
  const to = await openPractice(t, receiver);
  deliver(to, message().xml, { from, workflowId });
  await to.practice.cycle();
  await person(to.practice.worklist).complete(1);
  const completedAt = (await person(to.practice.worklist).task(1))?.completedAt;
  to.clock.advance(60_000);
  await person(to.practice.worklist).complete(1);
  assert.deepEqual((await person(to.practice.worklist).task(1))?.completedAt, completedAt);
  assert.equal((await person(to.practice.worklist).task(1))?.state, "completed");
});

test("a task completed by mistake is opened again, and is completed anew at a time of its own", async (t) => {
  const to = await openPractice(t, receiver);
  deliver(to, message().xml, { from, workflowId });
  await to.practice.cycle();
  const { worklist } = to.practice;
  await person(worklist).complete(1);
  to.clock.advance(60_000);
  await person(worklist).reopen(1);
  await person(worklist).reopen(1);
  assert.equal((await person(worklist).task(1))?.state, "open");
  assert.equal((await person(worklist).task(1))?.completedAt, undefined);
  assert.deepEqual([(await worklist.counts()).openTasks, (await worklist.counts()).completedTasks], [1, 0]);
  to.clock.advance(60_000);
  await person(worklist).complete(1);
  assert.deepEqual((await person(worklist).task(1))?.completedAt, to.clock.now());
  assert.deepEqual(
    (await person(worklist).task(1))?.acts.map(({ act, by }) => [act, by.name]),
    [
      ["completed", "this computer"],
      ["reopened", "this computer"],
      ["completed", "this computer"],
    ],
  );
});

test("a task that a later version has replaced is neither completed nor opened again", async (t) => {
  const to = await openPractice(t, receiver);
  const first = message();
  deliver(to, first.xml, { from, workflowId });
  await to.practice.cycle();
  const { documentIdentifier: replaces, compositionIdentifier } = first;
  deliver(to, message({ version: 2, replaces, compositionIdentifier }).xml, { from, workflowId });
  await to.practice.cycle();
  const { worklist } = to.practice;
  assert.equal((await person(worklist).task(1))?.state, "replaced");
  await person(worklist).complete(1);
  await person(worklist).reopen(1);
  assert.equal((await person(worklist).task(1))?.state, "replaced");
  assert.equal((await person(worklist).task(1))?.completedAt, undefined);
});

test("a report names who it goes to: by the list of organisations, else by the consultation", async (t) => {
  const { odsCode, name } = receiver;
  const organisations = [{ odsCode, name, mailboxIds: [receiver.mailboxId] }];
  const known = await openPractice(t, sender, { organisations });
  const { headerId } = await known.practice.sendConsultation(consultation());
  await known.practice.cycle();
  assert.deepEqual((await person(known.practice.worklist).report(headerId))?.recipient, {
    kind: "registered-practice",
  });
  deliver(known, response(headerId, "20013").xml, { from: receiver.mailboxId, workflowId: `${workflowId}_ACK` });
  await known.practice.cycle();
  const recipient = { kind: "registered-practice", mailboxId: receiver.mailboxId, odsCode, name };
  assert.deepEqual((await person(known.practice.worklist).report(headerId))?.recipient, recipient);
  assert.deepEqual((await person(known.practice.worklist).reports())[0]?.recipient, recipient);
});

test("a task that is not there is told as such", async (t) => {
  const { practice } = await openPractice(t, receiver);
  assert.equal(await person(practice.worklist).task(7), undefined);
  assert.equal(await person(practice.worklist).attachment(7, 0), undefined);
  assert.equal(await person(practice.worklist).original(7), undefined);
  assert.deepEqual(await person(practice.worklist).decisions(7), []);
  await assert.rejects(person(practice.worklist).complete(7), { code: "task-unknown" });
  await assert.rejects(person(practice.worklist).reopen(7), { code: "task-unknown" });
  await assert.rejects(person(practice.worklist).decide(7, "30016"), { code: "task-unknown" });
  await assert.rejects(person(practice.worklist).sendAgain("nothing"), { code: "not-held" });
});

test("the worklist is the same after a restart", async (t) => {
  const to = await openPractice(t, receiver);
  deliver(to, message().xml, { from, workflowId });
  await to.practice.cycle();
  const before = await person(to.practice.worklist).task(1);
  const practice = await to.reopen();
  assert.deepEqual(await person(practice.worklist).task(1), before);
});

test("where a document departs from the requirements is listed on its task, and it is accepted all the same", async (t) => {
  const to = await openPractice(t, receiver);
  const { xml } = message();
  const departing = xml.replace("SendDocument-ConsultationReport", "SendDocument-ConsultationSummary");
  assert.notEqual(departing, xml);
  deliver(to, departing, { from, workflowId });
  await to.practice.cycle();
  const task = await person(to.practice.worklist).task(1);
  assert.equal(task?.kind, "document");
  assert.ok(
    task.findings.some(({ id }) => id === "GPCM-SD-CS-048"),
    JSON.stringify(task.findings),
  );
  assert.equal(task.findingCount, task.findings.length);
});
