import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { writeControlFile } from "@restante/mesh";
import { addressOf, testMailboxes, testPatients, waitFor } from "@restante/testbed";
import { openParty, organisations, type Party, startEconomy } from "../support/real.ts";
import { person } from "../support/person.ts";

const examples = fileURLToPath(new URL("../../../../../shared/reference/itk3/examples", import.meta.url));
const skip = existsSync(examples) ? false : `the published examples are not here: ${examples}`;
const workflowId = "GPFED_CONSULT_REPORT";

/** Every UUID another, the same one the same; the patient one of ours; the mailbox the one it is sent from. */
function withFreshIds(xml: string): string {
  const ids = new Map<string, string>();
  return xml
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => {
      const fresh = ids.get(id) ?? randomUUID();
      ids.set(id, fresh);
      return fresh;
    })
    .replaceAll(
      /(<system value="https:\/\/fhir.nhs.uk\/Id\/nhs-number"\s*\/>\s*<value value=")[^"]*/g,
      (_, before: string) => `${before}${testPatients.registered.nhsNumber}`,
    )
    .replaceAll(/(<birthDate value=")[^"]*/g, (_, before: string) => `${before}${testPatients.registered.dateOfBirth}`)
    .replaceAll(/(<endpoint value=")[^"]*/g, (_, before: string) => `${before}${organisations.sender.mailboxId}`);
}

function drop({ folder }: Party, name: string, xml: string, to: string): void {
  const control = {
    version: "1.0",
    addressType: "DTS",
    messageType: "Data",
    from: organisations.sender.mailboxId,
    to,
    workflowId,
    subject: "Consultation report",
    localId: organisations.sender.odsCode,
  } as const;
  writeFileSync(join(folder, "OUT", `${name}.dat`), xml);
  writeFileSync(join(folder, "OUT", `${name}.ctl`), writeControlFile(control));
}

async function openBoth(t: TestContext): Promise<{ sender: Party; practice: Party }> {
  const server = await startEconomy(t);
  const sender = await openParty(t, server, "sender", "directory");
  return { sender, practice: await openParty(t, server, "practice", "directory") };
}

for (const name of ["consultation_report", "oc_consultation_report"]) {
  const read = (): string => readFileSync(join(examples, `${name}.xml`), "utf8");

  test(
    `the published ${name}, given fresh ids and a patient of ours, is a task with its departures listed`,
    { skip },
    async (t) => {
      const { sender, practice } = await openBoth(t);
      drop(sender, name, withFreshIds(read()), addressOf(testPatients.registered));
      await waitFor(async () => {
        await sender.turn();
        await practice.turn();
        return (await person(practice.practice.worklist).tasks()).length === 1;
      });
      const { worklist } = practice.practice;
      const task = await person(worklist).task((await person(worklist).tasks())[0]?.taskId ?? 0);
      assert.ok(task);
      assert.equal(task.kind, "document", task.reason);
      assert.equal(task.patient.outcome, "known");
      assert.ok(task.findings.length > 0);
      const pdf = await person(worklist).attachment(
        task.taskId,
        task.attachments.findIndex(({ primary }) => primary),
      );
      assert.equal(pdf?.contentType, "application/pdf");
      assert.equal(Buffer.from(pdf.bytes).subarray(0, 5).toString(), "%PDF-");
      assert.deepEqual(
        task.responses.map(({ code }) => code),
        ["20013", "30001"],
      );
    },
  );

  test(`the published ${name} exactly as it is, sent to a mailbox, is a task for a person`, { skip }, async (t) => {
    const { sender, practice } = await openBoth(t);
    drop(sender, name, read(), testMailboxes.practice);
    await waitFor(async () => {
      await sender.turn();
      await practice.turn();
      return (await person(practice.practice.worklist).tasks()).length === 1;
    });
    const { worklist } = practice.practice;
    const task = await person(worklist).task((await person(worklist).tasks())[0]?.taskId ?? 0);
    assert.equal(task?.kind, "document", task?.reason);
    // Its NHS number fails the check digit: nobody here has it.
    assert.equal(task.patient.outcome, "not-known");
    assert.deepEqual(
      task.responses.map(({ code }) => code),
      ["20013", "30002"],
    );
  });
}
