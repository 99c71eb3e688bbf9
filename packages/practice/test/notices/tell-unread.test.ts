import assert from "node:assert/strict";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { test, type TestContext } from "node:test";
import type { Event } from "@restante/mesh";
import type { Actor } from "../../src/actor.ts";
import { practiceDefaults } from "../../src/defaults.ts";
import type { PracticeOptions } from "../../src/options.ts";
import type { TaskSummary, Worklist } from "../../src/worklist.ts";
import { deliver, type DirectoryPractice, openPractice } from "../support/economy.ts";
import { documentInput, message, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";

const ada: Actor = { id: "u-ada", name: "Ada Fenwick" };
const hour = 3_600_000;

test("a task for action that nobody has opened in time is told once, stays told through a restart, and is told no more when it is opened", async (t) => {
  const to = await unreadPractice(t);
  receive(to, "FA");
  receive(to, "FI");
  await to.practice.cycle();
  const all = await listed(to.practice.worklist);
  const fa = all.find(({ recipientType }) => recipientType === "FA");
  const fi = all.find(({ recipientType }) => recipientType === "FI");
  assert.ok(fa && fi);
  // It came on a Monday at 11:00, and four hours of work pass by 15:00.
  to.clock.advance(4 * hour - 1);
  await to.practice.cycle();
  assert.deepEqual([await late(to), (await to.practice.worklist.counts()).unread], [[], 0]);
  to.clock.advance(1);
  // A page tells it before the next pass does, and the log has it with the pass, once.
  const told = [{ taskId: fa.taskId, openBy: "2026-03-02T15:00:00.000Z", overdue: false }];
  assert.deepEqual(await late(to), told);
  assert.equal((await to.practice.worklist.counts()).unread, 1);
  for (let pass = 0; pass < 3; pass += 1) await to.practice.cycle();
  await to.reopen();
  to.clock.advance(48 * hour);
  await to.practice.cycle();
  assert.deepEqual(await late(to), told);
  assert.deepEqual(logged(to), [
    {
      event: "task-unread",
      odsCode: receiver.odsCode,
      messageId: fa.messageId,
      taskId: fa.taskId,
      receivedAt: fa.receivedAt,
    },
  ]);

  const { worklist } = to.practice;
  const before = (await worklist.task(fa.taskId, ada))?.version;
  await worklist.opened(fa.taskId, ada);
  const openedAt = to.clock.now();
  to.clock.advance(hour);
  await worklist.opened(fa.taskId, { id: "u-ben", name: "Ben Oduya" });
  const opened = await worklist.task(fa.taskId, ada);
  // The first is kept. To have opened it is nothing that others must see before they act.
  assert.deepEqual([opened?.work?.openedAt, opened?.version], [openedAt, before]);
  assert.deepEqual([await late(to), (await worklist.counts()).unread], [[], 0]);
  await worklist.opened(999, ada);
});

test("what could not be read counts as for action; what is done or replaced is told no more, and what was opened again was in hand", async (t) => {
  const to = await unreadPractice(t);
  deliver(to, "<no-message/>", { from: sender.mailboxId, workflowId });
  const first = message();
  const original = deliver(to, first.xml, { from: sender.mailboxId, workflowId });
  receive(to, "FA");
  await to.practice.cycle();
  to.clock.advance(5 * hour);
  await to.practice.cycle();
  assert.equal((await late(to)).length, 3);
  const { worklist } = to.practice;
  const tasks = await listed(worklist);
  const unreadable = tasks.find(({ recipientType }) => recipientType === undefined)?.taskId;
  const one = tasks.find(({ messageId }) => messageId === original)?.taskId;
  const two = tasks.find(({ taskId }) => taskId !== unreadable && taskId !== one)?.taskId;
  assert.ok(unreadable !== undefined && one !== undefined && two !== undefined);
  await worklist.complete(two, await seen(worklist, two));
  deliver(to, message({ version: 2, replaces: first.documentIdentifier }).xml, { from: sender.mailboxId, workflowId });
  await to.practice.cycle();
  assert.equal((await worklist.task(one, ada))?.state, "replaced");
  assert.deepEqual(
    (await late(to)).map(({ taskId }) => taskId),
    [unreadable],
  );
  assert.equal((await worklist.counts()).unread, 1);
  await worklist.reopen(two, await seen(worklist, two));
  to.clock.advance(24 * hour);
  await to.practice.cycle();
  // The later version is a task of its own, which nobody has opened either.
  assert.equal((await late(to)).length, 2);
  assert.equal(
    (await late(to)).find(({ taskId }) => taskId === two),
    undefined,
  );
});

test("a task is overdue when its day has ended in London, until it is dealt with or due later, and is counted once with both", async (t) => {
  const to = await unreadPractice(t);
  receive(to, "FA");
  receive(to, "FI");
  await to.practice.cycle();
  const { worklist } = to.practice;
  for (const taskId of [1, 2]) await worklist.prioritise(taskId, { dueOn: "2026-03-30" }, await seen(worklist, taskId));
  // At the end of 30 March clocks in London are an hour ahead of UTC.
  to.clock.advance(Date.parse("2026-03-30T22:59:59Z") - to.clock.now().getTime());
  await to.practice.cycle();
  assert.deepEqual(
    (await late(to)).filter(({ overdue }) => overdue),
    [],
  );
  to.clock.advance(1000);
  await to.practice.cycle();
  const both = await late(to);
  assert.deepEqual(
    both.filter(({ overdue }) => overdue).map(({ taskId }) => taskId),
    [1, 2],
  );
  assert.equal((await worklist.counts()).unread, 2);
  assert.deepEqual(
    logged(to)
      .map(({ event }) => event)
      .toSorted(),
    ["task-overdue", "task-overdue", "task-unread"],
  );
  // Due later: told anew when that has passed too. Without a day, or done: not at all.
  await worklist.prioritise(1, { dueOn: "2026-04-01" }, await seen(worklist, 1));
  await worklist.prioritise(2, {}, await seen(worklist, 2));
  assert.deepEqual(
    (await late(to)).filter(({ overdue }) => overdue),
    [],
  );
  to.clock.advance(48 * hour);
  await to.practice.cycle();
  assert.deepEqual(
    (await late(to)).filter(({ overdue }) => overdue).map(({ taskId }) => taskId),
    [1],
  );
  assert.equal(logged(to).filter(({ event }) => event === "task-overdue").length, 3);
  await worklist.complete(1, await seen(worklist, 1));
  assert.deepEqual(await late(to), []);
  assert.equal((await worklist.counts()).unread, 0);
  // Still past its day when it is opened again.
  await worklist.reopen(1, await seen(worklist, 1));
  assert.deepEqual(
    (await late(to)).map(({ taskId, overdue }) => [taskId, overdue]),
    [[1, true]],
  );
});

test("without settings nobody is told, and who opened what is known all the same", async (t) => {
  const to = await openPractice(t, receiver);
  receive(to, "FA");
  await to.practice.cycle();
  to.clock.advance(1000 * hour);
  await to.practice.cycle();
  const { worklist } = to.practice;
  assert.deepEqual([await late(to), (await worklist.counts()).unread, logged(to)], [[], undefined, []]);
  await worklist.opened(1, ada);
  assert.deepEqual((await worklist.task(1, ada))?.work, { openedAt: to.clock.now() });
});

test("hours that are none are refused", async (t) => {
  const { unread } = practiceDefaults;
  for (const hours of [{ from: "18:00", to: "08:00" }, { days: [] }, { to: "25:00" }, { from: "soon" }]) {
    await assert.rejects(openPractice(t, receiver, { unread: { ...unread, hours: { ...unread.hours, ...hours } } }), {
      code: "unread-unknown",
    });
  }
  await assert.rejects(openPractice(t, receiver, { unread: { ...unread, afterHours: 0 } }), { code: "unread-unknown" });
});

test("what is told in the log is noted at once for all of it: a pass waits for the disk once, however many they are", async (t) => {
  const to = await unreadPractice(t, { businessResponse: { kind: "onMatch", doubtful: "queue" } });
  const patient = { ...documentInput().patient, birthDate: "2019-02-03" };
  for (let count = 0; count < 20; count += 1)
    deliver(to, message({ patient }).xml, { from: sender.mailboxId, workflowId });
  await to.practice.cycle();
  to.clock.advance(25 * hour);
  const noted: boolean[] = [];
  const prepare: (this: DatabaseSync, sql: string) => StatementSync = Reflect.get(DatabaseSync.prototype, "prepare");
  t.mock.method(DatabaseSync.prototype, "prepare", function (this: DatabaseSync, sql: string) {
    const statement = prepare.call(this, sql);
    const run = statement.run.bind(statement);
    if (!sql.includes("SET logged =")) return statement;
    return Object.assign(statement, {
      run: (...values: SQLInputValue[]) => {
        noted.push(this.isTransaction);
        return run(...values);
      },
    });
  });
  await to.practice.cycle();
  await to.practice.cycle();
  assert.deepEqual(
    noted,
    Array.from({ length: 40 }, () => true),
  );
  assert.equal(logged(to).length, 20);
  assert.equal(to.events.filter(({ event }) => event === "match-waiting").length, 20);
});

async function unreadPractice(t: TestContext, changes: Partial<PracticeOptions> = {}): Promise<DirectoryPractice> {
  return openPractice(t, receiver, { unread: practiceDefaults.unread, ...changes });
}

function receive(to: DirectoryPractice, recipientType: "FA" | "FI"): void {
  const xml = message().xml.replace('<code value="FA"/>', `<code value="${recipientType}"/>`);
  assert.ok(xml.includes(`<code value="${recipientType}"/>`));
  deliver(to, xml, { from: sender.mailboxId, workflowId });
}

async function listed(worklist: Worklist): Promise<TaskSummary[]> {
  return (await worklist.tasks({ actor: ada })).items;
}

async function late({
  practice,
}: DirectoryPractice): Promise<{ taskId: number; openBy: string | undefined; overdue: boolean }[]> {
  const { items, total } = await practice.worklist.unread({ actor: ada });
  assert.equal(items.length, total);
  return items.map(({ task: { taskId }, openBy, overdue = false }) => ({
    taskId,
    openBy: openBy?.toISOString(),
    overdue,
  }));
}

function logged({ events }: DirectoryPractice): Event[] {
  return events.filter(({ event }) => event === "task-unread" || event === "task-overdue");
}

async function seen(worklist: Worklist, taskId: number): Promise<{ actor: Actor; version: number }> {
  return { actor: ada, version: (await worklist.task(taskId, ada))?.version ?? 0 };
}
