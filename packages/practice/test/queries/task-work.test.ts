import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import type { ActBy, ActOutcome, Actor } from "../../src/actor.ts";
import type { Assignee } from "../../src/task-work.ts";
import type { Worklist } from "../../src/worklist.ts";
import { deliver, type DirectoryPractice, openPractice } from "../support/economy.ts";
import { message, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";

const ada: Actor = { id: "u-ada", name: "Ada Fenwick" };
const ben: Actor = { id: "u-ben", name: "Ben Oduya" };
const toBen: Assignee = { kind: "person", ...ben };
const prescribing: Assignee = { kind: "team", id: "Prescribing", name: "Prescribing" };
const changed: ActOutcome = { outcome: "changed-meanwhile" };

test("what two people do about a task is done to what each has seen, kept through a restart, and on record in their names", async (t) => {
  const to = await withTask(t);
  const { worklist } = to.practice;
  const page = await seen(worklist, ada);
  assert.equal((await worklist.assign(1, { kind: "person", ...ada }, page)).outcome, "done");
  // Ben has the page of before: whatever he does to it is told, and overwrites nothing.
  const late: ActBy = { ...page, actor: ben };
  for (const act of [
    worklist.assign(1, toBen, late),
    worklist.assign(1, undefined, late),
    worklist.prioritise(1, { priority: "urgent" }, late),
    worklist.comment(1, "Not ours?", late),
    worklist.complete(1, late, { reason: "filed" }),
  ]) {
    assert.deepEqual(await act, changed);
  }
  await worklist.assign(1, prescribing, await seen(worklist, ben));
  await worklist.prioritise(1, { priority: "urgent", dueOn: "2026-12-04" }, await seen(worklist, ben));
  await worklist.comment(1, "  The patient rang.\nCall back. ", await seen(worklist, ada));
  const reopened = await to.reopen();
  const task = await reopened.worklist.task(1, ada);
  assert.deepEqual(task?.work, { assignee: prescribing, priority: "urgent", dueOn: "2026-12-04" });
  assert.deepEqual(
    task.acts.map(({ act, by, about, note }) => [act, by.name, about ?? note]),
    [
      ["commented", ada.name, "The patient rang.\nCall back."],
      ["prioritised", ben.name, "Urgent, due 4 December 2026"],
      ["assigned", ben.name, "To Prescribing"],
      ["assigned", ada.name, "To Ada Fenwick"],
    ],
  );
  const [listed] = (await reopened.worklist.tasks({ actor: ada })).items;
  assert.deepEqual(listed?.work, task.work);
  assert.equal(listed?.version, task.version);
});

test("a form that was sent twice is done once, and one that says something else is not taken for it", async (t) => {
  const { practice } = await withTask(t);
  const { worklist } = practice;
  const page = await seen(worklist, ada);
  const first = await worklist.assign(1, toBen, page);
  assert.deepEqual(await worklist.assign(1, toBen, page), first);
  assert.deepEqual(await worklist.assign(1, prescribing, page), changed);
  const next = await seen(worklist, ada);
  const commented = await worklist.comment(1, "Rang", next);
  assert.deepEqual(await worklist.comment(1, "Rang", next), commented);
  assert.deepEqual(await worklist.comment(1, "Rang again", next), changed);
  const last = await seen(worklist, ada);
  const done = await worklist.complete(1, last, { reason: "filed" });
  assert.deepEqual(await worklist.complete(1, last, { reason: "filed" }), done);
  assert.deepEqual(await worklist.complete(1, last, { reason: "not-for-us" }), changed);
  assert.equal((await worklist.task(1, ada))?.acts.length, 3);
});

test("a task ends with its reason, which goes when it is opened again and stays on record", async (t) => {
  const { practice } = await withTask(t);
  const { worklist } = practice;
  await worklist.assign(1, toBen, await seen(worklist, ada));
  await assert.rejects(worklist.complete(1, await seen(worklist, ada), { reason: "other", note: " " }), {
    code: "note-missing",
  });
  await worklist.complete(1, await seen(worklist, ada), { reason: "other", note: "The family brought it" });
  assert.deepEqual((await worklist.task(1, ada))?.work, { assignee: toBen, reason: "other" });
  for (const act of [
    worklist.assign(1, undefined, await seen(worklist, ada)),
    worklist.prioritise(1, {}, await seen(worklist, ada)),
  ]) {
    await assert.rejects(act, { code: "task-not-open" });
  }
  await worklist.reopen(1, await seen(worklist, ben));
  const task = await worklist.task(1, ada);
  assert.deepEqual(task?.work, { assignee: toBen });
  const [, completed] = task.acts;
  assert.deepEqual([completed?.reason, completed?.note], ["other", "The family brought it"]);
});

test("what cannot be set is refused, and to set what is set already changes nothing", async (t) => {
  const to = await withTask(t);
  const { worklist } = to.practice;
  const by = await seen(worklist, ada);
  for (const dueOn of ["2026-02-30", "2026-13-01", "tomorrow", "26-01-01", "2026-1-1", ""]) {
    await assert.rejects(worklist.prioritise(1, { dueOn }, by), { code: "due-day-invalid" }, dueOn);
  }
  await assert.rejects(worklist.comment(1, " \n", by), { code: "note-missing" });
  await assert.rejects(worklist.comment(1, "x".repeat(501), by), { code: "note-too-long" });
  for (const act of [worklist.assign(1, undefined, by), worklist.prioritise(1, {}, by)]) {
    assert.deepEqual(await act, { outcome: "done", version: by.version });
  }
  for (const act of [worklist.assign(9, toBen, by), worklist.prioritise(9, {}, by), worklist.comment(9, "x", by)]) {
    await assert.rejects(act, { code: "task-unknown" });
  }
  assert.deepEqual((await worklist.task(1, ada))?.acts, []);
  // Most tasks have none of it.
  using database = new DatabaseSync(join(to.options.dataFolder, "practice.sqlite"), { readOnly: true });
  assert.deepEqual(database.prepare("SELECT * FROM task_work").all(), []);
});

test("one patient's tasks are those of the same NHS number, and not those that only speak of it", async (t) => {
  const { practice, ...to } = await withTask(t);
  const { worklist } = practice;
  const number = (await worklist.task(1, ada))?.patient.nhsNumber ?? "";
  const other = message().xml.replaceAll(number, "9912609131");
  const all = { ...to, practice };
  for (const xml of [other, message().xml]) {
    deliver(all, xml, { from: sender.mailboxId, workflowId, subject: `About NHS number ${number}` });
  }
  deliver(all, "<no-message/>", { from: sender.mailboxId, workflowId });
  await practice.cycle();
  const ids = async (taskId: number): Promise<number[] | undefined> =>
    (await worklist.ofPatient(taskId, ada))?.items.map((task) => task.taskId);
  const tasks = await Promise.all([1, 2, 3, 4].map((taskId) => worklist.task(taskId, ada)));
  const same = tasks.flatMap((task) => (task?.patient.nhsNumber === number ? [task.taskId] : []));
  assert.equal(same.length, 2);
  assert.deepEqual(await ids(1), same.toReversed());
  const [alone = 0] = tasks.flatMap((task) => (task?.patient.nhsNumber === undefined ? [task?.taskId ?? 0] : []));
  assert.deepEqual(await ids(alone), [alone]);
  assert.equal(await ids(99), undefined);
});

async function withTask(t: TestContext): Promise<DirectoryPractice> {
  const to = await openPractice(t, receiver);
  deliver(to, message().xml, { from: sender.mailboxId, workflowId });
  await to.practice.cycle();
  return to;
}

async function seen(worklist: Worklist, actor: Actor): Promise<ActBy> {
  return { actor, version: (await worklist.task(1, actor))?.version ?? 0 };
}
