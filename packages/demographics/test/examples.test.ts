import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  type Directory,
  type DirectoryPatient,
  embeddedDemographics,
  findRegisteredPractice,
  patientStanding,
  readDirectory,
  workflowRules,
} from "@restante/demographics";
import { parseRoutingAddress, writeRoutingAddress } from "@restante/mesh";
import { here } from "./records.ts";

const now = new Date("2026-11-23T08:00:00Z");
const today = "2026-11-23";

function example(name: string): string {
  return readFileSync(new URL(`../../../examples/${name}`, import.meta.url), "utf8");
}

function readExamples(): Directory {
  return readDirectory(
    { patients: example("patients.json"), organisations: example("organisations.json") },
    { now: () => now },
  );
}

async function outcomeFor(patient: DirectoryPatient, directory: Directory): Promise<string> {
  const dateOfBirth = /^\d{4}-\d{2}-\d{2}$/.test(patient.dateOfBirth) ? patient.dateOfBirth : "1986-01-01";
  const family = patient.names[0]?.family ?? "";
  const address = parseRoutingAddress(
    writeRoutingAddress({ nhsNumber: patient.nhsNumber, dateOfBirth, surname: family, order: "DDMMYYYY" }),
  );
  assert.ok(address !== undefined);
  assert.equal(address.surname, family);
  const outcome = await findRegisteredPractice(embeddedDemographics(directory), address, { match: "strict", today });
  return outcome.outcome === "practice" ? [outcome.odsCode, ...outcome.notes].join(" ") : outcome.code;
}

test("each example patient is routed as the note in the file says", async () => {
  const directory = readExamples();
  const raw = JSON.parse(example("patients.json")) as { patients: { note?: string }[] };
  for (const [index, patient] of directory.patients.entries()) {
    const note = raw.patients[index]?.note ?? "";
    const outcome = await outcomeFor(patient, directory);
    const code = /EPL-\d{3}/.exec(note)?.[0];
    // A practice without a mailbox is for the server to notice.
    if (code === undefined || /no mailbox/.test(note)) assert.match(outcome, /^Y99\d{3}/, note);
    else assert.equal(outcome, code, note);
  }
});

test("each example patient is answered as the note in the file says", () => {
  const directory = readExamples();
  const raw = JSON.parse(example("patients.json")) as { patients: { note?: string }[] };
  const codes = { known: "30001", "not-known": "30002", "no-longer-here": "30003", "recently-deceased": "30004" };
  for (const [index, patient] of directory.patients.entries()) {
    const expected = /3000\d/.exec(raw.patients[index]?.note ?? "")?.[0];
    if (expected === undefined) continue;
    assert.equal(codes[patientStanding(patient, here, today, patient)], expected);
  }
});

test("the examples have a patient for every case", async () => {
  const directory = readExamples();
  const outcomes = await Promise.all(directory.patients.map((patient) => outcomeFor(patient, directory)));
  for (const expected of ["Y99002", "Y99001", "Y99077", "Y99002 deceased", "EPL-151", "EPL-153", "EPL-154"]) {
    assert.ok(outcomes.includes(expected), expected);
  }
  assert.ok(outcomes.filter((outcome) => outcome === "Y99002").length > directory.patients.length / 3);
  assert.ok(directory.patients.some(({ formerNhsNumbers }) => formerNhsNumbers.length > 0));
});

test("every example NHS number is synthetic: it starts with 9", () => {
  for (const { nhsNumber, formerNhsNumbers } of readExamples().patients) {
    for (const number of [nhsNumber, ...formerNhsNumbers]) assert.match(number, /^9/);
  }
});

test("the example organisations are two practices and a pharmacy, and every workflow can be sent and received", () => {
  const { organisations } = readExamples();
  assert.deepEqual(
    organisations.map(({ odsCode, role }) => `${odsCode} ${role}`),
    ["Y99001 practice", "Y99002 practice", "FX999 pharmacy"],
  );
  for (const { workflowId, senders, receivers } of workflowRules(organisations)) {
    assert.ok(senders.length > 0 && receivers.length > 0, workflowId);
  }
});

test("at each practice one mailbox receives a workflow, so that routing by patient is never ambiguous", () => {
  for (const { odsCode, mailboxes } of readExamples().organisations) {
    const received = mailboxes.flatMap(({ receives }) => receives);
    assert.equal(new Set(received).size, received.length, odsCode);
  }
});
