import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readMessage, readResponse } from "@restante/itk3";
import { consultation } from "./support/consultations.ts";
import { carry, openPractice, pairsIn } from "./support/economy.ts";
import { receiver, sender } from "./support/organisations.ts";
import { person } from "./support/person.ts";

test("a report travels to the registered practice, becomes a task, and both acknowledgements return", async (t) => {
  const from = await openPractice(t, sender);
  const to = await openPractice(t, receiver);

  const { headerId } = await from.practice.sendConsultation(consultation());
  assert.equal((await person(from.practice.worklist).report(headerId))?.state, "built");
  await from.practice.cycle();
  assert.equal((await person(from.practice.worklist).report(headerId))?.state, "handed-over");

  const [messageId] = carry(from, to);
  await from.practice.cycle();
  const sent = await person(from.practice.worklist).report(headerId);
  assert.equal(sent?.state, "sent");
  assert.equal(sent.messageId, messageId);

  await to.practice.cycle();
  const [task] = await person(to.practice.worklist).tasks();
  assert.ok(task);
  assert.equal(task.kind, "document");
  assert.equal(task.messageId, messageId);
  assert.match(task.subject, /^Consultation report for Mrs Siobhán O'Neill, NHS Number 9912830164/);
  assert.equal(task.sender.mailboxId, sender.mailboxId);
  assert.equal(task.sender.organisation?.odsCode, sender.odsCode);
  assert.equal(task.patient.outcome, "known");
  assert.equal(task.attachmentCount, 2);
  assert.equal(task.findingCount, 0, JSON.stringify((await person(to.practice.worklist).task(task.taskId))?.findings));
  assert.deepEqual(readdirSync(join(to.folder, "IN")), []);
  const pdf = await person(to.practice.worklist).attachment(task.taskId, 0);
  assert.equal(pdf?.contentType, "application/pdf");
  assert.equal(Buffer.from(pdf.bytes).subarray(0, 5).toString(), "%PDF-");
  assert.deepEqual(
    [...((await person(to.practice.worklist).attachment(task.taskId, 1))?.bytes ?? [])],
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  );

  const answers = pairsIn(join(to.folder, "OUT"));
  assert.equal(answers.length, 2);
  for (const { control, data } of answers) {
    assert.equal(control.to, sender.mailboxId);
    assert.equal(control.workflowId, "GPFED_CONSULT_REPORT_ACK");
    assert.equal(control.localId, receiver.odsCode);
    assert.doesNotMatch(control.subject ?? "", /O'Neill|9912830164/);
    const { message } = readMessage(data);
    assert.ok(message);
    assert.equal(readResponse(message)?.requestHeaderId, headerId);
    assert.doesNotMatch(Buffer.from(data).toString(), /O'Neill|9912830164/);
  }

  carry(to, from);
  await to.practice.cycle();
  await from.practice.cycle();
  const report = await person(from.practice.worklist).report(headerId);
  assert.equal(report?.state, "accepted");
  assert.equal(report.infrastructure?.code, "20013");
  assert.equal(report.business?.code, "30001");
  assert.equal(report.attention, undefined);
  assert.deepEqual(
    (await person(to.practice.worklist).task(task.taskId))?.responses.map(({ code, state }) => [code, state]),
    [
      ["20013", "sent"],
      ["30001", "sent"],
    ],
  );
  assert.equal((await person(from.practice.worklist).tasks()).length, 0);
  assert.deepEqual(await person(from.practice.worklist).strays(), []);
});
