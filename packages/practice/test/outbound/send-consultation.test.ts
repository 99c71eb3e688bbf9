import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DemographicsError } from "@restante/demographics";
import { readMessage } from "@restante/itk3";
import { reportPdf } from "../../src/consultation/report-pdf.ts";
import { createPractice } from "../../src/practice.ts";
import { consultation } from "../support/consultations.ts";
import { demographicsOf, record } from "../support/demographics.ts";
import { carry, deliver, markSent, openPractice, pairsIn } from "../support/economy.ts";
import { message, response, workflowId } from "../support/messages.ts";
import { pharmacy, receiver, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";

test("a stored report survives a restart before anything was handed over", async (t) => {
  const from = await openPractice(t, sender);
  const { headerId } = await from.practice.sendConsultation(consultation());
  assert.deepEqual(readdirSync(join(from.folder, "OUT")), []);
  const practice = await from.reopen();
  await practice.cycle();
  assert.deepEqual(
    pairsIn(join(from.folder, "OUT")).map(({ name }) => name),
    [headerId],
  );
});

test("nothing in the names of files tells who the patient is", async (t) => {
  const from = await openPractice(t, sender);
  await from.practice.sendConsultation(consultation());
  await from.practice.cycle();
  for (const name of readdirSync(from.folder, { recursive: true })) {
    assert.doesNotMatch(String(name), /O'Neill|9912830164/i);
  }
  assert.doesNotMatch(JSON.stringify(from.events), /O'Neill|9912830164|GPPROVIDER_/);
});

test(
  "a later version replaces the one before, and the receiver archives what it replaces",
  { tags: ["GPCM-SD-033"] },
  async (t) => {
    const from = await openPractice(t, sender);
    const to = await openPractice(t, receiver);
    const first = await from.practice.sendConsultation(consultation());
    await from.practice.cycle();
    carry(from, to);
    await to.practice.cycle();
    const second = await from.practice.sendConsultation(consultation({ version: 2 }));
    await from.practice.cycle();

    const [pair] = pairsIn(join(from.folder, "OUT"));
    const read = readMessage(pair?.data ?? new Uint8Array());
    assert.equal(read.message?.composition?.relatesTo?.[0]?.code, "replaces");

    carry(from, to);
    await to.practice.cycle();
    const [later, earlier] = await person(to.practice.worklist).tasks();
    assert.deepEqual([later?.state, earlier?.state], ["open", "replaced"]);
    assert.equal((await person(to.practice.worklist).task(earlier?.taskId ?? 0))?.replacedBy, later?.taskId);
    assert.equal((await person(to.practice.worklist).task(later?.taskId ?? 0))?.replaces, earlier?.taskId);
    assert.deepEqual(
      (await person(from.practice.worklist).report(second.headerId))?.versions.map(({ headerId, documentVersion }) => [
        headerId,
        documentVersion,
      ]),
      [[first.headerId, 1]],
    );
  },
);

test(
  "each later version replaces the one just before it, however many there are",
  { tags: ["GPCM-SD-036", "SCAL-GPCM-SD-129"] },
  async (t) => {
    const from = await openPractice(t, sender);
    for (const version of [1, 2, 3]) await from.practice.sendConsultation(consultation({ version }));
    await from.practice.cycle();
    const messages = pairsIn(join(from.folder, "OUT")).map(({ data }) => readMessage(data).message);
    const reports = await person(from.practice.worklist).reports();
    const ofVersion = (version: number) => {
      const found = reports.find(({ documentVersion }) => documentVersion === version);
      return messages.find((message) => message?.headerId === found?.headerId);
    };
    const replaced = (version: number) =>
      ofVersion(version)?.composition?.relatesTo?.map(({ targetIdentifier }) => targetIdentifier?.value);
    const idOf = (version: number) => ofVersion(version)?.document?.identifier?.value;
    assert.deepEqual([replaced(1), replaced(2), replaced(3)], [undefined, [idOf(1)], [idOf(2)]]);
    assert.notEqual(idOf(1), idOf(2));
  },
);

test("a replacement that overtakes what it replaces archives it as it arrives", async (t) => {
  const from = await openPractice(t, sender);
  const to = await openPractice(t, receiver);
  const first = await from.practice.sendConsultation(consultation());
  const second = await from.practice.sendConsultation(consultation({ version: 2 }));
  await from.practice.cycle();
  const pairs = pairsIn(join(from.folder, "OUT"));
  for (const headerId of [second.headerId, first.headerId]) {
    const { data } = pairs.find(({ name }) => name === headerId) ?? {};
    deliver(to, data ?? "", { from: sender.mailboxId, workflowId });
    await to.practice.cycle();
  }
  const tasks = await person(to.practice.worklist).openTasks();
  assert.deepEqual(
    tasks.map((task) => [task?.headerId, task?.state]),
    [
      [first.headerId, "replaced"],
      [second.headerId, "open"],
    ],
  );
});

test("nobody archives another mailbox's document by naming it", async (t) => {
  const to = await openPractice(t, receiver);
  const theirs = message();
  deliver(to, theirs.xml, { from: sender.mailboxId, workflowId });
  deliver(to, message({ version: 2, replaces: theirs.documentIdentifier }).xml, { from: "Z99009OT009", workflowId });
  await to.practice.cycle();
  assert.deepEqual(
    (await person(to.practice.worklist).tasks()).map(({ state }) => state),
    ["open", "open"],
  );
});

test("a report about a patient registered here is not sent: there is nobody to tell", async (t) => {
  const practice = { odsCode: sender.odsCode };
  const from = await openPractice(t, sender, { patients: demographicsOf(record({ practice })) });
  await assert.rejects(from.practice.sendConsultation(consultation()), { code: "registered-here" });
  assert.deepEqual(await person(from.practice.worklist).reports(), []);
});

test("a report is sent though demographics cannot be reached: MESH looks the practice up itself", async (t) => {
  const from = await openPractice(t, sender, {
    patients: {
      find: async () => {
        throw new DemographicsError("unavailable", "Out of reach.");
      },
    },
  });
  await from.practice.sendConsultation(consultation());
  assert.equal((await person(from.practice.worklist).reports()).length, 1);
});

test("what cannot be sent says why: another's consultation, a confidential one in generation 2, no lookup, no earlier version", async (t) => {
  const from = await openPractice(t, sender, { generation: 2 });
  const { practice } = from;
  await assert.rejects(practice.sendConsultation(consultation({ organisation: { odsCode: receiver.odsCode } })), {
    code: "not-our-consultation",
  });
  await assert.rejects(practice.sendConsultation(consultation({ confidential: true })), {
    code: "confidential-not-sent",
  });
  await assert.rejects(practice.sendConsultation(consultation(), { to: { odsCode: pharmacy.odsCode } }), {
    code: "address-lookup-needs-api",
  });
  await assert.rejects(practice.sendConsultation(consultation({ version: 2 })), { code: "no-earlier-version" });
});

test(
  "an acknowledgement that does not come in time is told to a person, at either level",
  { tags: ["GPCM-SD-045", "SCAL-GPCM-SD-095"] },
  async (t) => {
    const from = await openPractice(t, sender, { tuning: { infrastructureOverdueMs: 1000, businessOverdueMs: 5000 } });
    const { headerId } = await from.practice.sendConsultation(consultation());
    await from.practice.cycle();
    markSent(from, headerId, "20260302110000123456_ABCDEF");
    await from.practice.cycle();
    assert.equal((await person(from.practice.worklist).report(headerId))?.overdue, false);
    from.clock.advance(1001);
    assert.match(
      (await person(from.practice.worklist).reports({ show: "attention" }))[0]?.attention ?? "",
      /not been acknowledged/,
    );
    assert.equal((await person(from.practice.worklist).report(headerId))?.overdue, true);

    deliver(from, response(headerId, "20013").xml, { from: receiver.mailboxId, workflowId: `${workflowId}_ACK` });
    await from.practice.cycle();
    assert.equal((await person(from.practice.worklist).report(headerId))?.state, "received");
    assert.equal((await person(from.practice.worklist).report(headerId))?.overdue, false);
    from.clock.advance(5001);
    assert.match((await person(from.practice.worklist).report(headerId))?.attention ?? "", /whether it is for them/);
  },
);

test("the sender sees what was sent: the report's PDF and every attachment", async (t) => {
  const from = await openPractice(t, sender);
  const { headerId } = await from.practice.sendConsultation(consultation());
  const report = await person(from.practice.worklist).report(headerId);
  assert.deepEqual(
    report?.attachments.map(({ contentType, primary }) => [contentType, primary]),
    [
      ["application/pdf", true],
      ["image/png", false],
    ],
  );
  const pdf = await person(from.practice.worklist).reportAttachment(headerId, 0);
  assert.equal(
    Buffer.from(pdf?.bytes ?? [])
      .subarray(0, 5)
      .toString(),
    "%PDF-",
  );
  assert.equal(await person(from.practice.worklist).reportAttachment(headerId, 2), undefined);
});

test(
  "every attachment of a consultation is in its message, in its order and byte for byte",
  { tags: ["GPCM-SD-CS-003", "SCAL-GPCM-SD-088"] },
  async (t) => {
    const from = await openPractice(t, sender);
    const attachments = [
      { title: "Photograph", contentType: "image/jpeg", bytes: Buffer.from("a photograph") },
      { title: "Tracing", contentType: "image/png", bytes: Buffer.from("a tracing") },
      { title: "Letter", contentType: "application/pdf", bytes: Buffer.from("a letter") },
    ] as const;
    await from.practice.sendConsultation(consultation({ attachments: [...attachments] }));
    await from.practice.cycle();
    const [pair] = pairsIn(join(from.folder, "OUT"));
    const [report, ...others] = readMessage(pair?.data ?? new Uint8Array()).message?.attachments ?? [];
    assert.equal(report?.primary, true);
    assert.deepEqual(
      others.map(({ title, contentType, bytes }) => ({ title, contentType, bytes: Buffer.from(bytes()) })),
      attachments,
    );
  },
);

test("the same version of a consultation asked for twice is one report, also from another process", async (t) => {
  const from = await openPractice(t, sender);
  const first = await from.practice.sendConsultation(consultation());
  const elsewhere = await createPractice(from.options);
  t.after(async () => elsewhere[Symbol.asyncDispose]());
  assert.deepEqual(await elsewhere.sendConsultation(consultation()), first);
  assert.equal((await person(from.practice.worklist).reports()).length, 1);
});

test("the report of a long consultation is written while the loop goes on, and is the same report", async (t) => {
  const from = await openPractice(t, sender);
  const text = "Cough for ten days, worse at night. ".repeat(3000);
  const long = consultation({ sections: [{ title: "History", notes: [{ text }] }] });
  let turns = 0;
  const turning = setInterval(() => (turns += 1), 1);
  t.after(() => clearInterval(turning));
  const { headerId } = await from.practice.sendConsultation(long);
  assert.ok(turns > 20, String(turns));
  const { organisation, clock } = from.options;
  const pdf = await reportPdf(long, { organisation, ...(clock && { clock }) });
  assert.deepEqual(
    Buffer.from((await person(from.practice.worklist).reportAttachment(headerId, 0))?.bytes ?? []),
    Buffer.from(pdf),
  );
});
