import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { thisComputer } from "../../src/actor.ts";
import { deliver } from "../support/economy.ts";
import { patient } from "../support/consultations.ts";
import { message, workflowId } from "../support/messages.ts";
import { sender } from "../support/organisations.ts";
import { DAY, HOUR, keep, lastKept, removals } from "./keeping.ts";

test("a task that is done goes whole after its days, and what comes again is still known as a copy", async (t) => {
  const here = await keep(t);
  const first = message({
    patient: {
      nhsNumber: patient.nhsNumber,
      name: { family: "Zyxwvut", given: ["Qponml"] },
      birthDate: patient.dateOfBirth,
    },
  });
  const [done = 0, open = 0] = await here.receive(first.xml, message().xml);
  await here.person.complete(done);
  await here.begin({ tasks: 40 });
  await here.pass(37 * DAY);
  assert.equal((await here.person.tasks()).length, 2);
  await here.pass(3 * DAY);

  assert.deepEqual(
    (await here.person.tasks()).map(({ taskId }) => taskId),
    [open],
  );
  const removed = await here.person.task(done);
  assert.equal(removed?.state, "removed");
  assert.ok(removed.removed?.at);
  assert.deepEqual(
    [removed.subject, removed.title, removed.patient.name, removed.attachments],
    ["", undefined, undefined, []],
  );
  assert.deepEqual([removed.acts, removed.findings], [[], []]);
  assert.equal(await here.person.original(done), undefined);
  assert.equal(await here.person.attachment(done, 0), undefined);
  const by = { actor: thisComputer, version: removed.version };
  const { worklist } = here.to.practice;
  for (const act of [
    worklist.reopen(done, by),
    worklist.comment(done, "About the patient", by),
    worklist.matchByHand(done, { verdict: "not-known", sends: false }, by),
  ])
    assert.equal((await act).outcome, "changed-meanwhile", "what is said of it now would stay for good");
  assert.deepEqual(await here.person.task(done), removed);
  assert.deepEqual(await here.person.tasks({ text: "Zyxwvut" }), []);
  assert.deepEqual(removals(here), [[1, 1]]);
  assert.equal((lastKept(here) as { tasks: number }).tasks, 1);
  assert.deepEqual((await here.retention.kept()).tasks.removed, 1);

  assert.deepEqual(await here.receive(first.xml), [], "a copy is no task");
  assert.ok(here.to.events.some(({ event }) => event === "message-repeated"));
  assert.equal((await here.person.task(done))?.responses.length, 2);
  assert.deepEqual(
    here.database.prepare("SELECT code FROM given_response ORDER BY rowid DESC LIMIT 1").get()?.["code"],
    "20007",
  );
  here.database.close();
  await here.to.practice[Symbol.asyncDispose]();
  const file = readFileSync(join(here.to.options.dataFolder, "practice.sqlite"));
  for (const word of ["Zyxwvut", "zyxwvut", "Qponml", "qponml"]) {
    // The copy that came since is kept as it came.
    const known = file.toString("latin1").split(word).length - 1;
    const again = Buffer.from(first.xml).toString("latin1").split(word).length - 1;
    assert.equal(known, again, word);
  }
});

test("the message of a task goes after its days, and the task stays", async (t) => {
  const here = await keep(t);
  const [taskId = 0] = await here.receive(message().xml);
  await here.person.complete(taskId);
  const before = await here.person.task(taskId);
  await here.begin({ messages: 30, tasks: 60 });
  await here.pass(31 * DAY);
  const task = await here.person.task(taskId);
  assert.deepEqual([task?.state, task?.subject, task?.patient], ["completed", before?.subject, before?.patient]);
  assert.ok(task?.removed && task.removed.at === undefined);
  assert.deepEqual(task.attachments, []);
  assert.equal(await here.person.original(taskId), undefined);
  await here.pass(31 * DAY);
  assert.equal((await here.person.task(taskId))?.state, "removed");
  assert.deepEqual(removals(here), [
    [0, 1],
    [1, 0],
  ]);
});

test("nothing goes that somebody may still have to do with", async (t) => {
  const here = await keep(t);
  const [open = 0, late = 0, reopened = 0, troubled = 0] = await here.receive(...[1, 2, 3, 4].map(() => message().xml));
  for (const taskId of [late, reopened, troubled]) await here.person.complete(taskId);
  await here.person.reopen(reopened);
  here.database
    .prepare(
      `UPDATE outgoing SET step = 'failed', problem = 'It was lost.' WHERE header_id =
         (SELECT min(header_id) FROM given_response JOIN task ON message_id = request_message_id WHERE task_id = ?)`,
    )
    .run(troubled);
  await here.begin({ tasks: 30, messages: 30 });
  await here.pass(20 * DAY);
  // To be opened again and completed anew is to be done with later.
  await here.person.reopen(late);
  await here.person.complete(late);
  await here.pass(20 * DAY);
  assert.deepEqual(removals(here), []);
  for (const taskId of [open, late, reopened, troubled]) assert.ok(await here.person.original(taskId));

  await here.person.dealWith({ kind: "task", id: troubled });
  await here.pass(20 * DAY);
  assert.equal((await here.person.task(late))?.state, "removed");
  assert.equal((await here.person.task(troubled))?.state, "completed");
  await here.pass(12 * DAY);
  assert.equal((await here.person.task(troubled))?.state, "removed");
  assert.equal((await here.to.practice.worklist.counts()).attention, 0);
  assert.equal((await here.person.task(open))?.state, "open");
});

test("all versions of a document are kept for as long as the last", async (t) => {
  const here = await keep(t);
  const first = message();
  const [one = 0] = await here.receive(first.xml);
  const second = message({ version: 2, replaces: first.documentIdentifier });
  const [two = 0] = await here.receive(second.xml);
  assert.equal((await here.person.task(one))?.state, "replaced");
  await here.begin({ tasks: 30 });
  await here.pass(60 * DAY);
  assert.equal((await here.person.task(one))?.state, "replaced");
  await here.person.complete(two);
  await here.pass(29 * DAY);
  assert.equal((await here.person.task(one))?.state, "replaced");
  await here.pass(3 * DAY);
  for (const taskId of [one, two]) assert.equal((await here.person.task(taskId))?.state, "removed");
  // What comes then and names one of them is for a person to see.
  const [three = 0] = await here.receive(message({ version: 3, replaces: second.documentIdentifier }).xml);
  assert.equal((await here.person.task(three))?.state, "open");
});

test("what was set aside unread goes with its files", async (t) => {
  const here = await keep(t);
  const messageId = deliver(here.to, "x", { from: sender.mailboxId, workflowId, messageId: "NOTREAD1" });
  writeFileSync(join(here.to.folder, "IN", `${messageId}.ctl`), "no control file");
  for (let pass = 0; pass < 6; pass += 1) await here.to.practice.cycle();
  const [task] = await here.person.openTasks();
  assert.equal(task?.kind, "set-aside");
  const file = join(here.to.options.dataFolder, "kept", `${messageId}.dat`);
  assert.ok(existsSync(file));
  assert.equal((await here.retention.kept()).files.count, 2);
  await here.person.complete(task.taskId);
  await here.begin({ messages: 30 });
  await here.pass(31 * DAY);
  assert.ok(!existsSync(file));
  assert.deepEqual((await here.retention.kept()).files, { count: 0, bytes: 0 });
  assert.equal((await here.person.task(task.taskId))?.state, "completed");
});

test("without a retention nothing goes, and what is kept is told once a day", async (t) => {
  const here = await keep(t);
  const [taskId = 0] = await here.receive(message().xml);
  await here.person.complete(taskId);
  await here.begin(undefined);
  await here.pass(3 * DAY);
  await here.pass(4000 * DAY);
  assert.ok(await here.person.original(taskId));
  const told = here.to.events.filter(({ event }) => event === "records-kept");
  assert.ok(told.length > 3);
  const { databaseBytes, ...kept } = lastKept(here) as Record<string, number>;
  assert.ok((databaseBytes ?? 0) > 100_000);
  assert.deepEqual(kept, {
    event: "records-kept",
    odsCode: "Y99002",
    tasks: 1,
    freeBytes: kept["freeBytes"],
    files: 0,
    fileBytes: 0,
  });
});

test("a clock that jumps years ahead removes nothing, and settings by which more goes hold after a day", async (t) => {
  const here = await keep(t);
  const [taskId = 0] = await here.receive(message().xml);
  await here.person.complete(taskId);
  await here.begin({ tasks: 400, messages: 400 });
  assert.equal((await here.retention.kept()).waitsFor, undefined);
  for (const days of [40, 3650]) {
    here.to.clock.advance(days * DAY);
    await here.pass(HOUR);
    assert.match((await here.retention.kept()).waitsFor ?? "", /further than the machine's uptime/);
    // Also at a start, which knows what the clock was.
    here.start({ tasks: 400, messages: 400 });
    await here.pass(23 * HOUR);
    here.to.clock.advance(-days * DAY);
    await here.pass(HOUR);
    await here.pass(3 * DAY);
  }
  assert.ok(await here.person.original(taskId));
  assert.deepEqual(
    here.to.events.filter(({ event }) => event === "retention-paused").length > 0,
    here.to.events.some(({ event }) => event === "retention-resumed"),
  );

  // Five minutes before the day's work, which begins by a clock that was looked at in this hour.
  await here.pass(40 * DAY);
  here.start({ tasks: 30 });
  await here.pass(20 * HOUR);
  assert.match((await here.retention.kept()).waitsFor ?? "", /no system with these settings has run for a day/);
  here.start({ tasks: 400 });
  await here.pass(10 * HOUR);
  assert.ok(await here.person.original(taskId), "a setting that was typed wrong was put right within the day");
  await here.begin({ tasks: 30 });
  await here.pass(2 * DAY);
  assert.equal(await here.person.original(taskId), undefined);
});

test("by a clock that jumps between two looks at it nothing goes", async (t) => {
  const here = await keep(t);
  const [taskId = 0] = await here.receive(message().xml);
  await here.person.complete(taskId);
  await here.begin({ tasks: 400 });
  here.start({ tasks: 400 });
  here.to.clock.advance(500 * DAY);
  await here.pass(6 * 60_000);
  assert.ok(await here.person.original(taskId));
});

test("where nothing can be written that is told, nothing is lost, and it goes on when it can be", async (t) => {
  const here = await keep(t);
  const [taskId = 0] = await here.receive(message().xml);
  await here.person.complete(taskId);
  await here.begin({ tasks: 30 });
  await here.pass(27 * DAY);
  here.database.exec("CREATE TEMP TRIGGER full BEFORE UPDATE ON received BEGIN SELECT RAISE(ABORT, 'full'); END");
  await here.pass(3 * DAY);
  assert.ok(here.to.events.some(({ event }) => event === "retention-paused"));
  assert.ok((await here.retention.kept()).waitsFor);
  assert.ok(await here.person.original(taskId));
  here.database.exec("DROP TRIGGER full");
  await here.pass(2 * HOUR);
  assert.equal((await here.person.task(taskId))?.state, "removed");
  assert.ok(here.to.events.some(({ event }) => event === "retention-resumed"));
  assert.equal((await here.retention.kept()).waitsFor, undefined);
});

test("no statement by which something is removed reads a large table from end to end, or sorts one", async (t) => {
  const here = await keep(t);
  const [first = 0, second = 0] = await here.receive(message().xml, message().xml);
  for (const taskId of [first, second]) await here.person.complete(taskId);
  await here.begin({ tasks: 40, messages: 30 });
  const prepare = t.mock.method(DatabaseSync.prototype, "prepare");
  await here.pass(41 * DAY);
  prepare.mock.restore();
  assert.equal((await here.person.task(second))?.state, "removed");
  const asked = [...new Set(prepare.mock.calls.map((call) => call.arguments[0]))].filter((sql) =>
    /^\s*(SELECT|UPDATE|DELETE|INSERT)/.test(sql),
  );
  assert.ok(asked.length > 20, String(asked.length));
  const plans = asked.map((sql) => ({
    sql,
    details: here.database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => String(detail)),
  }));
  // The tally is as long as there are kinds to count, and of what was looked at last there is one row. Of words the one
  // row of a task is taken away.
  const large = plans.flatMap(({ sql, details }) =>
    details
      .filter((detail) =>
        /^SCAN (?!tally\b|retention_look\b|CONSTANT ROW|task_words VIRTUAL TABLE INDEX 0:=)|TEMP B-TREE/.test(detail),
      )
      .map((detail) => `${detail}: ${sql}`),
  );
  assert.deepEqual(large, []);
});
