import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { thisComputer } from "../../src/actor.ts";
import type { Worklist } from "../../src/worklist.ts";
import { consultation } from "../support/consultations.ts";
import { demographicsOf, record } from "../support/demographics.ts";
import { carry, deliver, type DirectoryPractice, markSent, openPractice } from "../support/economy.ts";
import { message, response, workflowId } from "../support/messages.ts";
import { pharmacy, receiver, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";

const answer = { from: receiver.mailboxId, workflowId: `${workflowId}_ACK` };
const from = sender.mailboxId;
const notOurs = "7f0c2b1a-5d3e-4c6f-9a8b-001122334455";
const day = 24 * 60 * 60 * 1000;

const task = async (worklist: Worklist): Promise<number> => (await worklist.task(1, thisComputer))?.version ?? 0;
const stray = async (worklist: Worklist): Promise<number> => (await worklist.stray(1, thisComputer))?.version ?? 0;
const reported = async (worklist: Worklist): Promise<number> => (await person(worklist).reports())[0]?.version ?? 0;

/** Whether what is done in between is a change that a person would want to know of. */
async function grows(version: () => Promise<number>, change: () => unknown): Promise<boolean> {
  const before = await version();
  await change();
  const after = await version();
  assert.ok(after >= before, "a version never falls");
  return after > before;
}

test("a task's version grows with its state, its match, its answer, what replaces it and what needs attention", async (t) => {
  const { to, version, does, key } = await withTask(t);
  const { worklist } = to.practice;
  assert.ok(await does(() => person(worklist).complete(1)));
  assert.ok(await does(() => person(worklist).reopen(1)));

  assert.ok(await does(() => change(to, "UPDATE outgoing SET step = 'failed', problem = 'As a test says.'")));
  assert.ok(await does(() => person(worklist).dealWith(key, "Rang them")));
  assert.ok(await does(() => person(worklist).undoDealtWith(key)));
  assert.ok(await does(() => change(to, "UPDATE outgoing SET step = 'held', problem = 'Never answered.'")));
  const held = (await person(worklist).task(1))?.responses[0]?.headerId ?? "";
  assert.ok(await does(() => person(worklist).sendAgain(held)));
  assert.ok(await does(() => change(to, "UPDATE task SET state = 'replaced'")), "a later document came");
  assert.ok(await version());

  const waiting = await openPractice(t, receiver, {
    patients: { find: () => Promise.reject(new Error("not yet")) },
  });
  deliver(waiting, message().xml, { from, workflowId });
  await waiting.practice.cycle();
  const before = await task(waiting.practice.worklist);
  waiting.options.patients = demographicsOf(record());
  waiting.clock.advance(day);
  const practice = await waiting.reopen();
  await practice.cycle();
  assert.ok((await task(practice.worklist)) > before, "the patient was found");

  const deciding = await openPractice(t, pharmacy, { role: "pharmacy", businessResponse: { kind: "onDecision" } });
  deliver(deciding, message().xml, { from, workflowId });
  await deciding.practice.cycle();
  const decided = deciding.practice.worklist;
  assert.ok(
    await grows(
      () => task(decided),
      () => person(decided).decide(1, "30016"),
    ),
  );
  const matched = await withTask(t);
  assert.ok(
    await matched.does(() =>
      person(matched.to.practice.worklist).matchByHand(1, { verdict: "not-known", sends: false }),
    ),
  );
});

test("a report's version grows with each answer, with a send that is held or failed, and with what needs attention", async (t) => {
  const { practice, clock, does, headerId } = await withReport(t);
  assert.ok(await does(() => acknowledge(practice, headerId, "20013")), "an answer came");
  assert.ok(await does(() => clock.advance(6 * day)), "the next is overdue");
  assert.ok(await does(() => acknowledge(practice, headerId, "30003")), "it was refused");

  const other = await withReport(t);
  assert.ok(await other.does(() => change(other.practice, "UPDATE outgoing SET step = 'held', problem = 'Never.'")));
  assert.ok(await other.does(() => person(other.practice.practice.worklist).sendAgain(other.headerId)));
  assert.ok(await other.does(() => change(other.practice, "UPDATE outgoing SET step = 'failed', problem = 'No.'")));
});

test("a stray's version grows with what a person says of it, and when it turns out to belong to something", async (t) => {
  const { practice, headerId } = await withReport(t);
  const { worklist } = practice.practice;
  const messageId = "20260302110000123456_ABCDEF";
  const status = { at: "20260302110000", event: "SEND", success: false, code: "EPL-153", description: "Not found" };
  deliver(practice, "", { from: "", workflowId, messageId, messageType: "Report", addressType: "DTS", status });
  await practice.practice.cycle();
  const does = (what: () => unknown): Promise<boolean> => grows(() => stray(worklist), what);
  const key = { kind: "stray", id: 1 } as const;
  assert.ok(await does(() => person(worklist).dealWith(key)));
  assert.ok(await does(() => person(worklist).undoDealtWith(key)));
  markSent(practice, headerId, messageId);
  assert.ok(await does(() => practice.practice.cycle()));
});

test("what matters to no act costs nobody their click: a page opened, a message on its way, a copy that came", async (t) => {
  const { to, does, sent } = await withTask(t);
  const { worklist } = to.practice;
  assert.ok(!(await does(() => carry(to, sent))), "its answers left");
  assert.ok(!(await does(() => to.practice.cycle())), "and are known to have left");
  const { xml } = message({ senderReference: "another" });
  for (let copy = 0; copy < 2; copy += 1) deliver(to, xml, { from, workflowId });
  assert.ok(!(await does(() => to.practice.cycle())), "others came");
  assert.ok(!(await does(() => person(worklist).complete(2))), "another was done");

  const report = await withReport(t);
  assert.ok(!(await report.does(() => markSent(report.practice, report.headerId, "20260302110000123456_ABCDEF"))));
  assert.ok(!(await report.does(() => report.practice.practice.cycle())));
  report.practice.clock.advance(2 * day);
  await report.practice.practice.cycle();
  const { worklist: sender } = report.practice.practice;
  assert.equal((await person(sender).reports())[0]?.matter?.state, "new");
  assert.ok(!(await report.does(() => person(sender).see({ kind: "report", id: 1 }))));
  assert.equal((await person(sender).reports())[0]?.matter?.state, "seen");
});

interface WithTask {
  to: DirectoryPractice;
  sent: DirectoryPractice;
  version: () => Promise<number>;
  does: (change: () => unknown) => Promise<boolean>;
  key: { kind: "task"; id: number };
}

async function withTask(t: TestContext): Promise<WithTask> {
  const sent = await openPractice(t, sender);
  const to = await openPractice(t, receiver);
  deliver(to, message().xml, { from, workflowId });
  await to.practice.cycle();
  const version = (): Promise<number> => task(to.practice.worklist);
  return { to, sent, version, does: (what) => grows(version, what), key: { kind: "task", id: 1 } };
}

/** A sender whose only report has been handed over. */
async function withReport(t: TestContext): Promise<{
  practice: DirectoryPractice;
  clock: DirectoryPractice["clock"];
  headerId: string;
  does: (change: () => unknown) => Promise<boolean>;
}> {
  const practice = await openPractice(t, sender);
  const { headerId } = await practice.practice.sendConsultation(consultation());
  await practice.practice.cycle();
  const does = (what: () => unknown): Promise<boolean> => grows(() => reported(practice.practice.worklist), what);
  return { practice, clock: practice.clock, headerId, does };
}

async function acknowledge(practice: DirectoryPractice, headerId: string, code: string): Promise<void> {
  deliver(practice, response(headerId, code).xml, answer);
  deliver(practice, response(notOurs, code).xml, answer);
  await practice.practice.cycle();
}

/** As another process, or another part of this one, writes it. */
function change({ options }: DirectoryPractice, sql: string): void {
  using database = new DatabaseSync(join(options.dataFolder, "practice.sqlite"));
  database.exec(sql);
}
