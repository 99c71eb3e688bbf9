import assert from "node:assert/strict";
import { test } from "node:test";
import {
  agreesInAll,
  isSamePatient,
  type PatientRecord,
  patientStanding,
  type PatientStanding,
  type SuppliedPatient,
} from "@restante/demographics";
import { elsewhere, here, patient } from "./records.ts";

const supplied: SuppliedPatient = { dateOfBirth: "1988-12-01", family: "O'Neill", given: ["Siobhán"] };

const standings: [name: string, record: Partial<PatientRecord>, expected: PatientStanding][] = [
  ["registered here", {}, "known"],
  ["registered here, restricted", { restricted: true }, "known"],
  ["registered elsewhere", { practice: { odsCode: elsewhere } }, "not-known"],
  ["registered nowhere", { practice: undefined }, "not-known"],
  ["registered here from tomorrow", { practice: { odsCode: here, from: "2026-11-24" } }, "not-known"],
  ["registered here until yesterday", { practice: { odsCode: here, to: "2026-11-22" } }, "no-longer-here"],
  [
    "moved from here to elsewhere",
    { practice: { odsCode: elsewhere }, formerPractices: [{ odsCode: here, to: "2024-02-04" }] },
    "no-longer-here",
  ],
  [
    "moved away and come back",
    {
      formerPractices: [
        { odsCode: here, to: "2001-01-01" },
        { odsCode: elsewhere, to: "2014-04-06" },
      ],
    },
    "known",
  ],
  ["died today", { deceased: "2026-11-23" }, "recently-deceased"],
  ["died a day less than six months ago", { deceased: "2026-05-24" }, "recently-deceased"],
  ["died six months ago", { deceased: "2026-05-23" }, "no-longer-here"],
  [
    "died a month ago, registration ended by it",
    { deceased: "2026-10-23", practice: { odsCode: here, to: "2026-10-30" } },
    "recently-deceased",
  ],
  [
    "died a month ago, registration ended on that day, under former practices",
    { deceased: "2026-10-23", practice: undefined, formerPractices: [{ odsCode: here, to: "2026-10-23" }] },
    "recently-deceased",
  ],
  [
    "died a month ago, having moved away before",
    {
      deceased: "2026-10-23",
      practice: { odsCode: elsewhere },
      formerPractices: [{ odsCode: here, to: "2024-02-04" }],
    },
    "no-longer-here",
  ],
  ["died elsewhere, never here", { deceased: "2026-10-23", practice: { odsCode: elsewhere } }, "not-known"],
];

for (const [name, changes, expected] of standings) {
  test(`a patient ${name} is ${expected} to this practice`, () => {
    assert.equal(patientStanding(patient(changes), here, "2026-11-23", supplied), expected);
  });
}

test("six months from the last day of August end with the last day of February", () => {
  const record = patient({ deceased: "2026-08-31" });
  assert.equal(patientStanding(record, here, "2027-02-27", supplied), "recently-deceased");
  assert.equal(patientStanding(record, here, "2027-02-28", supplied), "no-longer-here");
});

test("a number under which nobody is found is not known", () => {
  assert.equal(patientStanding(undefined, here, "2026-11-23", supplied), "not-known");
});

test("a document is not filed on the record of somebody else", () => {
  const other: SuppliedPatient = { dateOfBirth: "1955-01-09", family: "O'Neill", given: ["Siobhán"] };
  assert.equal(patientStanding(patient(), here, "2026-11-23", other), "not-known");
});

const checks: [name: string, supplied: SuppliedPatient, same: boolean][] = [
  ["the date of birth alone", { dateOfBirth: "1988-12-01" }, true],
  ["the date of birth and another name", { dateOfBirth: "1988-12-01", family: "Smith", given: ["Jo"] }, true],
  ["two parts of the date, surname and initial", { ...supplied, dateOfBirth: "1988-12-11" }, true],
  ["two parts of the date, a former surname", { ...supplied, dateOfBirth: "1988-11-01", family: "fitzgibbon" }, true],
  ["two parts of the date, another surname", { ...supplied, dateOfBirth: "1988-12-11", family: "Smith" }, false],
  ["two parts of the date, another initial", { ...supplied, dateOfBirth: "1988-12-11", given: ["Aoife"] }, false],
  ["two parts of the date, no given name", { ...supplied, dateOfBirth: "1988-12-11", given: [] }, false],
  ["one part of the date, surname and initial", { ...supplied, dateOfBirth: "1988-01-12" }, false],
  ["names without a date", { family: "O'Neill", given: ["Siobhán"] }, false],
  ["nothing", {}, false],
];

for (const [name, supplied, same] of checks) {
  test(`${name} ${same ? "are" : "are not"} enough to take two patients with one NHS number for the same`, () => {
    assert.equal(isSamePatient(patient(), supplied), same);
  });
}

const agreements: [name: string, supplied: SuppliedPatient, agrees: boolean][] = [
  ["the same", supplied, true],
  ["a former surname", { ...supplied, family: "Fitzgerald" }, true],
  ["without accents, in capitals", { ...supplied, family: "ONEILL", given: ["SIOBHAN"] }, true],
  ["an initial", { ...supplied, given: ["S"] }, true],
  ["known by the second name", { ...supplied, given: ["Mary", "Siobhán"] }, true],
  ["a twin: the date of birth and the surname", { ...supplied, given: ["Sinéad"] }, false],
  ["another surname", { ...supplied, family: "Smith" }, false],
  ["another year of birth", { ...supplied, dateOfBirth: "1968-12-01" }, false],
  ["no given name", { ...supplied, given: [] }, false],
  ["the date of birth alone", { dateOfBirth: "1988-12-01" }, false],
];

for (const [name, supplied, agrees] of agreements) {
  test(`${name}: ${agrees ? "agrees" : "does not agree"} in all with who has the number`, () => {
    assert.equal(agreesInAll(patient(), supplied), agrees);
  });
}

test("a record with only the month of birth needs the names too", () => {
  const record = patient({ dateOfBirth: "1988-12" });
  assert.equal(isSamePatient(record, supplied), true);
  assert.equal(isSamePatient(record, { ...supplied, family: "Smith" }), false);
});
