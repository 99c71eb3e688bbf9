import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { migrations } from "../../src/store/schema.ts";
import { consultation } from "../support/consultations.ts";
import { deliver, type DirectoryPractice, openPractice, temporaryFolder } from "../support/economy.ts";
import { message, response, workflowId } from "../support/messages.ts";
import { pharmacy, receiver, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";
import { noticesOf } from "../../src/inbound/notices.ts";
import type { Task, TaskFinding } from "../../src/worklist.ts";

const from = sender.mailboxId;
const modifier =
  '<modifierExtension url="https://example.org/negated"><valueBoolean value="true"/></modifierExtension>';

/** The task that a message becomes at the practice, each part replaced that is given. */
async function taskOf(t: TestContext, ...parts: readonly (readonly [from: RegExp, to: string])[]): Promise<Task> {
  const to = await openPractice(t, receiver);
  const built = message({ version: 2, replaces: "6d9f2c1e-0000-4000-8000-00000000aaaa" });
  let { xml } = built;
  for (const [before, after] of parts) {
    const changed = xml.replace(before, after);
    assert.notEqual(changed, xml);
    xml = changed;
  }
  const { subject, localId } = built.envelope;
  deliver(to, xml, { from, workflowId, subject, localId });
  await to.practice.cycle();
  const task = await person(to.practice.worklist).task(1);
  assert.ok(task);
  return task;
}

test("a task whose message holds nothing unknown has no notice and no mark", async (t) => {
  const { notices, modified, attachments, findings } = await taskOf(t);
  assert.deepEqual([notices, modified, attachments[0]?.modified, findings], [undefined, undefined, undefined, []]);
});

test("an unknown modifier is told first, in the words of the practice and without a value; the message is not refused for it", async (t) => {
  const task = await taskOf(
    t,
    [/(<Patient>(?:(?!<identifier>)[^])*)/, `$1${modifier}`],
    [/(<section>)/, `$1${modifier}`],
  );
  assert.deepEqual([task.kind, task.responses.map(({ code }) => code)[0], task.findingCount], ["document", "20013", 0]);
  assert.deepEqual(
    task.notices?.map(({ kind, about }) => [kind, about]),
    [
      [
        "modified",
        [
          { what: "Document, section", count: 1 },
          { what: "Patient", count: 1 },
        ],
      ],
    ],
  );
  assert.deepEqual(task.modified, ["patient"]);
  assert.equal(task.attachments[0]?.modified, true);
  assert.doesNotMatch(JSON.stringify(task.notices), /example\.org|negated/);
});

test("implicitRules of the message mark everything that is shown of it", async (t) => {
  const task = await taskOf(t, [
    /(<Bundle[^>]*>\s*<id [^>]*>\s*<meta>[^]*?<\/meta>)/,
    '$1<implicitRules value="urn:x"/>',
  ]);
  assert.deepEqual(task.notices?.[0]?.about, [{ what: "Everything in the message or in its document", count: 1 }]);
  assert.deepEqual(task.modified, ["patient", "sender", "document", "handling"]);
});

for (const [where, place, part, what] of [
  ["a name", /(<Patient>[^]*?<name>)/, "patient", "Patient, name"],
  ["an NHS number", /(<Patient>[^]*?<identifier>)/, "patient", "Patient, identifier"],
  ["the reference to the patient", /(<Composition>[^]*?<subject>)/, "patient", "Document, subject"],
  ["a flag of its handling", /(<MessageHeader>[^]*?<extension [^>]*>)/, "handling", "Message handling, extension"],
] as const) {
  test(`a modifier where FHIR has none, in ${where}, is told first and marked like any other`, async (t) => {
    const task = await taskOf(t, [place, `$1${modifier}`]);
    assert.deepEqual(task.notices?.[0]?.about, [{ what, count: 1 }]);
    assert.deepEqual(task.modified, [part]);
  });
}

test("a document whose file has a modifier where FHIR has none is marked", async (t) => {
  const task = await taskOf(t, [/(<Binary>\s*<id [^>]*>)/, `$1${modifier}`]);
  assert.equal(task.attachments[0]?.modified, true);
  assert.equal(task.notices?.[0]?.kind, "modified");
});

test("a document that may mean something else by it replaces nothing", async (t) => {
  const to = await openPractice(t, receiver);
  const first = message();
  deliver(to, first.xml, { from, workflowId });
  const later = message({ version: 2, replaces: first.documentId });
  deliver(to, later.xml.replace(/(<relatesTo>)/, `$1${modifier}`), { from, workflowId });
  const other = message({ version: 2, replaces: first.documentId });
  deliver(to, other.xml.replace(/(<targetIdentifier>)/, `$1${modifier}`), { from, workflowId });
  await to.practice.cycle();
  const states = async (): Promise<string[]> => (await person(to.practice.worklist).tasks()).map(({ state }) => state);
  assert.deepEqual(await states(), ["open", "open", "open"]);
  deliver(to, message({ version: 3, replaces: first.documentId }).xml, { from, workflowId });
  await to.practice.cycle();
  assert.deepEqual(await states(), ["open", "open", "open", "replaced"]);
});

test("what may mean the opposite is not accepted by itself, and is left for a person to decide on", async (t) => {
  const to = await openPractice(t, pharmacy, {
    role: "pharmacy",
    businessResponse: { kind: "onDecision", automatic: "30016" },
  });
  const plain = message().xml;
  for (const xml of [plain.replace(/(<section>)/, `$1${modifier}`), message().xml]) {
    deliver(to, xml, { from, workflowId });
    await to.practice.cycle();
  }
  const [modified, other] = [await person(to.practice.worklist).task(1), await person(to.practice.worklist).task(2)];
  assert.deepEqual(
    modified?.responses.map(({ code }) => code),
    ["20013"],
  );
  assert.deepEqual(
    other?.responses.map(({ code }) => code),
    ["20013", "30016"],
  );
  assert.ok((await person(to.practice.worklist).decisions(1)).length > 0);
});

const unknown =
  '<entry><fullUrl value="urn:uuid:9a1b0c2d-0000-4000-8000-0000000000ff"/><resource><Flagship><id value="f"/></Flagship></resource></entry>';

test("an entry that cannot be shown is no departure from the requirements, and is told all the same", async (t) => {
  const task = await taskOf(t, [
    /(<entry>(?:(?!<entry>)[^])*<Patient>)/,
    `${unknown.replace('"f"', '"9a1b0c2d-0000-4000-8000-0000000000ff"')}$1`,
  ]);
  assert.equal(task.findingCount, 0);
  assert.deepEqual(
    task.findings.map(({ id }) => id),
    ["STU3:unknown-resource"],
  );
  assert.equal(task.notices?.[0]?.kind, "not-shown");
});

test("a message that holds what cannot be shown says so first, and how many there are", async (t) => {
  const task = await taskOf(
    t,
    [/(<entry>(?:(?!<entry>)[^])*<Patient>)/, `${unknown}${unknown.replace("ff", "fe")}$1`],
    [/<text>\s*<status value="generated"\/>\s*<div[^>]*>/, "$&<blink>x</blink>"],
  );
  assert.deepEqual([task.kind, task.modified], ["document", undefined], task.reason);
  assert.deepEqual(task.notices, [
    {
      kind: "not-shown",
      text: "This message holds entries that cannot be shown. The message as it was sent has it all.",
      about: [
        { what: "Entries of a kind that is not known here", count: 2 },
        { what: "Texts that are not as FHIR allows", count: 1 },
      ],
    },
  ]);
});

test("a task that an earlier version stored is told of by its findings", () => {
  const finding = (id: string, severity: "error" | "warning"): TaskFinding => ({
    id,
    severity,
    location: "",
    text: "",
  });
  const findings = [
    finding("FHIR:modifierExtension", "error"),
    finding("FHIR:implicitRules", "error"),
    finding("STU3:unknown-resource", "warning"),
    finding("STU3:narrative", "error"),
    finding("STU3:wrong-order", "warning"),
  ];
  assert.deepEqual(
    noticesOf(findings).map(({ kind, about }) => [kind, about.map(({ count }) => count)]),
    [
      ["modified", [2]],
      ["not-shown", [1, 1]],
    ],
  );
  assert.deepEqual(noticesOf([finding("STU3:wrong-order", "warning")]), []);
});

test("a task with a modifier that an earlier version stored is marked like any other after the upgrade, in lists too", async (t) => {
  const today = await openPractice(t, receiver);
  const place = /(<Patient>(?:(?!<identifier>)[^])*)/;
  const xml = message()
    .xml.replace(place, `$1${modifier}`)
    .replace(/(<section>)/, `$1${modifier}`);
  const messageId = deliver(today, xml, { from, workflowId });
  await today.practice.cycle();
  const read = async (to: DirectoryPractice): Promise<unknown> => {
    const [listed] = await person(to.practice.worklist).tasks();
    const task = await person(to.practice.worklist).task(1);
    return [listed?.notices, listed?.modified, task?.notices, task?.attachments];
  };
  const asToday = await read(today);

  const dataFolder = join(temporaryFolder(t), "practice");
  mkdirSync(dataFolder, { mode: 0o700 });
  {
    using database = new DatabaseSync(join(dataFolder, "practice.sqlite"));
    database.exec(`${migrations.slice(0, 5).join(";")}; PRAGMA user_version = 5`);
    database
      .prepare(
        `INSERT INTO received (message_id, received_at, mailbox_id, from_mailbox, workflow_id, subject, kind, content)
         VALUES (?, '2026-03-01', ?, ?, ?, '', 'document', ?)`,
      )
      .run(messageId, receiver.mailboxId, from, workflowId, Buffer.from(xml));
    const attachments = (await person(today.practice.worklist).task(1))?.attachments ?? [];
    database
      .prepare(
        `INSERT INTO task (message_id, kind, state, summary, findings, attachments, match_outcome, match_due, business_asked)
         VALUES (?, 'document', 'open', '{}', ?, ?, 'known', 0, 0)`,
      )
      .run(
        messageId,
        '[{"id":"FHIR:modifierExtension","severity":"error","location":"","text":""}]',
        JSON.stringify(attachments, (key, value: unknown) => (key === "modified" ? undefined : value)),
      );
  }
  const to = await openPractice(t, receiver, { dataFolder });
  assert.notDeepEqual(await read(to), asToday);
  await to.practice.cycle();
  assert.deepEqual(await read(to), asToday);
});

async function withReport(t: TestContext): Promise<{ party: DirectoryPractice; headerId: string }> {
  const party = await openPractice(t, sender);
  const { headerId } = await party.practice.sendConsultation(consultation());
  await party.practice.cycle();
  return { party, headerId };
}

test("a response that something unknown may turn into the opposite is not believed, and waits for a person", async (t) => {
  const { party, headerId } = await withReport(t);
  const answer = { from: receiver.mailboxId, workflowId: `${workflowId}_ACK` };
  const { xml } = response(headerId, "20013");
  deliver(party, xml.replace(/(<issue>)/, `$1${modifier}`), answer);
  await party.practice.cycle();
  const { worklist } = party.practice;
  assert.notEqual((await person(worklist).report(headerId))?.state, "received");
  const [stray, ...others] = await person(worklist).strays();
  assert.match(stray?.reason ?? "", /may be changed by something that is not known here/);
  assert.deepEqual(others, []);
  deliver(party, response(headerId, "20013").xml, answer);
  await party.practice.cycle();
  assert.equal((await person(worklist).report(headerId))?.state, "received");
});
