import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { thisComputer } from "../../src/actor.ts";
import type { ReportQuery } from "../../src/lists.ts";
import type { ReportStanding } from "../../src/worklist.ts";
import { consultation } from "../support/consultations.ts";
import { deliver, openPractice, pairsIn } from "../support/economy.ts";
import { response, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";

const answer = { from: receiver.mailboxId, workflowId: `${workflowId}_ACK` };
const hour = 60 * 60 * 1000;

test("reports are listed by how they stand and by who has them, each counted, and move on as time and answers do", async (t) => {
  const from = await openPractice(t, sender, {
    organisations: [{ odsCode: receiver.odsCode, name: receiver.name, mailboxIds: [receiver.mailboxId] }],
  });
  const { worklist } = from.practice;
  const at = person(worklist);
  const sequences = async (query: ReportQuery): Promise<number[]> =>
    (await at.reports(query)).map(({ sequence }) => sequence);
  const headers = new Map<number, string>();
  for (let sequence = 1; sequence <= 7; sequence += 1) {
    const { headerId } = await from.practice.sendConsultation(consultation({ id: `c${sequence}` }));
    headers.set(sequence, headerId);
  }
  await from.practice.cycle();
  for (const [sequence, codes] of [
    [2, ["20013"]],
    [3, ["20013", "30001"]],
    [4, ["20009"]],
  ] as const) {
    for (const code of codes) deliver(from, response(headers.get(sequence) ?? "", code).xml, answer);
  }
  change(join(from.options.dataFolder, "practice.sqlite"), "UPDATE outgoing SET step = 'held' WHERE sequence = 5");
  change(join(from.options.dataFolder, "practice.sqlite"), "UPDATE outgoing SET step = 'failed' WHERE sequence = 6");
  await from.practice.cycle();
  const answeredAt = from.clock.now();

  const standings = async (): Promise<Partial<Record<ReportStanding, number[]>>> => {
    const all = ["awaited", "late", "accepted", "refused", "undelivered", "held"] as const;
    const found: Partial<Record<ReportStanding, number[]>> = {};
    for (const show of all) {
      const listed = await sequences({ show });
      if (listed.length > 0) found[show] = listed;
      assert.equal((await worklist.counts()).reportsBy[show], listed.length, show);
    }
    return found;
  };
  assert.deepEqual(await standings(), { awaited: [7, 2, 1], accepted: [3], refused: [4], undelivered: [6], held: [5] });
  const second = (await at.report(headers.get(2) ?? ""))?.awaits;
  assert.deepEqual(second, {
    level: "business",
    since: answeredAt,
    by: new Date(answeredAt.getTime() + 5 * 24 * hour),
  });

  from.clock.advance(24 * hour + 1);
  assert.deepEqual(await standings(), {
    awaited: [2],
    late: [7, 1],
    accepted: [3],
    refused: [4],
    undelivered: [6],
    held: [5],
  });
  deliver(from, response(headers.get(1) ?? "", "20013").xml, answer);
  await from.practice.cycle();
  assert.deepEqual((await standings()).awaited, [2, 1]);

  // Who has them: by the ODS code that the list of organisations has for the mailbox that answered.
  assert.deepEqual(await worklist.receivers(thisComputer), [
    { key: "REGISTERED" },
    { key: receiver.odsCode, name: receiver.name },
  ]);
  const there = { receiver: receiver.odsCode };
  assert.deepEqual(await sequences(there), [4, 3, 2, 1]);
  assert.deepEqual(await sequences({ ...there, show: "awaited" }), [2, 1]);
  assert.deepEqual(await sequences({ ...there, show: "attention" }), [4]);
  assert.deepEqual(await sequences({ ...there, show: "late" }), []);
  assert.deepEqual(await sequences({ receiver: "REGISTERED", show: "attention" }), [7, 6, 5]);
  const page = { number: 2, size: 1 };
  const listed = await worklist.reports({ actor: thisComputer, query: { ...there, show: "awaited" }, page });
  assert.deepEqual([listed.items[0]?.sequence, listed.total], [1, 2]);
  // Together with words of the subject.
  assert.deepEqual(await sequences({ ...there, text: "report", show: "accepted" }), [3]);
});

test("what was answered is not sent again, neither by a person nor because a person had told to", async (t) => {
  const from = await openPractice(t, sender, { undoSeconds: 30 });
  const { worklist } = from.practice;
  const at = person(worklist);
  const { headerId } = await from.practice.sendConsultation(consultation());
  change(join(from.options.dataFolder, "practice.sqlite"), "UPDATE outgoing SET step = 'held', via = 'api'");
  await at.sendAgain(headerId);
  assert.equal((await at.report(headerId))?.state, "built");
  deliver(from, response(headerId, "20013").xml, answer);
  await from.practice.cycle();
  const waiting = await at.report(headerId);
  assert.deepEqual([waiting?.state, waiting?.undoableUntil], ["received", undefined]);
  from.clock.advance(31_000);
  await from.practice.cycle();
  assert.deepEqual(pairsIn(join(from.folder, "OUT")), []);
  assert.match((await at.report(headerId))?.problem ?? "", /was answered while it waited/);
  await assert.rejects(at.sendAgain(headerId), { code: "not-held" });
  assert.deepEqual((await worklist.counts()).attention, 0);
});

function change(path: string, sql: string): void {
  using database = new DatabaseSync(path);
  database.exec(sql);
}
