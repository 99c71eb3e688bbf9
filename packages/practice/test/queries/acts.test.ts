import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import type { ActBy, ActOutcome, Actor } from "../../src/actor.ts";
import type { MatterKey, Worklist } from "../../src/worklist.ts";
import { consultation } from "../support/consultations.ts";
import { deliver, type DirectoryPractice, openPractice } from "../support/economy.ts";
import { message, response, workflowId } from "../support/messages.ts";
import { pharmacy, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";

const ada: Actor = { id: "0001", name: "Ada Fenwick" };
const ben: Actor = { id: "0002", name: "Ben Oduya" };
const changed: ActOutcome = { outcome: "changed-meanwhile" };
const task: MatterKey = { kind: "task", id: 1 };

interface Case {
  name: string;
  /** What makes the act one that can be done. */
  prepare: (to: DirectoryPractice) => unknown;
  act: (worklist: Worklist, by: ActBy) => Promise<ActOutcome>;
}

const held = "UPDATE outgoing SET step = 'held', problem = 'Never answered.'";
const cases: Case[] = [
  { name: "complete", prepare: () => undefined, act: (worklist, by) => worklist.complete(1, by) },
  {
    name: "reopen",
    prepare: ({ practice }) => person(practice.worklist).complete(1),
    act: (list, by) => list.reopen(1, by),
  },
  { name: "decide", prepare: () => undefined, act: (worklist, by) => worklist.decide(1, "30016", by) },
  {
    name: "sendAgain",
    prepare: (to) => change(to, held),
    act: async (list, by) => list.sendAgain((await person(list).task(1))?.responses[0]?.headerId ?? "", by),
  },
  { name: "see", prepare: (to) => change(to, held), act: (worklist, by) => worklist.see(task, by) },
  {
    name: "dealWith",
    prepare: (to) => change(to, held),
    act: (worklist, by) => worklist.dealWith(task, by, "Rang them"),
  },
  {
    name: "undoDealtWith",
    async prepare(to) {
      change(to, held);
      await person(to.practice.worklist).dealWith(task);
    },
    act: (worklist, by) => worklist.undoDealtWith(task, by),
  },
];

for (const { name, prepare, act } of cases) {
  test(`${name} on what has changed since the person saw it does nothing, and says so; on what is seen anew it is done`, async (t) => {
    const to = await withTask(t);
    await prepare(to);
    const { worklist } = to.practice;
    const { version } = (await worklist.task(1, ada))!;
    // What another person, or another process, does between the page and the click.
    change(to, "UPDATE task SET match_outcome = 'not-known'");
    const before = await worklist.task(1, ada);
    assert.deepEqual(await act(worklist, { actor: ada, version }), changed);
    assert.deepEqual(await worklist.task(1, ada), before);

    const done = await act(worklist, { actor: ada, version: before?.version ?? 0 });
    const after = await worklist.task(1, ada);
    assert.equal(done.outcome, "done");
    assert.notDeepEqual(after, before);
  });
}

test("of two persons who act on the same page one does it, and the other is told; each act has its person on record", async (t) => {
  const to = await withTask(t);
  const { worklist } = to.practice;
  const { version } = (await worklist.task(1, ada))!;
  const done = await worklist.complete(1, { actor: ada, version });
  assert.equal(done.outcome, "done");
  assert.deepEqual(await worklist.complete(1, { actor: ben, version }), changed);
  assert.deepEqual(await worklist.reopen(1, { actor: ben, version }), changed);
  assert.equal((await worklist.reopen(1, { actor: ben, version: await versionOf(worklist) })).outcome, "done");
  change(to, held);
  await worklist.dealWith(task, { actor: ben, version: await versionOf(worklist) }, "Rang them");
  const practice = await to.reopen();
  const shown = await practice.worklist.task(1, ada);
  assert.deepEqual(
    shown?.acts.map(({ act, by }) => [act, by]),
    [
      ["dealt-with", ben],
      ["reopened", ben],
      ["completed", ada],
    ],
  );
  assert.deepEqual(shown.matter?.dealtWith?.by, ben);
});

test("completing again changes nothing: by a form sent twice, or by who sees that it is done", async (t) => {
  const to = await withTask(t);
  const { worklist } = to.practice;
  const version = await versionOf(worklist);
  const first = await worklist.complete(1, { actor: ada, version });
  const completed = await worklist.task(1, ada);
  to.clock.advance(60_000);
  assert.deepEqual(await worklist.complete(1, { actor: ada, version }), first);
  assert.deepEqual(await worklist.complete(1, { actor: ben, version: await versionOf(worklist) }), first);
  assert.deepEqual(await worklist.task(1, ada), completed);

  // Something has happened since: that the form came before does not tell them that they have seen it.
  change(to, held);
  assert.deepEqual(await worklist.complete(1, { actor: ada, version }), changed);
});

test("what happened before the click and has not been looked at yet is looked at first", async (t) => {
  const from = await openPractice(t, sender);
  const { headerId } = await from.practice.sendConsultation(consultation());
  await from.practice.cycle();
  from.clock.advance(2 * 24 * 60 * 60 * 1000);
  const { worklist } = from.practice;
  const { version } = (await worklist.report(headerId, ada))!;
  change(from, "UPDATE outgoing SET problem = 'Another reason.'; UPDATE outgoing SET step = 'due'");
  const answered = await worklist.dealWith({ kind: "report", id: 1 }, { actor: ada, version });
  assert.deepEqual(answered, changed);
  assert.match((await worklist.report(headerId, ada))?.attention ?? "", /Another reason/);
});

test("an answer that is not believed, and one that is given to nobody, keep their codes when what was seen is as it is", async (t) => {
  const to = await withTask(t);
  const { worklist } = to.practice;
  deliver(to, response("7f0c2b1a-5d3e-4c6f-9a8b-001122334455", "20013").xml, {
    from: sender.mailboxId,
    workflowId: `${workflowId}_ACK`,
  });
  await to.practice.cycle();
  const key: MatterKey = { kind: "stray", id: 1 };
  const seen = async (): Promise<ActBy> => ({ actor: ada, version: (await worklist.stray(1, ada))?.version ?? 0 });
  await assert.rejects(worklist.undoDealtWith(key, await seen()), { code: "not-dealt-with" });
  await worklist.dealWith(key, await seen());
  await assert.rejects(worklist.dealWith(key, await seen()), { code: "nothing-to-deal-with" });
  await assert.rejects(worklist.complete(9, { actor: ada, version: 1 }), { code: "task-unknown" });
});

/** A pharmacy with one task that a person may answer. */
async function withTask(t: TestContext): Promise<DirectoryPractice> {
  const to = await openPractice(t, pharmacy, { role: "pharmacy", businessResponse: { kind: "onDecision" } });
  deliver(to, message().xml, { from: sender.mailboxId, workflowId });
  await to.practice.cycle();
  return to;
}

async function versionOf(worklist: Worklist): Promise<number> {
  return (await worklist.task(1, ada))?.version ?? 0;
}

function change({ options }: DirectoryPractice, sql: string): void {
  using database = new DatabaseSync(join(options.dataFolder, "practice.sqlite"));
  database.exec(sql);
}
