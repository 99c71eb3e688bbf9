import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import {
  check,
  consultationSummary,
  copyFor,
  genericDocument,
  observationSection,
  onlineConsultation,
  questionnaireResponseSection,
  readMessage,
  type StructuredSection,
  taskSection,
} from "@restante/itk3";
import type { DocumentParts } from "@restante/itk3";
import { assertClean } from "../clean.ts";
import { consultation, countingIds, genericInput } from "../consultation.ts";
import { withoutReference } from "../reference.ts";
import { schemaFaults } from "../schema.ts";

const issued = "2026-01-05T10:00:00+00:00";

/** Observations and a questionnaire, as an online consultation gathers them. */
function structured(parts: DocumentParts): StructuredSection[] {
  return [
    observationSection(parts, [
      {
        code: { code: "27113001", display: "Body weight" },
        issued,
        value: { value: "85.0", unit: "kg", ucum: "kg" },
        category: { code: "vital-signs", display: "Vital Signs" },
      },
      {
        code: { code: "8392000", display: "Non-smoker" },
        issued,
        value: { text: "Never smoked" },
        category: { code: "survey", display: "Survey" },
        status: "preliminary",
      },
    ]),
    questionnaireResponseSection(parts, {
      authored: issued,
      items: [
        {
          linkId: "1",
          text: "HOW CAN WE HELP?",
          items: [
            { linkId: "1-1", text: "What is the matter?", answer: "A sore knee" },
            { linkId: "1-2", text: "Is it new?", answer: true },
            {
              linkId: "1-3",
              text: "Which?",
              answer: { system: "http://snomed.info/sct", code: "24028007", display: "Right" },
            },
          ],
        },
      ],
    }),
  ];
}

for (const [name, build] of [
  ["online consultation", (changes: object) => onlineConsultation(consultation(changes))],
  ["consultation", (changes: object) => consultationSummary(consultation(changes))],
  ["generic document", (changes: object) => genericDocument(genericInput(changes))],
] as const) {
  test(`the structured entries of a ${name} pass the check and are not taken for attachments`, () => {
    for (const generation of [1, 2] as const) {
      const built = build({ generation, sections: structured });
      const read = readMessage(Buffer.from(built.xml));
      assertClean(check(read));
      assert.equal(read.message?.attachments.length, 2);
      assert.match(built.xml, /<value value="85\.0"\/>/);
    }
  });

  test(`the structured entries of a ${name} are valid against HL7's schema`, { skip: withoutReference }, () => {
    assert.deepEqual(schemaFaults(build({ sections: structured }).xml), []);
  });
}

test("a copy has a message of its own and the identical document", { tags: ["FHIR-MR-01"] }, () => {
  const ids = countingIds();
  const original = onlineConsultation(consultation({ ids }));
  const copy = copyFor(original, { ids, now: new Date("2026-01-05T10:31:00Z"), recipientType: "FI" });
  const read = readMessage(Buffer.from(copy.xml));
  assertClean(check(read));
  assert.equal(read.message?.handling.recipientType, "FI");
  assert.notEqual(copy.headerId, original.headerId);
  assert.notEqual(copy.bundle.id, original.bundle.id);
  assert.deepEqual(copy.bundle.entry?.at(-1), original.bundle.entry?.at(-1));
  assert.equal(copy.documentId, original.documentId);
  assert.equal(readMessage(Buffer.from(original.xml)).message?.handling.recipientType, "FA");
});

test("triaged to another provider, the document goes to its mailbox and the copy to the registered practice", () => {
  const ids = countingIds();
  const original = onlineConsultation(consultation({ ids, recipientMailbox: "fx999ot001" }));
  assert.equal(original.envelope.to, "FX999OT001");
  const copyInput = { ids, now: new Date("2026-01-05T10:31:00Z"), recipientType: "FI" } as const;
  const copy = copyFor(original, copyInput);
  assert.match(copy.envelope.to, /^GPPROVIDER_/);
  const another = copyFor(original, { ...copyInput, recipientMailbox: "Y90003OT001" });
  assert.equal(another.envelope.to, "Y90003OT001");
  for (const { xml, envelope } of [original, copy, another]) {
    const { to, workflowId, subject, localId } = envelope;
    const read = readMessage(Buffer.from(xml));
    assert.deepEqual(check(read, { envelope: { to, workflowId, subject, localId } }).findings, []);
  }
});

test("Send Document 2 routes everything but an online consultation by the patient, copies too", () => {
  const recipientMailbox = "FX999OT001";
  const second = { generation: 2, recipientMailbox } as const;
  assert.equal(onlineConsultation(consultation(second)).envelope.to, recipientMailbox);
  assert.throws(() => genericDocument(genericInput(second)), { code: "input-invalid" });
  const copied = genericDocument(genericInput({ generation: 2, recipientType: "FI" }));
  const { to, workflowId, subject, localId } = copied.envelope;
  assert.deepEqual(
    check(readMessage(Buffer.from(copied.xml)), { envelope: { to, workflowId, subject, localId } }).findings,
    [],
  );
});

test("a consultation summary goes to the registered practice alone, For Action", () => {
  const ids = countingIds();
  const now = new Date("2026-01-05T10:31:00Z");
  const summary = consultationSummary(consultation({ ids }));
  assert.throws(() => copyFor(summary, { ids, now, recipientType: "FI" }), { code: "input-invalid" });
  const elsewhere = consultation({ ids, recipientMailbox: "FX999OT001" });
  assert.throws(() => consultationSummary(elsewhere), { code: "input-invalid" });
});

test("a code keeps the sender's words, an answer its questions, a period its zones and an observation its performers", () => {
  const { xml, bundle } = onlineConsultation(
    consultation({
      sections: (parts) => [
        observationSection(parts, [
          {
            code: { code: "27113001", display: "Body weight" },
            issued,
            performers: [parts.practitioner, parts.patient],
            value: { text: "85 kg" },
            category: { code: "vital-signs", display: "Vital Signs" },
          },
        ]),
        taskSection(parts, [
          {
            intent: "order",
            code: { code: "185389009", display: "Follow-up visit", text: "See again" },
            restriction: { period: { start: "2026-01-05T23:30:00-01:00", end: "2026-01-06T01:00:00+00:00" } },
          },
        ]),
        questionnaireResponseSection(parts, {
          authored: issued,
          items: [
            { linkId: "1", text: "Any pain?", answer: true, items: [{ linkId: "2", text: "Where?", answer: "Knee" }] },
          ],
        }),
      ],
    }),
  );
  const { findings } = check(readMessage(Buffer.from(xml)));
  assert.deepEqual(
    findings.filter(({ severity }) => severity === "error"),
    [],
  );
  const written = JSON.stringify(bundle);
  assert.match(written, /"display":"Follow-up visit"\}\],"text":"See again"/);
  assert.match(written, /"valueBoolean":true,"item":\[\{"linkId":"2"/);
  assert.match(written, /"performer":\[[^\]]*\},\{/);
});
