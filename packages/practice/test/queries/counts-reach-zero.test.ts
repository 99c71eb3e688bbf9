import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import type { Worklist, WorklistCounts } from "../../src/worklist.ts";
import { consultation } from "../support/consultations.ts";
import { carry, deliver, type DirectoryPractice, markSent, openPractice } from "../support/economy.ts";
import { message, response, workflowId, documentInput } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";
import { person, type Person } from "../support/person.ts";

const answer = { from: receiver.mailboxId, workflowId: `${workflowId}_ACK` };
const day = 24 * 60 * 60 * 1000;
const notOurs = "7f0c2b1a-5d3e-4c6f-9a8b-001122334455";

/** What stands as a number in the navigation. */
type Number = "worklist" | "matching" | "reports" | "unmatched";

interface Case {
  number: Number;
  begin: (party: DirectoryPractice, headerId: string) => Promise<void> | void;
  /** By a person, or by itself. Absent: a person deals with the report. */
  end?: (at: Person, party: DirectoryPractice, headerId: string) => Promise<unknown> | void;
}

const yes = (party: DirectoryPractice, headerId: string): void => {
  for (const code of ["20013", "30001"]) deliver(party, response(headerId, code).xml, answer);
};

const cases: Readonly<Record<string, Case>> = {
  "a report not acknowledged in time": { number: "reports", begin: ({ clock }) => clock.advance(day + 1) },
  "a report not acknowledged in time, answered then": {
    number: "reports",
    begin: ({ clock }) => clock.advance(day + 1),
    end: (_, party, headerId) => yes(party, headerId),
  },
  "a report whose business answer is late": {
    number: "reports",
    async begin(party, headerId) {
      deliver(party, response(headerId, "20013").xml, answer);
      await party.practice.cycle();
      party.clock.advance(5 * day + 1);
    },
  },
  "a report refused as a message": { number: "reports", begin: (party, headerId) => tell(party, headerId, "20009") },
  "a report refused as a copy of one that nobody knows of": {
    number: "reports",
    begin: (party, headerId) => tell(party, headerId, "20007"),
  },
  "a report refused as a copy, of which the first is answered": {
    number: "reports",
    begin: (party, headerId) => tell(party, headerId, "20007"),
    end: (_, party, headerId) => yes(party, headerId),
  },
  "a report refused for its patient": { number: "reports", begin: (party, headerId) => tell(party, headerId, "30003") },
  "a report that MESH returned": {
    number: "reports",
    begin(party, headerId) {
      markSent(party, headerId, "20260302110000123456_ABCDEF");
      returned(party, "20260302110000123456_ABCDEF");
    },
  },
  "a report that could not be sent": { number: "reports", begin: (party) => change(party, "step = 'failed'") },
  "a report held": { number: "reports", begin: (party) => change(party, "step = 'held'") },
  "a report held, answered then": {
    number: "reports",
    begin: (party) => change(party, "step = 'held'"),
    end: (_, party, headerId) => yes(party, headerId),
  },
  "a report held, sent again and answered": {
    number: "reports",
    begin: (party) => change(party, "step = 'held'"),
    async end(at, party, headerId) {
      await at.sendAgain(headerId);
      await party.practice.cycle();
      yes(party, headerId);
    },
  },
  "an answer to nothing that was sent": {
    number: "unmatched",
    begin: (party) => void deliver(party, response(notOurs, "20013").xml, answer),
    end: (at) => at.dealWith({ kind: "stray", id: 1 }),
  },
  "an answer that cannot be read": {
    number: "unmatched",
    begin: (party) => void deliver(party, "<no/>", answer),
    end: (at) => at.dealWith({ kind: "stray", id: 1 }),
  },
  "an answer that contradicts the first": {
    number: "unmatched",
    async begin(party, headerId) {
      yes(party, headerId);
      await party.practice.cycle();
      deliver(party, response(headerId, "30002").xml, answer);
    },
    end: (at) => at.dealWith({ kind: "stray", id: 1 }),
  },
  "a MESH report about nothing that was sent": {
    number: "unmatched",
    begin: (party) => returned(party, "20260302110000999999_ABCDEF"),
    end: (at) => at.dealWith({ kind: "stray", id: 1 }),
  },
  "a MESH report whose message becomes known": {
    number: "unmatched",
    begin: (party) => returned(party, "20260302110000123456_ABCDEF"),
    async end(at, party, headerId) {
      markSent(party, headerId, "20260302110000123456_ABCDEF");
      await party.practice.cycle();
      await at.dealWith({ kind: "report", id: 1 });
    },
  },
  "a task to do": { number: "worklist", begin: (party) => come(party), end: (at) => at.complete(1) },
  "a message not accepted": {
    number: "worklist",
    begin: (party) => void deliver(party, "<Bundle", { from: receiver.mailboxId, workflowId }),
    end: (at) => at.complete(1),
  },
  "a message set aside": {
    number: "worklist",
    begin: (party) => void deliver(party, "hello", { from: receiver.mailboxId, workflowId: "SOMETHING_ELSE" }),
    end: (at) => at.complete(1),
  },
  "a match that waits": {
    number: "matching",
    begin: (party) => come(party, "9912609131"),
    async end(at) {
      await at.matchByHand(1, { verdict: "not-known", sends: true });
      await at.complete(1);
    },
  },
};

for (const [name, { number, begin, end }] of Object.entries(cases)) {
  test(`the number that counts ${name} rises and comes to nothing again`, async (t) => {
    const { party, headerId } = await opened(t);
    const { worklist } = party.practice;
    assert.deepEqual(await numbers(worklist), {});
    await begin(party, headerId);
    await party.practice.cycle();
    assert.ok(((await numbers(worklist))[number] ?? 0) > 0, JSON.stringify(await numbers(worklist)));
    const at = person(worklist);
    if (end === undefined) await at.dealWith({ kind: "report", id: 1 }, "Rang them.");
    else await end(at, party, headerId);
    await party.practice.cycle();
    assert.deepEqual(await numbers(worklist), {});
    // Nor does it rise by itself: elsewhere the report of the test would be late by then.
    if (number !== "reports") return;
    party.clock.advance(400 * day);
    await party.practice.cycle();
    assert.deepEqual(await numbers(worklist), {});
  });
}

test("a task whose answer did not get through, that was completed and then told of, comes to nothing when it is dealt with", async (t) => {
  const { party } = await opened(t);
  const at = person(party.practice.worklist);
  come(party);
  await party.practice.cycle();
  carry(party, await openPractice(t, receiver));
  await party.practice.cycle();
  await at.complete(1);
  returned(party, (await at.task(1))?.responses[0]?.messageId ?? "");
  await party.practice.cycle();
  assert.equal((await party.practice.worklist.counts()).attentionBy.task, 1);
  await at.dealWith({ kind: "task", id: 1 });
  assert.equal((await party.practice.worklist.counts()).attention, 0);
});

async function opened(t: TestContext): Promise<{ party: DirectoryPractice; headerId: string }> {
  const party = await openPractice(t, sender, { businessResponse: { kind: "onMatch", doubtful: "queue" } });
  const { headerId } = await party.practice.sendConsultation(consultation());
  await party.practice.cycle();
  return { party, headerId };
}

async function numbers(worklist: Worklist): Promise<Partial<Record<Number, number>>> {
  const { openTasks, attentionBy, matches = 0 }: WorklistCounts = await worklist.counts();
  const all = { worklist: openTasks, matching: matches, reports: attentionBy.report, unmatched: attentionBy.stray };
  return Object.fromEntries(Object.entries(all).filter(([, count]) => count > 0));
}

function tell(party: DirectoryPractice, headerId: string, code: string): void {
  deliver(party, response(headerId, code).xml, answer);
}

function come(party: DirectoryPractice, nhsNumber = documentInput().patient.nhsNumber): void {
  const patient = { ...documentInput().patient, nhsNumber };
  deliver(party, message({ patient }).xml, { from: receiver.mailboxId, workflowId });
}

function returned(party: DirectoryPractice, about: string): void {
  const status = {
    at: "20260302110000",
    event: "SEND",
    success: false,
    code: "EPL-153",
    description: "NHS Number not found",
  };
  deliver(party, "", { from: "", workflowId, messageId: about, messageType: "Report", addressType: "DTS", status });
}

function change({ options }: DirectoryPractice, set: string): void {
  using database = new DatabaseSync(join(options.dataFolder, "practice.sqlite"));
  database.exec(`UPDATE outgoing SET ${set} WHERE kind = 'report'`);
}
