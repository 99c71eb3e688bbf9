import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Demographics,
  DemographicsError,
  findRegisteredPractice,
  type PatientRecord,
  type RoutingOutcome,
} from "@restante/demographics";
import { parseNhsNumber } from "@restante/mesh";
import { here, patient } from "./records.ts";

interface Case {
  name: string;
  /** What is found under the number asked for. */
  record?: Partial<PatientRecord> | "nothing";
  address?: { nhsNumber?: string; dateOfBirth?: string | undefined; surname?: string };
  match?: "spine" | "strict";
  expected: string;
}

const newNumber = parseNhsNumber("9912487575");

/** Expected: the practice and its notes, or the code and the internal reason. */
const cases: Case[] = [
  { name: "number and date of birth match", expected: "Y99002" },
  { name: "another surname, spine", address: { surname: "Smith" }, expected: "Y99002" },
  { name: "no surname, spine", address: { surname: "" }, expected: "Y99002" },
  { name: "the usual surname, strict", match: "strict", address: { surname: "ONEILL" }, expected: "Y99002" },
  { name: "a former surname, strict", match: "strict", address: { surname: "Fitz" }, expected: "Y99002" },
  {
    name: "another surname, strict",
    match: "strict",
    address: { surname: "Smith" },
    expected: "EPL-154 surname-differs",
  },
  { name: "no surname, strict", match: "strict", address: { surname: "" }, expected: "EPL-154 surname-differs" },
  { name: "a wrong check digit", address: { nhsNumber: "9912830165" }, expected: "EPL-152 nhs-number-invalid" },
  { name: "nine digits", address: { nhsNumber: "991283016" }, expected: "EPL-152 nhs-number-invalid" },
  { name: "repeated digits", address: { nhsNumber: "1111111111" }, expected: "EPL-152 nhs-number-invalid" },
  { name: "no number", address: { nhsNumber: "" }, expected: "EPL-152 nhs-number-invalid" },
  { name: "a number not known, or invalidated", record: "nothing", expected: "EPL-153 nhs-number-not-found" },
  { name: "an unreadable date", address: { dateOfBirth: undefined }, expected: "EPL-154 date-of-birth-unreadable" },
  { name: "another day of birth", address: { dateOfBirth: "1988-12-02" }, expected: "EPL-154 date-of-birth-differs" },
  {
    name: "day and month exchanged",
    address: { dateOfBirth: "1988-01-12" },
    expected: "EPL-154 date-of-birth-differs",
  },
  { name: "only a year on record", record: { dateOfBirth: "1988" }, expected: "EPL-154 date-of-birth-partial" },
  {
    name: "restricted, practice withheld",
    record: { restricted: true, practice: undefined },
    expected: "EPL-151 restricted",
  },
  { name: "restricted, practice known to us", record: { restricted: true }, expected: "EPL-151 restricted" },
  {
    name: "restricted, another date of birth: the mismatch is told, not the restriction",
    record: { restricted: true },
    address: { dateOfBirth: "1988-12-02" },
    expected: "EPL-154 date-of-birth-differs",
  },
  { name: "no practice", record: { practice: undefined }, expected: "EPL-151 no-practice" },
  {
    name: "no practice but a former one",
    record: { practice: undefined, formerPractices: [{ odsCode: here }] },
    expected: "EPL-151 no-practice",
  },
  {
    name: "ended yesterday",
    record: { practice: { odsCode: here, to: "2026-11-22" } },
    expected: "EPL-151 practice-ended",
  },
  { name: "ends today", record: { practice: { odsCode: here, to: "2026-11-23" } }, expected: "Y99002" },
  { name: "begins today", record: { practice: { odsCode: here, from: "2026-11-23" } }, expected: "Y99002" },
  {
    name: "begins tomorrow",
    record: { practice: { odsCode: here, from: "2026-11-24" } },
    expected: "EPL-151 practice-not-begun",
  },
  { name: "deceased, practice still there", record: { deceased: "2019-12-30" }, expected: "Y99002 deceased" },
  {
    name: "deceased, practice gone",
    record: { deceased: "2019-12-30", practice: undefined },
    expected: "EPL-151 no-practice",
  },
  { name: "superseded number", record: { nhsNumber: newNumber }, expected: "Y99002 superseded" },
  {
    name: "superseded number, another date of birth on the new record",
    record: { nhsNumber: newNumber, dateOfBirth: "1988-12-02" },
    expected: "EPL-154 date-of-birth-differs",
  },
  {
    name: "deceased and superseded",
    record: { nhsNumber: newNumber, deceased: "2026-10-01" },
    expected: "Y99002 deceased superseded",
  },
];

function demographicsWith(record: PatientRecord | undefined): Demographics {
  return { find: async () => record };
}

function told(outcome: RoutingOutcome): string {
  return outcome.outcome === "practice"
    ? [outcome.odsCode, ...outcome.notes].join(" ")
    : `${outcome.code} ${outcome.reason}`;
}

for (const { name, record = {}, address, match = "spine", expected } of cases) {
  test(`routing by patient: ${name}: ${expected}`, async () => {
    const found = record === "nothing" ? undefined : patient(record);
    const outcome = await findRegisteredPractice(
      demographicsWith(found),
      { nhsNumber: "9912830164", dateOfBirth: "1988-12-01", surname: "O'Neill", ...address },
      { match, today: "2026-11-23" },
    );
    assert.equal(told(outcome), expected);
    if (outcome.outcome === "practice") assert.equal(outcome.nhsNumber, found?.nhsNumber);
  });
}

test("a number that is not valid is never asked for", async () => {
  const demographics: Demographics = { find: () => assert.fail("asked") };
  const address = { nhsNumber: "1234567890", dateOfBirth: "1988-12-01", surname: "Smith" };
  const outcome = await findRegisteredPractice(demographics, address, { match: "spine", today: "2026-11-23" });
  assert.equal(told(outcome), "EPL-152 nhs-number-invalid");
});

test("demographics that cannot answer refuse nothing: the error comes through, to be tried again", async () => {
  const demographics: Demographics = {
    find: async () => {
      throw new DemographicsError("unavailable", "PDS does not answer.", { retry: "safe" });
    },
  };
  const address = { nhsNumber: "9912830164", dateOfBirth: "1988-12-01", surname: "Smith" };
  await assert.rejects(findRegisteredPractice(demographics, address, { match: "spine", today: "2026-11-23" }), {
    code: "unavailable",
    retry: "safe",
  });
});
