import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readControlFile, writeControlFile } from "@restante/mesh";
import { testMailboxes, testPatients, waitFor } from "@restante/testbed";
import { consultationOf, openParty, startEconomy } from "../support/real.ts";
import { person } from "../support/person.ts";

test(
  "journey 1: by directory and routed by patient, the report is a task and both acknowledgements return",
  { tags: ["GPCM-C-01", "SCAL-GPCM-C-1"] },
  async (t) => {
    const server = await startEconomy(t);
    const sender = await openParty(t, server, "sender", "directory");
    const practice = await openParty(t, server, "practice", "directory");
    const { headerId } = await sender.practice.sendConsultation(consultationOf());

    await waitFor(async () => {
      await sender.turn();
      await practice.turn();
      return (await person(sender.practice.worklist).report(headerId))?.state === "accepted";
    });

    const report = await person(sender.practice.worklist).report(headerId);
    assert.deepEqual([report?.infrastructure?.code, report?.business?.code], ["20013", "30001"]);
    assert.deepEqual(report?.recipient, { kind: "registered-practice", mailboxId: "Y90002OT001" });
    assert.equal(report.via, "directory");
    const sent = readControlFile(readFileSync(join(sender.folder, "SENT", `${headerId}.ctl`)));
    assert.equal(sent.messageId, report?.messageId);
    const [task] = await person(practice.practice.worklist).tasks();
    assert.ok(task);
    assert.equal(task.messageId, sent.messageId);
    assert.equal(task.patient.outcome, "known");
    assert.equal(task.findingCount, 0);
    for (const folder of ["IN", "OUT"]) {
      assert.deepEqual(readdirSync(join(practice.folder, folder)), []);
      assert.deepEqual(readdirSync(join(sender.folder, folder)), []);
    }
    const told = JSON.stringify([...sender.events.all, ...practice.events.all]);
    assert.doesNotMatch(told, /Achterberg|9955260181|GPPROVIDER_/);
  },
);

test(
  "a report for a patient who cannot be routed comes back and is told to a person",
  { tags: ["GPCM-SD-044", "SCAL-GPCM-SD-094"] },
  async (t) => {
    const server = await startEconomy(t);
    const sender = await openParty(t, server, "sender", "directory");
    const { headerId } = await sender.practice.sendConsultation(consultationOf(testPatients.unknown));
    await waitFor(async () => {
      await sender.turn();
      return (await person(sender.practice.worklist).report(headerId))?.state === "returned";
    });
    const report = await person(sender.practice.worklist).report(headerId);
    assert.match(report?.attention ?? "", /EPL-153/);
    assert.deepEqual(await person(sender.practice.worklist).strays(), []);
  },
);

test("a pair that MESH refuses is shown as not sent, with MESH's reason", async (t) => {
  const server = await startEconomy(t);
  // This mailbox may not send consultation reports.
  const pharmacy = await openParty(t, server, "pharmacy", "directory");
  const consultation = consultationOf(testPatients.registered, {
    organisation: { odsCode: pharmacy.options.organisation.odsCode },
  });
  const { headerId } = await pharmacy.practice.sendConsultation(consultation);
  await waitFor(async () => {
    await pharmacy.turn();
    return (await person(pharmacy.practice.worklist).report(headerId))?.state === "failed";
  });
  await pharmacy.turn();
  assert.match(
    (await person(pharmacy.practice.worklist).report(headerId))?.attention ?? "",
    /not allowed to send messages of this type/,
  );
  assert.deepEqual(await person(pharmacy.practice.worklist).strays(), []);
});

test("a pair that another system drops into OUT reaches the worklist; no ITK3 at all is set aside for a person", async (t) => {
  const server = await startEconomy(t);
  const sender = await openParty(t, server, "sender", "directory");
  const practice = await openParty(t, server, "practice", "directory");
  const control = {
    version: "1.0",
    addressType: "DTS",
    messageType: "Data",
    from: testMailboxes.sender,
    to: testMailboxes.practice,
    workflowId: "SOME_SPREADSHEET",
    subject: "Figures of February",
  } as const;
  writeFileSync(join(sender.folder, "OUT", "figures.dat"), "a,b\n1,2\n");
  writeFileSync(join(sender.folder, "OUT", "figures.ctl"), writeControlFile(control));
  await waitFor(async () => {
    await sender.turn();
    await practice.turn();
    return (await person(practice.practice.worklist).tasks()).length === 1;
  });
  const [task] = await person(practice.practice.worklist).tasks();
  assert.equal(task?.kind, "set-aside");
  assert.equal(task.subject, "Figures of February");
  const original = await person(practice.practice.worklist).original(task.taskId);
  assert.equal(Buffer.from(original?.bytes ?? []).toString(), "a,b\n1,2\n");
  assert.deepEqual(readdirSync(join(practice.folder, "OUT")), []);
});
