import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import type { Actor } from "../../src/actor.ts";
import type { Task, Worklist } from "../../src/worklist.ts";
import { matchUndo } from "../../src/store/migrations/match-undo.ts";
import { migrations } from "../../src/store/schema.ts";
import { patient } from "../support/consultations.ts";
import { deliver, openPractice, pairsIn } from "../support/economy.ts";
import { message, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";

const ada: Actor = { id: "u-ada", name: "Ada Fenwick" };
const ben: Actor = { id: "u-ben", name: "Ben Oduya" };
const somebodyElse = { name: { family: "Ng", given: ["Noah"] }, birthDate: "2019-02-03" };

async function answerOf(worklist: Worklist): Promise<Task["responses"][number] | undefined> {
  return (await person(worklist).task(1))?.responses.find(({ level }) => level === "business");
}

test("a match by hand waits before its answer leaves, can be taken back until then, and waits for a person again", async (t) => {
  const to = await openPractice(t, receiver, {
    businessResponse: { kind: "onMatch", doubtful: "queue" },
    undoSeconds: 30,
  });
  const { clock } = to;
  const { worklist } = to.practice;
  const answers = (): number => pairsIn(join(to.folder, "OUT")).length - 1;
  deliver(to, message({ patient: { nhsNumber: patient.nhsNumber, ...somebodyElse } }).xml, {
    from: sender.mailboxId,
    workflowId,
  });
  await to.practice.cycle();
  await person(worklist, ada).matchByHand(1, { verdict: "known", sends: true });
  const first = await answerOf(worklist);
  assert.equal(first?.undoableUntil?.getTime(), clock.now().getTime() + 30_000);
  assert.equal((await worklist.counts()).matches, 0);
  // What it says leaves, so nobody says another thing of the patient before that is taken back.
  const match = await person(worklist).match(1);
  assert.deepEqual([match?.verdicts, match?.answered?.undoableUntil], [[], first?.undoableUntil]);
  await assert.rejects(person(worklist).matchByHand(1, { verdict: "not-known", sends: false }), {
    code: "match-not-allowed",
  });
  clock.advance(29_000);
  await to.practice.cycle();
  assert.equal(answers(), 0);

  const practice = await to.reopen();
  const again = practice.worklist;
  const task = await person(again).task(1);
  const by = { actor: ben, version: task?.version ?? 0 };
  assert.equal((await again.undo(first?.headerId ?? "", by)).outcome, "done");
  assert.equal((await again.complete(1, by)).outcome, "changed-meanwhile", "who saw the match is told");
  const waiting = await person(again).task(1);
  assert.deepEqual([waiting?.patient.outcome, waiting?.patient.byHand, waiting?.flags], ["doubtful", undefined, []]);
  assert.equal((await again.counts()).matches, 1);
  assert.equal((await person(again).matches()).length, 1);
  clock.advance(25 * 60 * 60 * 1000);
  await practice.cycle();
  assert.equal(answers(), 0);
  assert.match((await person(again).task(1))?.attention ?? "", /^Nobody has decided yet/, "it is told of as before");

  await person(again, ben).matchByHand(1, { verdict: "not-known", sends: true });
  clock.advance(30_000);
  await practice.cycle();
  assert.equal(answers(), 1);
  const given = await answerOf(again);
  assert.deepEqual([given?.code, given?.undoableUntil], ["30002", undefined]);
  const left = { actor: ada, version: (await person(again).task(1))?.version ?? 0 };
  await assert.rejects(again.undo(given?.headerId ?? "", left), { code: "left-already" });
  await person(again).matchByHand(1, { verdict: "known", sends: false });
  assert.deepEqual(
    (await person(again).task(1))?.acts.map(({ act, by, about }) => [act, by.name, about?.slice(0, 5)]),
    [
      ["matched", "this computer", "The p"],
      ["matched", ben.name, "30002"],
      ["taken-back", ben.name, "30001"],
      ["matched", ada.name, "30001"],
    ],
  );
});

test("what could be taken back in a database of the version before can be after the upgrade", () => {
  using database = new DatabaseSync(":memory:");
  database.function("id_key", { deterministic: true }, (id) => String(id));
  for (const statements of migrations.slice(0, migrations.indexOf(matchUndo))) database.exec(statements);
  database.exec(`PRAGMA foreign_keys = OFF; INSERT INTO undoable VALUES ('one', 'held', '2026', 'x', 'y')`);
  database.exec(matchUndo);
  assert.deepEqual(
    database
      .prepare("SELECT header_id, kind, problem FROM undoable")
      .all()
      .map((row) => Object.values(row)),
    [["one", "held", "y"]],
  );
});
