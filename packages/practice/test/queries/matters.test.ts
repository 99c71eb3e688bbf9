import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { thisComputer } from "../../src/actor.ts";
import type { MatterKey, SentReport, Worklist } from "../../src/worklist.ts";
import { consultation } from "../support/consultations.ts";
import { carry, deliver, type DirectoryPractice, markSent, openPractice } from "../support/economy.ts";
import { message, response, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";

const answer = { from: receiver.mailboxId, workflowId: `${workflowId}_ACK` };
const messageId = "20260302110000123456_ABCDEF";
const notOurs = "7f0c2b1a-5d3e-4c6f-9a8b-001122334455";
const report: MatterKey = { kind: "report", id: 1 };

test("a report that was refused needs attention until a person has dealt with it, and that is kept", async (t) => {
  const { from, worklist } = await withRefusedReport(t);
  assert.deepEqual((await worklist().counts()).attentionBy, { task: 0, report: 1, stray: 0 });
  assert.equal((await listed(worklist()))[0]?.matter?.state, "new");
  await person(worklist()).see(report);
  assert.equal((await listed(worklist()))[0]?.matter?.state, "seen");
  assert.equal((await worklist().counts()).attention, 1);

  from.clock.advance(60_000);
  await person(worklist()).dealWith(report, "  Rang them: they have it by post.  ");
  await from.reopen();
  assert.equal((await worklist().counts()).attention, 0);
  assert.deepEqual(await listed(worklist()), []);
  const [dealt] = await person(worklist()).reports({ show: "dealt-with" });
  assert.equal(dealt?.attention, undefined);
  assert.equal(dealt?.state, "refused");
  assert.equal(dealt?.matter?.state, "dealt-with");
  assert.match(dealt.matter.reason, /^The recipient refused it: 30003/);
  assert.deepEqual(dealt.matter.dealtWith, {
    at: from.clock.now(),
    by: thisComputer,
    note: "Rang them: they have it by post.",
  });
});

test("what was dealt with by mistake needs attention again, and all that persons did stays on record", async (t) => {
  const { from, headerId, worklist } = await withRefusedReport(t);
  await person(worklist()).dealWith(report, "A mistake");
  from.clock.advance(1000);
  await person(worklist()).undoDealtWith(report);
  assert.equal((await worklist().counts()).attention, 1);
  assert.equal((await listed(worklist()))[0]?.matter?.dealtWith, undefined);
  from.clock.advance(1000);
  await person(worklist()).dealWith(report);
  const told = (await person(worklist()).report(headerId))?.acts.map(({ act, note, at }) => [
    act,
    note,
    at.getSeconds(),
  ]);
  assert.deepEqual(told, [
    ["dealt-with", undefined, 2],
    ["undone", undefined, 1],
    ["dealt-with", "A mistake", 0],
  ]);
});

test("what happens after a person has dealt with something needs attention again, what is told again does not", async (t) => {
  const { from, headerId, worklist } = await withRefusedReport(t);
  await person(worklist()).dealWith(report);
  // A second refusal at the same level says nothing new.
  deliver(from, response(headerId, "30002").xml, answer);
  await from.practice.cycle();
  await from.practice.cycle();
  assert.equal((await worklist().counts()).attention, 0);

  markSent(from, headerId, messageId);
  returned(from, messageId);
  await from.practice.cycle();
  assert.equal((await worklist().counts()).attention, 1);
  const [again] = await listed(worklist());
  assert.equal(again?.matter?.state, "new");
  assert.equal(again.matter.dealtWith, undefined);
  assert.match(again.attention ?? "", /refused it: 30003 .* MESH could not deliver it: EPL-153/);
});

test("a report overdue that a person has dealt with is told again when it is refused, not when it stays overdue", async (t) => {
  const { from, headerId, worklist } = await withReport(t);
  const day = 24 * 60 * 60 * 1000;
  from.clock.advance(day + 1);
  assert.match((await listed(worklist()))[0]?.attention ?? "", /not been acknowledged in time/);
  await person(worklist()).dealWith(report, "They will look.");
  from.clock.advance(30 * day);
  await from.practice.cycle();
  assert.equal((await worklist().counts()).attention, 0);
  deliver(from, response(headerId, "20013").xml, answer);
  await from.practice.cycle();
  assert.equal((await worklist().counts()).attention, 0);
  from.clock.advance(5 * day + 1);
  assert.match((await listed(worklist()))[0]?.attention ?? "", /whether it is for them/);
});

test("what ends by itself before a person has said anything needs no attention any more", async (t) => {
  const { from, headerId, worklist } = await withReport(t);
  from.clock.advance(24 * 60 * 60 * 1000 + 1);
  assert.equal((await worklist().counts()).attention, 1);
  for (const code of ["20013", "30001"]) deliver(from, response(headerId, code).xml, answer);
  await from.practice.cycle();
  assert.equal((await worklist().counts()).attention, 0);
  assert.equal((await person(worklist()).report(headerId))?.matter, undefined);
  await assert.rejects(person(worklist()).dealWith(report), { code: "nothing-to-deal-with" });
  await assert.rejects(person(worklist()).undoDealtWith(report), { code: "not-dealt-with" });
});

test("a message that belongs to nothing needs attention until a person has dealt with it", async (t) => {
  const { from, worklist } = await withReport(t);
  const arrived = deliver(from, response(notOurs, "20013").xml, answer);
  await from.practice.cycle();
  const [stray] = await person(worklist()).strays({ show: "attention" });
  assert.equal(stray?.messageId, arrived);
  assert.equal((await worklist().counts()).attentionBy.stray, 1);
  const { strayId } = stray;
  const key: MatterKey = { kind: "stray", id: strayId };
  await person(worklist()).dealWith(key, "Theirs, not ours");
  assert.deepEqual(await person(worklist()).strays({ show: "attention" }), []);
  assert.equal(
    (await person(worklist()).strays({ show: "dealt-with" }))[0]?.matter?.dealtWith?.note,
    "Theirs, not ours",
  );
  assert.equal((await person(worklist()).strays()).length, 1);
  assert.equal((await worklist().counts()).attention, 0);
  await person(worklist()).undoDealtWith(key);
  assert.equal((await worklist().counts()).attention, 1);

  const detail = await person(worklist()).stray(strayId);
  assert.equal(detail?.mailboxId, sender.mailboxId);
  assert.equal(detail.from, receiver.mailboxId);
  assert.deepEqual(
    detail.acts.map(({ act }) => act),
    ["undone", "dealt-with"],
  );
  assert.match(
    Buffer.from((await person(worklist()).strayOriginal(strayId))?.bytes ?? []).toString(),
    new RegExp(notOurs),
  );
  assert.equal(await person(worklist()).stray(99), undefined);
  assert.equal(await person(worklist()).strayOriginal(99), undefined);
});

test("strays are listed newest first, a page at a time", async (t) => {
  const { from, worklist } = await withReport(t);
  for (let count = 0; count < 5; count += 1) {
    deliver(from, response(notOurs, "20013").xml, answer);
    await from.practice.cycle();
  }
  assert.deepEqual(
    (await worklist().strays({ actor: thisComputer, page: { number: 2, size: 2 } })).items.map(
      ({ strayId }) => strayId,
    ),
    [3, 2],
  );
  assert.equal((await worklist().counts()).strays, 5);
});

test("a MESH report that came before its message was known by its id needs attention no longer as a stray", async (t) => {
  const { from, headerId, worklist } = await withReport(t);
  returned(from, messageId);
  await from.practice.cycle();
  assert.deepEqual((await worklist().counts()).attentionBy, { task: 0, report: 0, stray: 1 });
  markSent(from, headerId, messageId);
  await from.practice.cycle();
  assert.deepEqual((await worklist().counts()).attentionBy, { task: 0, report: 1, stray: 0 });
  assert.equal((await worklist().counts()).strays, 0);
});

test("a task whose answer does not get through needs attention until a person has dealt with it", async (t) => {
  const { to, worklist } = await withReturnedAnswer(t);
  const key: MatterKey = { kind: "task", id: 1 };
  assert.equal((await person(worklist()).tasks({ show: "attention" }))[0]?.matter?.state, "new");
  await person(worklist()).dealWith(key, "Sent by post");
  assert.equal((await worklist().counts()).attention, 0);
  assert.deepEqual(await person(worklist()).tasks({ show: "attention" }), []);
  assert.equal((await person(worklist()).task(1))?.attention, undefined);
  assert.equal((await person(worklist()).task(1))?.matter?.dealtWith?.note, "Sent by post");
  assert.equal((await person(worklist()).task(1))?.state, "open");

  const other = (await person(worklist()).task(1))?.responses[1]?.messageId ?? "";
  returned(to, other);
  await to.practice.cycle();
  assert.equal((await worklist().counts()).attentionBy.task, 1);
});

test("completing a task deals with what needs attention about it, and opening it again takes that back", async (t) => {
  const { to, worklist } = await withReturnedAnswer(t);
  await person(worklist()).complete(1);
  assert.equal((await worklist().counts()).attention, 0);
  await person(worklist()).reopen(1);
  assert.equal((await worklist().counts()).attention, 1);

  await person(worklist()).dealWith({ kind: "task", id: 1 }, "Apart");
  to.clock.advance(1000);
  await person(worklist()).complete(1);
  await person(worklist()).reopen(1);
  assert.equal((await person(worklist()).task(1))?.matter?.dealtWith?.note, "Apart");
});

test("trouble with the answer to a task that is done already is told all the same", async (t) => {
  const { to, worklist } = await withReturnedAnswer(t);
  await person(worklist()).complete(1);
  returned(to, (await person(worklist()).task(1))?.responses[1]?.messageId ?? "");
  await to.practice.cycle();
  assert.equal((await worklist().counts()).attentionBy.task, 1);
  assert.equal((await person(worklist()).tasks({ show: "attention" }))[0]?.state, "completed");
});

test("a note is kept whole or refused, and one longer than 500 characters is refused", async (t) => {
  const { worklist } = await withRefusedReport(t);
  await assert.rejects(person(worklist()).dealWith(report, "😀".repeat(501)), { code: "note-too-long" });
  assert.equal((await worklist().counts()).attention, 1);
  await person(worklist()).dealWith(report, "😀".repeat(500));
  assert.equal((await person(worklist()).reports())[0]?.matter?.dealtWith?.note, "😀".repeat(500));
});

test("what happened while nobody looked and the system was closed is told at the next look", async (t) => {
  const { from, headerId, worklist } = await withReport(t);
  {
    using database = new DatabaseSync(join(from.options.dataFolder, "practice.sqlite"));
    database.exec("UPDATE outgoing SET step = 'held', problem = 'As a test says.'");
  }
  await from.reopen();
  assert.match((await person(worklist()).report(headerId))?.attention ?? "", /may or may not/);
});

test("the counts are those of the rows, whatever happened", async (t) => {
  const { from, worklist } = await withRefusedReport(t);
  for (let count = 0; count < 3; count += 1) deliver(from, response(notOurs, "20013").xml, answer);
  for (let count = 0; count < 4; count += 1) deliver(from, message().xml, { from: receiver.mailboxId, workflowId });
  await from.practice.cycle();
  await person(worklist()).complete(1);
  await person(worklist()).complete(2);
  await person(worklist()).reopen(1);
  await person(worklist()).see(report);
  await person(worklist()).dealWith({ kind: "stray", id: 1 });
  await person(worklist()).dealWith({ kind: "stray", id: 2 });
  await person(worklist()).undoDealtWith({ kind: "stray", id: 2 });
  const { openTasks, completedTasks, reports, attentionBy, strays } = await worklist().counts();
  const list = worklist();
  assert.deepEqual(
    { openTasks, completedTasks, reports, attentionBy, strays },
    {
      openTasks: (await person(list).tasks({ show: "open" })).length,
      completedTasks: (await person(list).tasks({ show: "completed" })).length,
      reports: (await person(list).reports()).length,
      attentionBy: {
        task: (await person(list).tasks({ show: "attention" })).length,
        report: (await person(list).reports({ show: "attention" })).length,
        stray: (await person(list).strays({ show: "attention" })).length,
      },
      strays: (await person(list).strays()).length,
    },
  );
  assert.deepEqual([openTasks, completedTasks, reports, strays], [3, 1, 1, 3]);
});

function listed(worklist: Worklist): Promise<SentReport[]> {
  return person(worklist).reports({ show: "attention" });
}

interface WithReport {
  from: DirectoryPractice;
  headerId: string;
  worklist: () => Worklist;
}

/** A sender whose only report has been handed over. */
async function withReport(t: TestContext): Promise<WithReport> {
  const from = await openPractice(t, sender);
  const { headerId } = await from.practice.sendConsultation(consultation());
  await from.practice.cycle();
  return { from, headerId, worklist: () => from.practice.worklist };
}

async function withRefusedReport(t: TestContext): Promise<WithReport> {
  const opened = await withReport(t);
  for (const code of ["20013", "30003"]) deliver(opened.from, response(opened.headerId, code).xml, answer);
  await opened.from.practice.cycle();
  return opened;
}

/** A receiver whose first answer MESH has returned. */
async function withReturnedAnswer(t: TestContext): Promise<{ to: DirectoryPractice; worklist: () => Worklist }> {
  const from = await openPractice(t, sender);
  const to = await openPractice(t, receiver);
  deliver(to, message().xml, { from: sender.mailboxId, workflowId });
  await to.practice.cycle();
  carry(to, from);
  await to.practice.cycle();
  returned(to, (await person(to.practice.worklist).task(1))?.responses[0]?.messageId ?? "");
  await to.practice.cycle();
  return { to, worklist: () => to.practice.worklist };
}

/** MESH says that it could not deliver a message. */
function returned(to: DirectoryPractice, about: string): void {
  const status = {
    at: "20260302110000",
    event: "SEND",
    success: false,
    code: "EPL-153",
    description: "NHS Number not found",
  };
  deliver(to, "", { from: "", workflowId, messageId: about, messageType: "Report", addressType: "DTS", status });
}
