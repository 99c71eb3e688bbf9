import assert from "node:assert/strict";
import { test } from "node:test";
import { deliver, openPractice } from "../support/economy.ts";
import { consultation } from "../support/consultations.ts";
import { message, response, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";

const from = sender.mailboxId;

test("tasks are listed newest first, by state, a page at a time", async (t) => {
  const to = await openPractice(t, receiver);
  for (let count = 0; count < 5; count += 1) deliver(to, message().xml, { from, workflowId });
  await to.practice.cycle();
  const { worklist } = to.practice;
  const ids = (filter: Parameters<typeof worklist.tasks>[0]): number[] =>
    worklist.tasks(filter).map(({ taskId }) => taskId);
  assert.deepEqual(ids({}), [5, 4, 3, 2, 1]);
  assert.deepEqual(ids({ limit: 2, before: 4 }), [3, 2]);
  worklist.complete(3);
  assert.deepEqual(ids({ state: "open" }), [5, 4, 2, 1]);
  assert.deepEqual(ids({ state: "completed" }), [3]);
  assert.deepEqual(worklist.counts(), {
    openTasks: 4,
    completedTasks: 1,
    reports: 0,
    attention: 0,
    attentionBy: { task: 0, report: 0, stray: 0 },
    strays: 0,
  });
});

test("a task is completed once: the time of the first stays", async (t) => {
  const to = await openPractice(t, receiver);
  deliver(to, message().xml, { from, workflowId });
  await to.practice.cycle();
  to.practice.worklist.complete(1);
  const completedAt = to.practice.worklist.task(1)?.completedAt;
  to.clock.advance(60_000);
  to.practice.worklist.complete(1);
  assert.deepEqual(to.practice.worklist.task(1)?.completedAt, completedAt);
  assert.equal(to.practice.worklist.task(1)?.state, "completed");
});

test("a task completed by mistake is opened again, and is completed anew at a time of its own", async (t) => {
  const to = await openPractice(t, receiver);
  deliver(to, message().xml, { from, workflowId });
  await to.practice.cycle();
  const { worklist } = to.practice;
  worklist.complete(1);
  to.clock.advance(60_000);
  worklist.reopen(1);
  worklist.reopen(1);
  assert.equal(worklist.task(1)?.state, "open");
  assert.equal(worklist.task(1)?.completedAt, undefined);
  assert.deepEqual([worklist.counts().openTasks, worklist.counts().completedTasks], [1, 0]);
  to.clock.advance(60_000);
  worklist.complete(1);
  assert.deepEqual(worklist.task(1)?.completedAt, to.clock.now());
  assert.deepEqual(
    worklist.task(1)?.acts.map(({ act, by }) => [act, by]),
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
  assert.equal(worklist.task(1)?.state, "replaced");
  worklist.complete(1);
  worklist.reopen(1);
  assert.equal(worklist.task(1)?.state, "replaced");
  assert.equal(worklist.task(1)?.completedAt, undefined);
});

test("a report names who it goes to: by the list of organisations, else by the consultation", async (t) => {
  const { odsCode, name } = receiver;
  const organisations = [{ odsCode, name, mailboxIds: [receiver.mailboxId] }];
  const known = await openPractice(t, sender, { organisations });
  const { headerId } = await known.practice.sendConsultation(consultation());
  await known.practice.cycle();
  assert.deepEqual(known.practice.worklist.report(headerId)?.recipient, { kind: "registered-practice" });
  deliver(known, response(headerId, "20013").xml, { from: receiver.mailboxId, workflowId: `${workflowId}_ACK` });
  await known.practice.cycle();
  const recipient = { kind: "registered-practice", mailboxId: receiver.mailboxId, odsCode, name };
  assert.deepEqual(known.practice.worklist.report(headerId)?.recipient, recipient);
  assert.deepEqual(known.practice.worklist.reports()[0]?.recipient, recipient);
});

test("a task that is not there is told as such", async (t) => {
  const { practice } = await openPractice(t, receiver);
  assert.equal(practice.worklist.task(7), undefined);
  assert.equal(practice.worklist.attachment(7, 0), undefined);
  assert.equal(practice.worklist.original(7), undefined);
  assert.deepEqual(practice.worklist.decisions(7), []);
  assert.throws(() => practice.worklist.complete(7), { code: "task-unknown" });
  assert.throws(() => practice.worklist.reopen(7), { code: "task-unknown" });
  assert.throws(() => practice.worklist.decide(7, "30016"), { code: "task-unknown" });
  assert.throws(() => practice.worklist.sendAgain("nothing"), { code: "not-held" });
});

test("the worklist is the same after a restart", async (t) => {
  const to = await openPractice(t, receiver);
  deliver(to, message().xml, { from, workflowId });
  await to.practice.cycle();
  const before = to.practice.worklist.task(1);
  const practice = await to.reopen();
  assert.deepEqual(practice.worklist.task(1), before);
});

test("where a document departs from the requirements is listed on its task, and it is accepted all the same", async (t) => {
  const to = await openPractice(t, receiver);
  const { xml } = message();
  const departing = xml.replace("SendDocument-ConsultationReport", "SendDocument-ConsultationSummary");
  assert.notEqual(departing, xml);
  deliver(to, departing, { from, workflowId });
  await to.practice.cycle();
  const task = to.practice.worklist.task(1);
  assert.equal(task?.kind, "document");
  assert.ok(
    task.findings.some(({ id }) => id === "GPCM-SD-CS-048"),
    JSON.stringify(task.findings),
  );
  assert.equal(task.findingCount, task.findings.length);
});
