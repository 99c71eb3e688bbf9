import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutAcknowledgement, message } from "../support/messages.ts";
import { DAY, keep, type Keeping, removals } from "./keeping.ts";

const contents = ({ database }: Keeping): unknown[] =>
  database
    .prepare("SELECT kind FROM received WHERE content IS NOT NULL ORDER BY received_at")
    .all()
    .map(({ kind }) => kind);

test("a copy that comes after its task was removed goes by its own age, and the next is known as one all the same", async (t) => {
  const here = await keep(t);
  const { xml } = message();
  const [taskId = 0] = await here.receive(xml);
  await here.person.complete(taskId);
  await here.begin({ tasks: 40 });
  await here.pass(41 * DAY);
  assert.equal((await here.person.task(taskId))?.state, "removed");
  assert.deepEqual(await here.receive(xml), []);
  await here.pass(20 * DAY);
  assert.deepEqual(await here.receive(withoutAcknowledgement(xml, "InfAckRequested")), []);
  await here.pass(19 * DAY);
  assert.deepEqual(contents(here), ["duplicate-message", "duplicate-message"]);

  await here.pass(2 * DAY);
  assert.deepEqual(contents(here), ["duplicate-message"]);
  await here.pass(20 * DAY);
  assert.deepEqual(contents(here), []);
  assert.deepEqual(removals(here), [
    [1, 1],
    [0, 1],
    [0, 1],
  ]);
  assert.equal(here.database.prepare("SELECT 1 FROM received WHERE subject <> ''").get(), undefined);
  assert.deepEqual(
    here.database.prepare("SELECT * FROM came_later").all(),
    [],
    "the days of what is gone are not worked out for ever",
  );
  assert.deepEqual(await here.receive(xml), []);
  assert.equal((await here.person.task(taskId))?.duplicates.length, 3);
});

test("a copy that comes after the message of its task was removed goes by its own age, and not while the task is open again", async (t) => {
  const here = await keep(t);
  const { xml } = message();
  const [taskId = 0] = await here.receive(xml);
  await here.person.complete(taskId);
  await here.begin({ messages: 30 });
  await here.pass(31 * DAY);
  await here.receive(xml);
  await here.person.reopen(taskId);
  await here.pass(60 * DAY);
  assert.deepEqual(contents(here), ["duplicate-message"]);
  await here.person.complete(taskId);
  await here.pass(31 * DAY);
  assert.deepEqual(contents(here), []);
  assert.equal((await here.person.task(taskId))?.state, "completed");
});

test("what goes wrong with the answer to a copy of a removed task is ended by a person, and goes by its own age with what they wrote", async (t) => {
  const here = await keep(t);
  const { xml } = message();
  const [taskId = 0] = await here.receive(xml);
  await here.person.complete(taskId);
  await here.begin({ tasks: 40 });
  await here.pass(41 * DAY);
  await here.receive(xml);
  here.database.exec(
    `UPDATE outgoing SET step = 'failed', problem = 'It was lost.'
     WHERE header_id = (SELECT header_id FROM given_response ORDER BY rowid DESC LIMIT 1)`,
  );
  const { worklist } = here.to.practice;
  assert.equal((await worklist.counts()).attention, 1);
  await here.pass(60 * DAY);
  assert.deepEqual(contents(here), ["duplicate-message"], "somebody has to look at it first");

  const key = { kind: "task", id: taskId } as const;
  assert.equal((await here.person.dealWith(key, "About the patient")).outcome, "done");
  assert.equal((await worklist.counts()).attention, 0);
  assert.equal((await here.person.undoDealtWith(key)).outcome, "done");
  assert.equal((await here.person.dealWith(key, "About the patient")).outcome, "done");
  await here.pass(39 * DAY);
  assert.equal((await here.person.task(taskId))?.acts.length, 3);
  await here.pass(2 * DAY);
  assert.deepEqual(contents(here), []);
  const task = await here.person.task(taskId);
  assert.deepEqual([task?.acts, task?.matter], [[], undefined]);
});

test("the one that is left of two that are alike is no potential duplicate any more, in the list, its filter and on its page", async (t) => {
  const here = await keep(t);
  const [first = 0, second = 0, third = 0] = await here.receive(message().xml, message().xml, message().xml);
  const alike = async (): Promise<number[]> =>
    (await here.person.tasks({ flags: ["potential-duplicate"] }, "oldest")).map(({ taskId }) => taskId);
  assert.deepEqual(await alike(), [first, second, third]);
  await here.person.complete(first);
  await here.begin({ tasks: 40 });
  await here.pass(41 * DAY);
  assert.deepEqual(await alike(), [second, third]);
  await here.person.complete(second);
  await here.pass(41 * DAY);
  assert.deepEqual(await alike(), []);
  const left = await here.person.task(third);
  assert.deepEqual([left?.flags, left?.alike], [[], []]);
});
