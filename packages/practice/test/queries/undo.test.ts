import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { systemClock } from "@restante/mesh";
import { waitFor } from "@restante/testbed";
import type { ActBy, Actor } from "../../src/actor.ts";
import type { PracticeOptions } from "../../src/options.ts";
import { createPractice } from "../../src/practice.ts";
import type { Worklist } from "../../src/worklist.ts";
import { deliver, type DirectoryPractice, openPractice, pairsIn } from "../support/economy.ts";
import { killablePractice } from "../support/killable.ts";
import { documentInput, message, workflowId } from "../support/messages.ts";
import { pharmacy, sender } from "../support/organisations.ts";

const ada: Actor = { id: "u-ada", name: "Ada Fenwick" };
const ben: Actor = { id: "u-ben", name: "Ben Oduya" };

test("an answer waits for its time before it leaves, can be taken back until then, also after a restart, and be given anew", async (t) => {
  const to = await withTask(t);
  const { clock } = to;
  const { worklist } = to.practice;
  const answers = (): number => pairsIn(join(to.folder, "OUT")).length - 1;
  assert.equal(answers(), 0, "the infrastructure response alone");
  await worklist.decide(1, "30017", await seen(worklist, ada));
  const answer = await decided(worklist);
  assert.equal(answer?.undoableUntil?.getTime(), clock.now().getTime() + 30_000);
  clock.advance(29_000);
  await to.practice.cycle();
  assert.equal(answers(), 0);

  const reopened = (await to.reopen()).worklist;
  const stale = await seen(reopened, ben);
  assert.equal((await reopened.undo(answer?.headerId ?? "", await seen(reopened, ben))).outcome, "done");
  assert.equal(await decided(reopened), undefined);
  // Who has the page of before is told, whatever they do.
  assert.deepEqual(await reopened.undo(answer?.headerId ?? "", stale).catch(({ code }) => code), "left-already");
  assert.deepEqual(await reopened.complete(1, stale), { outcome: "changed-meanwhile" });
  clock.advance(60_000);
  await to.practice.cycle();
  assert.equal(answers(), 0);

  await reopened.decide(1, "30016", await seen(reopened, ben));
  clock.advance(30_000);
  await to.practice.cycle();
  assert.equal(answers(), 1);
  const given = await decided(reopened);
  assert.deepEqual([given?.code, given?.undoableUntil], ["30016", undefined]);
  await assert.rejects(reopened.undo(given?.headerId ?? "", await seen(reopened, ada)), { code: "left-already" });
  assert.deepEqual(
    (await reopened.task(1, ada))?.acts.map(({ act, by, about }) => [act, by.name, about]),
    [
      ["answered", ben.name, "30016 Referral accepted"],
      ["taken-back", ben.name, "30017 Referral rejected"],
      ["answered", ada.name, "30017 Referral rejected"],
    ],
  );
  using database = new DatabaseSync(join(to.options.dataFolder, "practice.sqlite"), { readOnly: true });
  for (const left of ["SELECT * FROM undoable", "SELECT * FROM review WHERE due_at = ''"]) {
    assert.deepEqual(database.prepare(left).all(), [], left);
  }
});

test("what was held and is to be sent again is held again where that is taken back, with what was said of it before", async (t) => {
  const to = await withTask(t);
  const { worklist } = to.practice;
  change(to, "UPDATE outgoing SET step = 'held', problem_code = 'answer-lost', problem = 'Never answered.'");
  const before = await worklist.task(1, ada);
  const [held] = before?.responses ?? [];
  await worklist.sendAgain(held?.headerId ?? "", await seen(worklist, ada));
  const [waiting] = (await worklist.task(1, ada))?.responses ?? [];
  assert.deepEqual([waiting?.state, waiting?.undoableUntil !== undefined], ["built", true]);
  await worklist.undo(held?.headerId ?? "", await seen(worklist, ben));
  const after = await worklist.task(1, ada);
  assert.deepEqual(after?.responses, before?.responses);
  assert.equal(after?.attention, before?.attention);
  // Nobody has told that an answer of the system's own is to be sent.
  change(to, "UPDATE outgoing SET step = 'due'");
  await assert.rejects(worklist.undo(held?.headerId ?? "", await seen(worklist, ada)), { code: "left-already" });
});

test("taken back while another process hands over, and is killed: an answer is gone for good or has left once, never both", async (t) => {
  const to = await openPractice(t, pharmacy, { role: "pharmacy", businessResponse: { kind: "onDecision" } });
  await to.practice[Symbol.asyncDispose]();
  const { organisation, role, businessResponse, dataFolder } = to.options;
  const running = killablePractice(t, join(to.folder, ".."), {
    options: { organisation, role, businessResponse, dataFolder, undoSeconds: 600 },
    transport: { kind: "directory", mailboxId: pharmacy.mailboxId, folder: to.folder },
  });
  await running.start();
  const count = 12;
  for (let task = 0; task < count; task += 1) deliver(to, message().xml, { from: sender.mailboxId, workflowId });
  const { clock: _, ...options } = to.options;
  await using here = await createPractice({ ...options, undoSeconds: 600 });
  const { worklist } = here;
  await waitFor(async () => (await worklist.tasks({ actor: ada })).total === count, { what: "the tasks" });
  let takenBack = 0;
  for (let task = 1; task <= count; task += 1) {
    await worklist.decide(task, "30016", await seen(worklist, ada, task));
    const headerId = (await decided(worklist, task))?.headerId ?? "";
    if (task % 4 === 0) {
      await running.kill();
      await running.start();
    }
    // Its time has come, so that both want it.
    change(to, `UPDATE outgoing SET due_at = '2020-01-01T00:00:00.000Z' WHERE header_id = '${headerId}'`);
    const isTaken = await worklist.undo(headerId, await seen(worklist, ada, task)).then(
      ({ outcome }) => outcome === "done",
      () => false,
    );
    const answer = await decided(worklist, task);
    assert.equal(answer === undefined, isTaken);
    if (isTaken) takenBack += 1;
    else await waitFor(async () => existsSync(join(to.folder, "OUT", `${headerId}.ctl`)), { what: "the answer" });
  }
  await running.kill();
  const out = pairsIn(join(to.folder, "OUT"));
  assert.equal(out.length, count + (count - takenBack));
  assert.equal(new Set(out.map(({ name }) => name)).size, out.length);
});

test("what a person has told to be sent leaves when it cannot be taken back any more, and not with the next look for messages", async (t) => {
  // A second that passes: whatever looks for messages does so every 5 minutes.
  const soon = { undoSeconds: 1, clock: systemClock };
  const ways = [
    {
      to: await withTask(t, soon),
      tell: async (worklist: Worklist) => worklist.decide(1, "30017", await seen(worklist, ada)),
    },
    {
      to: await withTask(
        t,
        { ...soon, role: "practice", businessResponse: { kind: "onMatch", doubtful: "queue" } },
        message({ patient: { ...documentInput().patient, birthDate: "2019-02-03" } }).xml,
      ),
      tell: async (worklist: Worklist) =>
        worklist.matchByHand(1, { verdict: "known", sends: true }, await seen(worklist, ada)),
    },
  ];
  for (const { to, tell } of ways) {
    const { practice } = to;
    practice.start();
    assert.equal((await tell(practice.worklist)).outcome, "done");
    await waitFor(() => pairsIn(join(to.folder, "OUT")).length === 2);
  }
});

async function withTask(
  t: TestContext,
  changes: Partial<PracticeOptions> = {},
  xml: string = message().xml,
): Promise<DirectoryPractice> {
  const to = await openPractice(t, pharmacy, {
    role: "pharmacy",
    businessResponse: { kind: "onDecision" },
    undoSeconds: 30,
    ...changes,
  });
  deliver(to, xml, { from: sender.mailboxId, workflowId });
  await to.practice.cycle();
  return to;
}

type Answers = NonNullable<Awaited<ReturnType<Worklist["task"]>>>["responses"];

async function decided(worklist: Worklist, taskId = 1): Promise<Answers[number] | undefined> {
  return (await worklist.task(taskId, ada))?.responses.find(({ level }) => level === "business");
}

async function seen(worklist: Worklist, actor: Actor, taskId = 1): Promise<ActBy> {
  return { actor, version: (await worklist.task(taskId, actor))?.version ?? 0 };
}

function change({ options }: DirectoryPractice, sql: string): void {
  using database = new DatabaseSync(join(options.dataFolder, "practice.sqlite"));
  database.exec(`PRAGMA busy_timeout = 5000; ${sql}`);
}
