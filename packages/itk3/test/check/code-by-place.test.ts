import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import {
  check,
  consultationSummary,
  type Finding,
  messageOf,
  readMessage,
  responseCodes,
  type stu3,
} from "@restante/itk3";
import { consultation } from "../consultation.ts";
import { additionsTo } from "./additions.ts";
import type { Message } from "./addition.ts";
import { mutantsOf } from "./mutate.ts";
import { plainSubjects } from "./subjects.ts";

const { xml, bundle } = consultationSummary(consultation());

/** What is refused, by its text; every one has a finding that says why. */
const refused: readonly (readonly [what: string, code: string, from: RegExp, to: string])[] = [
  ["a header without an id", "20006", /(<MessageHeader>\s*)<id value="[^"]*"\/>/, "$1"],
  ["a header with an id that is none", "20006", /(<MessageHeader>\s*<id value=)"[^"]*"/, '$1"a b"'],
  ["another event", "20006", /code value="ITK007C"/, 'code value="ITK003D"'],
  [
    "another resource in the place of the document",
    "20009",
    /<Bundle>[\s\S]*<\/Bundle>(?=\s*<\/resource>)/,
    "<Organization><id value='x'/></Organization>",
  ],
  ["a document Bundle without an id", "20009", /(<Bundle>\s*)<id value="[^"]*"\/>/, "$1"],
  ["a document Bundle with an id that is none", "20009", /(<Bundle>\s*<id value=)"[^"]*"/, '$1"a b"'],
  ["no Composition", "20009", /<Composition>[\s\S]*<\/Composition>/, "<Organization><id value='x'/></Organization>"],
  ["no Patient", "20009", /<Patient>[\s\S]*<\/Patient>/, "<Organization><id value='x'/></Organization>"],
  ["no attachment", "20009", /<Binary>[\s\S]*?<\/Binary>/g, "<Organization><id value='x'/></Organization>"],
  ["a report that is no base64", "20009", /<content value="[^"]*"/, '<content value="?"'],
];

for (const [what, code, from, to] of refused) {
  test(`what is found of a message refused for ${what} carries the code that it is refused with`, () => {
    const changed = xml.replace(from, to);
    assert.notEqual(changed, xml);
    const { findings, negative } = check(readMessage(Buffer.from(changed)));
    assert.equal(negative?.code, code);
    const why = findings.find(({ severity }) => severity === "error");
    assert.equal(why?.responseCode, code, JSON.stringify(why));
  });
}

test("a finding of the header has the code of the header, one of the document that of the document, with an issue code of its own", () => {
  const assertRight = ({ id, severity, location, responseCode = "", issueCode = "transient" }: Finding): void => {
    if (severity === "look") return assert.equal(responseCode, "", id);
    const said = `${id} at ${location}: ${responseCode} ${issueCode}`;
    if (/^Bundle\.entry\[2\]\.resource\b/.test(location)) assert.equal(responseCode, "20009", said);
    else assert.notEqual(responseCode, "20009", said);
    assert.ok(responseCodes.get(responseCode)?.issueCodes.includes(issueCode), said);
  };
  for (const subject of plainSubjects()) {
    if (subject.options.useCase === "response") continue;
    const changed = [...additionsTo(subject.bundle), ...Array.from(mutantsOf(subject.bundle), ({ value }) => value)];
    for (const broken of changed) {
      const message = messageOf(broken);
      if (message?.document !== undefined && broken.entry?.[2]?.resource === message.document) {
        check(message, subject.options).findings.forEach(assertRight);
      }
    }
  }
});

test("the same fault is answered by where it stands", () => {
  const codesOf = (id: string, change: (message: Message) => void): (string | undefined)[] => {
    const message = messageOf(structuredClone(bundle));
    assert.ok(message);
    change(message);
    return check(message)
      .findings.filter((finding) => finding.id === id)
      .map(({ responseCode, issueCode }) => `${responseCode} ${issueCode}`);
  };
  const without = (resource: stu3.Resource | undefined): void => void delete (resource as { id?: string }).id;
  assert.deepEqual(
    codesOf("GPCM-SD-028", ({ header }) => without(header)),
    ["20006 required"],
  );
  assert.deepEqual(
    codesOf("GPCM-SD-028", ({ sender }) => without(sender)),
    ["20006 required"],
  );
  assert.deepEqual(
    codesOf("GPCM-SD-028", ({ document }) => without(document)),
    ["20009 required"],
  );
  assert.deepEqual(
    codesOf("GPCM-SD-028", ({ patient }) => without(patient)),
    ["20009 required"],
  );
  const doubled = (resource: stu3.Resource | undefined): void =>
    void Object.assign(resource?.meta ?? {}, { profile: ["urn:x", "urn:x"] });
  assert.deepEqual(
    codesOf("FHIR:repeated", ({ header }) => doubled(header)),
    ["20006 structure"],
  );
  assert.deepEqual(
    codesOf("FHIR:repeated", ({ composition }) => doubled(composition)),
    ["20009 structure"],
  );
});

const parts: readonly (readonly [what: string, from: RegExp, to: string, code: string])[] = [
  ["a RecipientType of no code", /(<valueCoding>\s*<system[^>]*>\s*<code value=)"FA"/, '$1""', "10010"],
  ["a RecipientType of no display", /("FA"\/>\s*<display value=)"[^"]*"/, '$1""', "10010"],
  [
    "a MessageDefinition of no reference",
    /(MessageDefinition">\s*<valueReference>\s*<reference value=)"[^"]*"/,
    '$1""',
    "10004",
  ],
  ["a BusAckRequested that is neither", /(BusAckRequested">\s*<valueBoolean value=)"true"/, '$1"perhaps"', "10003"],
];
for (const [what, from, to, code] of parts) {
  test(`${what} has one finding, with the code that ITK3 has for the part`, () => {
    const changed = xml.replace(from, to);
    assert.notEqual(changed, xml);
    const { findings } = check(readMessage(Buffer.from(changed)));
    assert.deepEqual(
      findings.map(({ responseCode }) => responseCode),
      [code],
    );
  });
}
