import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readMessage, readResponse } from "@restante/itk3";
import { thisComputer } from "../../src/actor.ts";
import type { MatchDoubt } from "../../src/matching.ts";
import type { BusinessResponse, PracticeOptions } from "../../src/options.ts";
import { createPractice } from "../../src/practice.ts";
import { patient } from "../support/consultations.ts";
import { demographicsOf, record } from "../support/demographics.ts";
import { deliver, type DirectoryPractice, openPractice, pairsIn } from "../support/economy.ts";
import { message, withoutAcknowledgement, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";
import { person, type Person } from "../support/person.ts";

const from = sender.mailboxId;
const queue: BusinessResponse = { kind: "onMatch", doubtful: "queue" };
const hour = 3_600_000;
/** Something unknown, which may turn what it stands in into its opposite. */
const modifier =
  '<modifierExtension url="https://example.org/negated"><valueBoolean value="true"/></modifierExtension>';
const somebodyElse = { name: { family: "Ng", given: ["Noah"] }, birthDate: "2019-02-03" };

/** The codes of the business answers that have left. */
function answers({ folder }: DirectoryPractice): string[] {
  return pairsIn(join(folder, "OUT")).flatMap(({ data }) => {
    const { message } = readMessage(data);
    const response = message && readResponse(message);
    return response?.level === "business" ? [response.code] : [];
  });
}

/** A message about somebody whose details are not those of the register. */
function doubtful(): string {
  return message({ patient: { nhsNumber: patient.nhsNumber, ...somebodyElse } }).xml;
}

/** A message under the number of a patient who was born on the same day, has the same surname and another first name. */
function twin(): string {
  const { nhsNumber, family, dateOfBirth } = patient;
  return message({ patient: { nhsNumber, name: { family, given: ["Aoife"] }, birthDate: dateOfBirth } }).xml;
}

interface Desk {
  to: DirectoryPractice;
  at: Person;
}

/** The practice with one such message, looked up. */
async function withDoubt(
  t: TestContext,
  businessResponse: BusinessResponse = queue,
  { xml = doubtful(), ...changes }: Partial<PracticeOptions> & { xml?: string } = {},
): Promise<Desk> {
  const to = await openPractice(t, receiver, { businessResponse, ...changes });
  deliver(to, xml, { from, workflowId });
  await to.practice.cycle();
  return { to, at: person(to.practice.worklist) };
}

const doubts: [MatchDoubt, string][] = [
  ["no-number", message().xml.replaceAll(/<value value="9912830164"\s*\/>/g, "")],
  ["wrong-number", message().xml.replaceAll('value="9912830164"', 'value="9912830165"')],
  ["not-found", message({ patient: { nhsNumber: "9912609131", ...somebodyElse } }).xml],
  ["details-differ", doubtful()],
  ["differs-in-part", twin()],
  ["may-differ", message().xml.replace("</Patient>", `${modifier}</Patient>`)],
];

test("with the queue, what the register does not settle waits for a person, and what it settles is answered at once", async (t) => {
  const to = await openPractice(t, receiver, { businessResponse: queue });
  const at = person(to.practice.worklist);
  for (const [doubt, xml] of doubts) {
    deliver(to, xml, { from, workflowId });
    await to.practice.cycle();
    const [task] = await at.openTasks();
    assert.deepEqual([task?.patient.outcome, task?.patient.doubt], ["doubtful", doubt]);
    assert.deepEqual(
      task?.responses.map(({ level, code }) => [level, code]),
      [["infrastructure", "20013"]],
      "that it has arrived is answered",
    );
  }
  assert.deepEqual(answers(to), []);
  assert.deepEqual(
    (await at.matches()).map(({ task }) => task.patient.doubt),
    doubts.map(([doubt]) => doubt),
    "the longest waiting first",
  );
  assert.equal((await to.practice.worklist.counts()).matches, doubts.length);

  deliver(to, message().xml, { from, workflowId });
  await to.practice.cycle();
  assert.deepEqual(answers(to), ["30001"]);
  to.options.patients = demographicsOf(record({ practice: { odsCode: sender.odsCode } }));
  const elsewhere = await to.reopen();
  deliver(to, message({ senderReference: "another" }).xml, { from, workflowId });
  await elsewhere.cycle();
  assert.deepEqual(answers(to).toSorted(), ["30001", "30002"], "registered elsewhere is no doubt");
});

for (const [verdict, code] of [
  ["known", "30001"],
  ["not-known", "30002"],
  ["no-longer-here", "30003"],
  ["recently-deceased", "30004"],
] as const) {
  test(`${verdict}, said by hand of what waits, is answered ${code}, once, whatever is said later`, async (t) => {
    const { to, at } = await withDoubt(t);
    const [match] = await at.matches();
    assert.equal(match?.answerTo, from);
    assert.equal(match?.verdicts.find((answer) => answer.verdict === verdict)?.code, code);
    const by = { actor: { id: "7", name: "Dr Nowak" }, version: match?.task.version ?? 0 };
    const { worklist } = to.practice;
    assert.equal((await worklist.matchByHand(1, { verdict, sends: true }, by)).outcome, "done");
    assert.equal((await worklist.matchByHand(1, { verdict, sends: true }, by)).outcome, "done", "the form came twice");
    await to.practice.cycle();
    await (await to.reopen()).cycle();
    assert.deepEqual(answers(to), [code]);

    const after = person(to.practice.worklist);
    assert.deepEqual([await after.matches(), (await to.practice.worklist.counts()).matches], [[], 0]);
    const task = await after.task(1);
    assert.deepEqual([task?.patient.outcome, task?.patient.byHand?.by], [verdict, by.actor]);
    assert.deepEqual(
      task?.acts.map(({ by, act, about }) => [by.name, act, about?.slice(0, 5)]),
      [["Dr Nowak", "matched", code]],
    );

    const other = verdict === "known" ? "not-known" : "known";
    const later = await after.match(1);
    assert.deepEqual([later?.answerTo, later?.answered?.code], [undefined, code]);
    await assert.rejects(after.matchByHand(1, { verdict: other, sends: true }), { code: "match-not-allowed" });
    assert.equal((await after.matchByHand(1, { verdict: other, sends: false })).outcome, "done");
    await to.practice.cycle();
    assert.deepEqual(answers(to), [code]);
    const changed = await after.task(1);
    assert.equal(changed?.patient.outcome, other);
    assert.match(changed?.acts[0]?.about ?? "", /Nothing was sent/);
  });
}

test("without the queue it is answered at once, and what a person says later changes the task and sends nothing", async (t) => {
  for (const businessResponse of [{ kind: "onMatch" }, { kind: "onMatch", doubtful: "answer" }] as const) {
    const { to, at } = await withDoubt(t, businessResponse);
    assert.deepEqual(answers(to), ["30002"]);
    assert.equal((await to.practice.worklist.counts()).matches, undefined, "there is no queue");
    const match = await at.match(1);
    assert.deepEqual(
      [match?.task.patient.doubt, match?.answerTo, match?.answered?.code],
      ["details-differ", undefined, "30002"],
    );
    assert.equal((await at.matchByHand(1, { verdict: "known", sends: false })).outcome, "done");
    await to.practice.cycle();
    assert.deepEqual(answers(to), ["30002"]);
    assert.deepEqual((await at.task(1))?.patient.outcome, "known");
  }
});

test("without the queue a patient of another first name is answered as registered, and the task says that details differ", async (t) => {
  const { to, at } = await withDoubt(t, { kind: "onMatch" }, { xml: twin() });
  assert.deepEqual(answers(to), ["30001"]);
  const { outcome, doubt } = (await at.task(1))?.patient ?? {};
  assert.deepEqual([outcome, doubt], ["known", "differs-in-part"]);
  assert.equal(
    (await at.matchByHand(1, { verdict: "known", sends: false })).outcome,
    "done",
    "a person may confirm it",
  );
  assert.ok((await at.task(1))?.patient.byHand);
  await assert.rejects(at.matchByHand(1, { verdict: "known", sends: false }), { code: "match-not-allowed" });
});

test("what changed meanwhile is decided by nobody, nor what would send what a person was not told of", async (t) => {
  const { to, at } = await withDoubt(t);
  const { worklist } = to.practice;
  await assert.rejects(at.matchByHand(1, { verdict: "known", sends: false }), { code: "match-not-allowed" });
  await assert.rejects(at.matchByHand(2, { verdict: "known", sends: false }), { code: "task-unknown" });
  const version = (await at.task(1))?.version ?? 0;
  await at.complete(1);
  const late = await worklist.matchByHand(1, { verdict: "known", sends: true }, { actor: thisComputer, version });
  assert.equal(late.outcome, "changed-meanwhile");
  await to.practice.cycle();
  assert.deepEqual(answers(to), []);
  assert.equal((await at.matches()).length, 1, "a task that is done may wait for its match all the same");
});

test("a message that asks for no answer waits for a person too, who sends none", async (t) => {
  const xml = withoutAcknowledgement(doubtful(), "BusAckRequested");
  const { to, at } = await withDoubt(t, queue, { xml });
  assert.equal((await at.match(1))?.answerTo, undefined);
  assert.equal((await at.matchByHand(1, { verdict: "known", sends: false })).outcome, "done");
  await to.practice.cycle();
  assert.deepEqual([answers(to), await at.matches()], [[], []]);
});

test("that nobody decides is told after the set time, then at growing intervals, until somebody does", async (t) => {
  const { to, at } = await withDoubt(t, { ...queue, tellAfterHours: 10 });
  const told = (): (number | false)[] =>
    to.events.map((event) => event.event === "match-waiting" && event.times).filter(Boolean);
  /** `hours` since it came, to the second. */
  let passed = 0;
  const after = async (hours: number): Promise<void> => {
    to.clock.advance((hours - passed) * hour);
    passed = hours;
    await to.practice.cycle();
  };
  await after(9.9);
  assert.deepEqual([told(), (await at.task(1))?.attention], [[], undefined]);
  to.clock.advance(0.2 * hour);
  passed = 10.1;
  assert.match((await at.task(1))?.attention ?? "", /Nobody has decided yet/, "a page waits for no pass");
  assert.deepEqual(told(), [], "who looks does not take it from the log of the system");
  await after(10.15);
  await after(10.2);
  assert.deepEqual(told(), [1]);
  const event = to.events.find((each) => each.event === "match-waiting");
  assert.deepEqual([event?.taskId, event?.odsCode], [1, receiver.odsCode]);
  assert.match((await at.task(1))?.attention ?? "", /Nobody has decided yet/);
  await at.dealWith({ kind: "task", id: 1 }, "Rang the sender");
  await after(19.9);
  assert.deepEqual(told(), [1]);
  assert.equal((await at.task(1))?.attention, undefined, "a person has said so");
  for (const hours of [20.1, 40.1, 80.1]) await after(hours);
  assert.deepEqual(told(), [1, 2, 3, 4]);
  assert.match((await at.task(1))?.attention ?? "", /Nobody has decided yet/, "and again");

  // A system that was not running tells once what it missed: at 160, 320, and each week from then on.
  to.clock.advance(500 * hour);
  await (await to.reopen()).cycle();
  assert.deepEqual(told(), [1, 2, 3, 4, 7]);
  assert.deepEqual(answers(to), [], "it waits for ever");

  const later = person(to.practice.worklist);
  await later.matchByHand(1, { verdict: "known", sends: true });
  to.clock.advance(5000 * hour);
  await to.practice.cycle();
  assert.equal((await later.task(1))?.attention?.includes("Nobody has decided"), undefined);
  assert.deepEqual([told(), answers(to)], [[1, 2, 3, 4, 7], ["30001"]]);
});

test("what the register says is read as it is asked for; out of reach, a person decides all the same", async (t) => {
  const { to, at } = await withDoubt(t);
  assert.deepEqual((await at.matches())[0]?.register, {
    found: "patient",
    nhsNumber: patient.nhsNumber,
    names: ["O'NEILL, Siobhán"],
    dateOfBirth: patient.dateOfBirth,
    standing: "known",
  });
  to.options.patients = demographicsOf();
  await to.reopen();
  assert.deepEqual((await person(to.practice.worklist).match(1))?.register, { found: "nobody" });
  to.options.patients = { find: () => Promise.reject(new Error("not there")) };
  await to.reopen();
  const then = person(to.practice.worklist);
  assert.deepEqual((await then.match(1))?.register, { found: "unreachable" });
  await then.matchByHand(1, { verdict: "no-longer-here", sends: true });
  await to.practice.cycle();
  assert.deepEqual(answers(to), ["30003"]);
});

test("a setting that would answer what is to wait, or never tell of it, is refused", async (t) => {
  const { options } = await openPractice(t, receiver);
  for (const wrong of [
    { doubtful: "Queue" },
    { tellAfterHours: 0 },
    { tellAfterHours: NaN },
    { tellAfterHours: Infinity },
  ]) {
    const businessResponse = { ...queue, ...wrong } as BusinessResponse;
    await assert.rejects(createPractice({ ...options, businessResponse }), { code: "matching-unknown" });
  }
});
