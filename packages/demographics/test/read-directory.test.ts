import assert from "node:assert/strict";
import { test } from "node:test";
import { type Directory, DirectoryError, readDirectory } from "@restante/demographics";

const clock = { now: () => new Date("2026-11-23T08:00:00Z") };

const smith = {
  nhsNumber: "991 283 0164",
  names: [{ family: "Smith" }],
  dateOfBirth: "1988-12-01",
};
const surgery = {
  odsCode: "y99002",
  name: "Surgery",
  role: "practice",
  address: { lines: ["1 Street"], postcode: "ZZ99 3VZ" },
  phone: "01632 960002",
  mailboxes: [{ mailboxId: "y99002ot001", transport: "directory", sends: ["W"], receives: [] }],
};

function withoutLines(problem: string): string {
  return problem.replaceAll(/ \(line \d+ column \d+\)/g, "");
}

function read(patients: readonly object[], organisations: readonly object[] = [surgery]): Directory {
  return readDirectory(
    { patients: JSON.stringify({ patients }), organisations: JSON.stringify({ organisations }) },
    clock,
  );
}

function problemsOf(patients: string, organisations: string): readonly string[] {
  try {
    readDirectory({ patients, organisations }, clock);
  } catch (error) {
    assert.ok(error instanceof DirectoryError, String(error));
    return error.problems;
  }
  return assert.fail("the files were accepted");
}

test("what is left out is taken as usual, and ids are put in their own form", () => {
  const { patients, organisations } = read([{ ...smith, note: "for people", deceased: "1 day ago" }]);
  assert.deepEqual(patients, [
    {
      nhsNumber: "9912830164",
      formerNhsNumbers: [],
      names: [{ use: "usual", prefix: undefined, given: [], family: "Smith" }],
      dateOfBirth: "1988-12-01",
      gender: undefined,
      address: undefined,
      phone: undefined,
      practice: undefined,
      formerPractices: [],
      deceased: "2026-11-22",
      restricted: false,
      invalidated: false,
    },
  ]);
  assert.equal(organisations[0]?.odsCode, "Y99002");
  assert.equal(organisations[0]?.mailboxes[0]?.mailboxId, "Y99002OT001");
});

test("every problem of both files is told at once, with its place, and nothing of what is in them", () => {
  const patients = JSON.stringify({
    patients: [
      { ...smith, nhsNumber: "9912830165", Smith: 1 },
      { names: [], dateOfBirth: "Smith", practice: { odsCode: "Smith's", from: "Smith" } },
      "Smith",
    ],
  });
  const organisations = JSON.stringify({
    organisations: [
      { ...surgery, role: "Smith", mailboxes: [{ mailboxId: "Smith, Jo", transport: "api", sends: [] }] },
    ],
  });
  const problems = problemsOf(patients, organisations);
  assert.deepEqual(
    problems.map((problem) => problem.split(" ", 2).join(" ")),
    [
      "patients.json /patients/0/nhsNumber",
      "patients.json /patients/0",
      "patients.json /patients/1/nhsNumber",
      "patients.json /patients/1/names",
      "patients.json /patients/1/dateOfBirth",
      "patients.json /patients/1/practice/odsCode",
      "patients.json /patients/1/practice/from",
      "patients.json /patients/2",
      "organisations.json /organisations/0/role",
      "organisations.json /organisations/0/mailboxes/0/receives",
      "organisations.json /organisations/0/mailboxes/0/mailboxId",
    ],
  );
  assert.doesNotMatch(problems.join("\n"), /smith|9912830165/i);
});

test("a number, an ODS code or a mailbox that is there twice is told, by both places", () => {
  const patients = JSON.stringify({
    patients: [smith, { ...smith, nhsNumber: "9912487575", formerNhsNumbers: ["9912830164"] }],
  });
  const organisations = JSON.stringify({ organisations: [surgery, surgery] });
  const problems = problemsOf(patients, organisations);
  assert.deepEqual(problems.map(withoutLines), [
    "patients.json /patients/1/formerNhsNumbers/0 is the same as patients.json /patients/0/nhsNumber",
    "organisations.json /organisations/1/odsCode is the same as organisations.json /organisations/0/odsCode",
    "organisations.json /organisations/1/mailboxes/0/mailboxId is the same as organisations.json /organisations/0/mailboxes/0/mailboxId",
  ]);
  assert.equal(problems.join("\n").match(/\(line 1 column \d+\)/g)?.length, 6);
});

test("a problem names the file that was given, the line and the column, and the property that was meant", () => {
  const patients = `{
  "patients": [
    {
      "nhsNumber": "991 283 0164",
      "names": [{ "familyname": "Smith" }],
      "dateOfBrith": "1988-12-01"
    }
  ]
}`;
  const organisations = JSON.stringify({ organisations: [surgery] });
  const names = { patients: "my/people.json", organisations: "my/places.json" };
  assert.throws(
    () => readDirectory({ patients, organisations, names }, clock),
    (error: DirectoryError) => {
      assert.deepEqual(error.problems, [
        "my/people.json /patients/0/dateOfBirth (line 3 column 5) is missing: it must be a day or a part of one, such as 2026-01-31, 2026-01 or 2026",
        "my/people.json /patients/0/names/0/family (line 5 column 17) is missing: it must be a text that is not empty",
        "my/people.json /patients/0/names/0 (line 5 column 19) has 'familyname', which is not a property here; did you mean 'family'?",
        "my/people.json /patients/0 (line 6 column 7) has 'dateOfBrith', which is not a property here; did you mean 'dateOfBirth'?",
      ]);
      return true;
    },
  );
});

test("a file that begins with the mark of UTF-8, as Windows writes it, is read", () => {
  const patients = `\uFEFF${JSON.stringify({ patients: [smith] })}`;
  const organisations = `\uFEFF${JSON.stringify({ organisations: [surgery] })}`;
  assert.equal(readDirectory({ patients, organisations }, clock).patients.length, 1);
});

test("files that are not JSON, or not these files, are told", () => {
  assert.deepEqual(problemsOf("", "[]"), [
    "patients.json is not JSON: it is empty",
    "organisations.json must be an object",
  ]);
  assert.deepEqual(problemsOf("{}", '{"organisations":[]}').map(withoutLines), [
    "patients.json /patients is missing: it must be a list",
    "organisations.json /organisations must be a list of at least 1 item",
  ]);
});

test("a file of YAML says the same as one of JSON, and where a text is taken for a number it is to be quoted", () => {
  const names = { patients: "patients.yaml", organisations: "organisations.yaml" };
  const organisations = `organisations:
  - odsCode: Y99002
    name: Surgery
    role: practice
    address: { lines: [1 Street], postcode: ZZ99 3VZ }
    phone: 01632 960002
    mailboxes:
      - { mailboxId: Y99002OT001, transport: directory, sends: [W], receives: [] }
`;
  const patients = (number: string): string => `patients:
  - nhsNumber: ${number}
    names: [{ family: Smith }]
    dateOfBirth: 1988-12-01
`;
  assert.deepEqual(readDirectory({ patients: patients("991 283 0164"), organisations, names }, clock), read([smith]));
  assert.throws(
    () => readDirectory({ patients: patients("9912830164"), organisations, names }, clock),
    (error: DirectoryError) => {
      assert.deepEqual(error.problems, [
        "patients.yaml /patients/0/nhsNumber (line 2 column 5) must be an NHS number: ten digits of which the last is a valid check digit; put it between quotes",
      ]);
      return true;
    },
  );
});
