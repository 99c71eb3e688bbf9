import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { responseCodes } from "@restante/itk3";
import { writeControlFile } from "@restante/mesh";
import { consultation } from "../support/consultations.ts";
import { carry, deliver, type DirectoryPractice, markSent, openPractice, pairsIn } from "../support/economy.ts";
import { message, response, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";
import { openDatabase } from "../../src/store/database.ts";
import { person } from "../support/person.ts";

const answer = { from: receiver.mailboxId, workflowId: `${workflowId}_ACK` };

/** A sender whose only report has been handed over. */
async function withReport(t: TestContext): Promise<{ from: DirectoryPractice; headerId: string }> {
  const from = await openPractice(t, sender);
  const { headerId } = await from.practice.sendConsultation(consultation());
  await from.practice.cycle();
  return { from, headerId };
}

test("an acknowledgement is believed though SENT has not been written yet", async (t) => {
  const { from, headerId } = await withReport(t);
  deliver(from, response(headerId, "20013").xml, answer);
  await from.practice.cycle();
  assert.equal((await person(from.practice.worklist).report(headerId))?.state, "received");
  markSent(from, headerId, "20260302110000123456_ABCDEF");
  await from.practice.cycle();
  const report = await person(from.practice.worklist).report(headerId);
  assert.equal(report?.state, "received");
  assert.equal(report.messageId, "20260302110000123456_ABCDEF");
});

for (const code of ["20007", "20008", "20013"]) {
  test(`${code} after 20013 changes nothing`, async (t) => {
    const { from, headerId } = await withReport(t);
    deliver(from, response(headerId, "20013").xml, answer);
    await from.practice.cycle();
    deliver(from, response(headerId, code).xml, answer);
    await from.practice.cycle();
    const report = await person(from.practice.worklist).report(headerId);
    assert.equal(report?.state, "received");
    assert.equal(report.infrastructure?.code, "20013");
    assert.deepEqual(await person(from.practice.worklist).strays(), []);
  });
}

test("20013 after 20007 counts: the copy was answered before the first", async (t) => {
  const { from, headerId } = await withReport(t);
  deliver(from, response(headerId, "20007").xml, answer);
  await from.practice.cycle();
  assert.equal((await person(from.practice.worklist).report(headerId))?.state, "refused");
  deliver(from, response(headerId, "20013").xml, answer);
  await from.practice.cycle();
  assert.equal((await person(from.practice.worklist).report(headerId))?.state, "received");
});

test("a second business response is not believed over the first", async (t) => {
  const { from, headerId } = await withReport(t);
  for (const code of ["20013", "30001"]) deliver(from, response(headerId, code).xml, answer);
  await from.practice.cycle();
  deliver(from, response(headerId, "30002").xml, answer);
  await from.practice.cycle();
  assert.equal((await person(from.practice.worklist).report(headerId))?.business?.code, "30001");
});

for (const [first, second, ours] of [
  ["20013", "20009", "received"],
  ["20009", "20013", "refused"],
  ["30001", "30003", "accepted"],
  ["30002", "30001", "refused"],
  ["30001", "30004", "accepted"],
] as const) {
  test(`${second} after ${first} is not believed, told to a person and shown beside it until they have dealt with it`, async (t) => {
    const { from, headerId } = await withReport(t);
    const at = person(from.practice.worklist);
    for (const code of first.startsWith("3") ? ["20013", first] : [first]) {
      deliver(from, response(headerId, code).xml, answer);
    }
    await from.practice.cycle();
    const before = await at.report(headerId);
    const messageId = deliver(from, response(headerId, second).xml, answer);
    await from.practice.cycle();
    const report = await at.report(headerId);
    assert.equal(report?.state, ours);
    assert.ok(report.version > (before?.version ?? 0));
    const [stray] = await at.strays({ show: "attention" });
    assert.deepEqual([stray?.why, stray?.code, stray?.messageId], ["says-otherwise", second, messageId]);
    assert.match(stray?.reason ?? "", new RegExp(`was answered ${first} before`));
    assert.deepEqual((await at.stray(1))?.about, { kind: "report", headerId });
    assert.deepEqual(
      report.unused.map(({ code, strayId, from: whose }) => [code, strayId, whose]),
      [[second, 1, receiver.mailboxId]],
    );
    await at.dealWith({ kind: "stray", id: 1 }, "Rang them.");
    assert.equal((await from.practice.worklist.counts()).attentionBy.stray, 0);
  });
}

test("a yes to what was refused as a message is told again, also once a person has dealt with the refusal", async (t) => {
  const { from, headerId } = await withReport(t);
  const at = person(from.practice.worklist);
  deliver(from, response(headerId, "20009").xml, answer);
  await from.practice.cycle();
  await at.dealWith({ kind: "report", id: 1 }, "Sent by post.");
  deliver(from, response(headerId, "30001").xml, answer);
  await from.practice.cycle();
  const [report] = await at.reports({ show: "attention" });
  assert.match(report?.attention ?? "", /refused it: 20009 .* And it accepted it: 30001/);
  await at.dealWith({ kind: "report", id: 1 }, "They have it twice, and know.");
  assert.equal((await from.practice.worklist.counts()).attention, 0);
});

test("what repeats an answer is told to nobody, and shown on its report", async (t) => {
  const { from, headerId } = await withReport(t);
  for (const code of ["20013", "30003", "30003", "30002", "20008"]) {
    deliver(from, response(headerId, code).xml, answer);
    await from.practice.cycle();
    from.clock.advance(1000);
  }
  const report = await person(from.practice.worklist).report(headerId);
  assert.deepEqual(await person(from.practice.worklist).strays(), []);
  assert.deepEqual(
    report?.unused.map(({ level, code, strayId }) => [level, code, strayId]),
    [
      ["business", "30003", undefined],
      ["business", "30002", undefined],
      ["infrastructure", "20008", undefined],
    ],
  );
});

test("a negative response is told to a person, with its code, text and diagnostics", async (t) => {
  const { from, headerId } = await withReport(t);
  for (const code of ["20013", "30003"]) deliver(from, response(headerId, code).xml, answer);
  await from.practice.cycle();
  const [report] = await person(from.practice.worklist).reports({ show: "attention" });
  assert.equal(report?.state, "refused");
  assert.equal(report.business?.code, "30003");
  assert.equal(report.business.text, "Patient no longer at this clinical setting");
  assert.equal(report.business.diagnostics, "As a test says.");
  assert.match(report.attention ?? "", /30003/);
  assert.equal((await from.practice.worklist.counts()).attention, 1);
});

test(
  "each negative response that there is refuses its report and is told to a person by its code and text",
  { tags: ["GPCM-SD-043", "GPCM-SD-044", "SCAL-GPCM-SD-094", "FHIR-BA-01"] },
  async (t) => {
    const from = await openPractice(t, sender);
    const negative = [...responseCodes.values()].filter(({ positive }) => !positive);
    const refusals = new Map<string, string>();
    for (const { code, display } of negative) {
      const { headerId } = await from.practice.sendConsultation(consultation({ id: code }));
      refusals.set(headerId, `The recipient refused it: ${code} ${display}`);
    }
    await from.practice.cycle();
    for (const report of await person(from.practice.worklist).reports()) {
      deliver(from, response(report.headerId, report.consultationId).xml, answer);
    }
    await from.practice.cycle();
    const told = await person(from.practice.worklist).reports({ show: "attention" });
    assert.deepEqual(new Set(told.map(({ state }) => state)), new Set(["refused"]));
    assert.deepEqual(new Map(told.toReversed().map(({ headerId, attention }) => [headerId, attention])), refusals);
  },
);

test("a response to a message never sent is kept as a stray", async (t) => {
  const { from } = await withReport(t);
  const messageId = deliver(from, response("7f0c2b1a-5d3e-4c6f-9a8b-001122334455", "20013").xml, answer);
  await from.practice.cycle();
  const [stray] = await person(from.practice.worklist).strays();
  assert.equal(stray?.messageId, messageId);
  assert.equal(stray.code, "20013");
  assert.match(stray.reason, /not sent from here/);
});

test("a response from another mailbox than the message went to is not believed", async (t) => {
  const { from, headerId } = await withReport(t);
  const database = await openDatabase(from.options.dataFolder);
  database.prepare("UPDATE outgoing SET to_address = ? WHERE header_id = ?").run(receiver.mailboxId, headerId);
  database.close();
  deliver(from, response(headerId, "20009").xml, { ...answer, from: "Z99009OT009" });
  await from.practice.cycle();
  assert.equal((await person(from.practice.worklist).report(headerId))?.infrastructure, undefined);
  assert.match((await person(from.practice.worklist).strays())[0]?.reason ?? "", /does not come from the mailbox/);
  deliver(from, response(headerId, "20013").xml, { ...answer, from: receiver.mailboxId.toLowerCase() });
  await from.practice.cycle();
  assert.equal((await person(from.practice.worklist).report(headerId))?.infrastructure?.code, "20013");
});

test("of a routed report the mailbox that answers first is believed, and what another says is shown to a person", async (t) => {
  const { from, headerId } = await withReport(t);
  const { worklist } = from.practice;
  deliver(from, response(headerId, "20013").xml, answer);
  await from.practice.cycle();
  for (const code of ["30002", "20009"])
    deliver(from, response(headerId, code).xml, { ...answer, from: "Z99009OT009" });
  await from.practice.cycle();
  assert.equal((await person(worklist).report(headerId))?.state, "received");
  const strays = await person(worklist).strays({ show: "attention" });
  assert.deepEqual(new Set(strays.map(({ code }) => code)), new Set(["20009", "30002"]));
  for (const { reason } of strays) assert.match(reason, /does not come from the mailbox/);
  deliver(from, response(headerId, "30001").xml, { ...answer, from: receiver.mailboxId.toLowerCase() });
  await from.practice.cycle();
  assert.equal((await person(worklist).report(headerId))?.state, "accepted");
});

test("a report that MESH returns is found by its message id, whichever comes first", async (t) => {
  for (const reportFirst of [true, false]) {
    const { from, headerId } = await withReport(t);
    const messageId = "20260302110000123456_ABCDEF";
    const status = {
      at: "20260302110000",
      event: "SEND",
      success: false,
      code: "EPL-153",
      description: "NHS Number not found",
    };
    const deliverReport = (): void => {
      const name = deliver(from, "", {
        from: "",
        workflowId,
        messageId,
        messageType: "Report",
        addressType: "DTS",
        status,
      });
      assert.equal(name, messageId);
    };
    if (reportFirst) deliverReport();
    else markSent(from, headerId, messageId);
    await from.practice.cycle();
    if (reportFirst) markSent(from, headerId, messageId);
    else deliverReport();
    await from.practice.cycle();
    const report = await person(from.practice.worklist).report(headerId);
    assert.equal(report?.state, "returned");
    assert.equal(report.attention, "MESH could not deliver it: EPL-153 NHS Number not found");
    assert.deepEqual(
      report.meshReports.map(({ event, code }) => [event, code]),
      [["SEND", "EPL-153"]],
    );
    assert.deepEqual(await person(from.practice.worklist).strays(), []);
    assert.ok(from.events.some(({ event }) => event === "report-returned"));
  }
});

test("a report of success is no return", async (t) => {
  const { from, headerId } = await withReport(t);
  const messageId = "20260302110000123456_ABCDEF";
  markSent(from, headerId, messageId);
  const status = { at: "20260302110000", event: "COLLECT", success: true, code: "00", description: "Data collect" };
  deliver(from, "", { from: "", workflowId, messageId, messageType: "Report", addressType: "DTS", status });
  await from.practice.cycle();
  const report = await person(from.practice.worklist).report(headerId);
  assert.equal(report?.state, "sent");
  assert.equal(report.meshReports.length, 1);
});

test("a response of ours that its recipient refuses, or that MESH returns, is shown on the task", async (t) => {
  const from = await openPractice(t, sender);
  const to = await openPractice(t, receiver);
  deliver(to, message().xml, { from: sender.mailboxId, workflowId });
  await to.practice.cycle();
  const [infrastructure, business] = (await person(to.practice.worklist).task(1))?.responses ?? [];
  assert.ok(infrastructure && business);
  carry(to, from);
  await to.practice.cycle();

  deliver(to, response(infrastructure.headerId, "20006", sender.mailboxId).xml, {
    from: sender.mailboxId,
    workflowId: `${workflowId}_ACK_ACK`,
  });
  await to.practice.cycle();
  assert.deepEqual(
    (await person(to.practice.worklist).task(1))?.responses.map(({ state }) => state),
    ["refused", "sent"],
  );
  assert.match((await person(to.practice.worklist).tasks())[0]?.attention ?? "", /20006/);
  assert.equal((await to.practice.worklist.counts()).attention, 1);
  assert.deepEqual(pairsIn(join(to.folder, "OUT")), []);

  const messageId = (await person(to.practice.worklist).task(1))?.responses[1]?.messageId;
  const status = { at: "20260302110000", event: "SEND", success: false, code: "14", description: "Not collected" };
  deliver(to, "", { from: "", workflowId, messageId, messageType: "Report", addressType: "DTS", status });
  await to.practice.cycle();
  assert.deepEqual(
    (await person(to.practice.worklist).task(1))?.responses.map(({ state }) => state),
    ["refused", "returned"],
  );
});

test("a MESH report that names no message, or does not say how it went, is told; and nothing of its own words", async (t) => {
  const to = await openPractice(t, receiver);
  const report = { version: "1.0", addressType: "ALL", messageType: "Report" } as const;
  const at = "20260302110000";
  const status = { at, event: "SEND", success: false, code: "14", description: "Not collected" };
  const ofClient = { at, event: "Transfer", success: false, code: "06", description: "of Mr Okafor" };
  const strange = { at, event: "Mr Okafor", success: false, code: "Mr Okafor", description: "" };
  writeFileSync(join(to.folder, "IN", "a-failed.ctl"), writeControlFile({ ...report, status }));
  writeFileSync(join(to.folder, "IN", "b-mute.ctl"), writeControlFile(report));
  writeFileSync(join(to.folder, "IN", "c-client.ctl"), writeControlFile({ ...report, status: ofClient }));
  writeFileSync(join(to.folder, "IN", "d-strange.ctl"), writeControlFile({ ...report, status: strange }));
  await to.practice.cycle();
  await to.practice.cycle();
  const { odsCode } = receiver;
  assert.deepEqual(
    to.events.filter(({ event }) => event === "report-returned"),
    [
      { event: "report-returned", odsCode, step: "SEND", code: "14" },
      { event: "report-returned", odsCode, code: "" },
      { event: "report-returned", odsCode, step: "TRANSFER", code: "06" },
      { event: "report-returned", odsCode, code: "" },
    ],
  );
  assert.equal((await person(to.practice.worklist).strays()).length, 4);
});
