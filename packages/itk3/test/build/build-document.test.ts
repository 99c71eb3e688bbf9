import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { consultationSummary, genericDocument, onlineConsultation, readMessage } from "@restante/itk3";
import { consultation, countingIds, genericInput } from "../consultation.ts";

test("a consultation reads back with its report first, its patient and what the sender asks for", () => {
  const built = consultationSummary(consultation());
  const { message, issues } = readMessage(Buffer.from(built.xml));
  assert.deepEqual(issues, []);
  assert.ok(message);
  assert.deepEqual(message.bundle, built.bundle);
  assert.equal(message.headerId, built.headerId);
  assert.equal(message.document?.id, built.documentId);
  assert.equal(message.patient?.name?.[0]?.family, "O'Łukasz-Ampère");
  assert.deepEqual(message.handling, {
    busAckRequested: true,
    infAckRequested: true,
    recipientType: "FA",
    messageDefinition: "https://fhir.nhs.uk/STU3/MessageDefinition/ITK-GPConnectSendDocument-MessageDefinition-1",
    senderReference: "encounter-0001",
    localExtension: "SendDocument-ConsultationReport",
  });
  assert.deepEqual(
    message.attachments.map(({ title, contentType, primary, bytes }) => [
      title,
      contentType,
      primary,
      Buffer.from(bytes()).toString("latin1"),
    ]),
    [
      ["Consultation report", "application/pdf", true, "%PDF-1.7 report"],
      ["Photograph", "image/png", false, "\u0089PNG\r\n\u001a\n"],
    ],
  );
});

test("the same input, ids and time make the same message", () => {
  assert.equal(consultationSummary(consultation()).xml, consultationSummary(consultation()).xml);
});

test("the envelope has the words of the document and the generation", () => {
  const first = consultationSummary(consultation()).envelope;
  assert.deepEqual(first, {
    workflowId: "GPFED_CONSULT_REPORT",
    ackWorkflowId: "GPFED_CONSULT_REPORT_ACK",
    subject:
      "Consultation report for Mrs Ann Bé O'Łukasz-Ampère, NHS Number 9000000009, seen at Northgate Surgery, ODS Code Y90001, Version 1",
    apiSubject:
      "Consultation report for Mrs Ann Bé O'Łukasz-Ampère, NHS Number 9000000009, seen at Northgate Surgery, ODS Code Y90001, Version 1",
    localId: "Y90001",
    to: "GPPROVIDER_9000000009_03021980_O'Łukasz-Ampère",
    registeredPractice: "GPPROVIDER_9000000009_03021980_O'Łukasz-Ampère",
    fileName: "00000000-0000-4000-8000-000000000002.xml",
  });
  const second = consultationSummary(
    consultation({ generation: 2, version: 3, replaces: "00000000-0000-4000-8000-00000000aaaa" }),
  ).envelope;
  assert.equal(second.workflowId, "GPCONNECT_SEND_DOCUMENT");
  assert.equal(second.to, "GPPROVIDER_9000000009_19800203_O'Łukasz-Ampère");
  assert.equal(
    second.subject,
    "Consultation report for Mrs Ann Bé O'Łukasz-Ampère, NHS Number: 9000000009, seen at Northgate Surgery, Y90001, Version: 3",
  );
  assert.equal(
    second.apiSubject,
    "Consultation report for Mrs Ann Bé O'Łukasz-Ampère, NHS Number: 9000000009, seen at Northgate Surgery, ODS code: Y90001, version 3",
  );
  assert.equal(onlineConsultation(consultation()).envelope.workflowId, "GPFED_CONSULT_REPORT");
  assert.equal(onlineConsultation(consultation({ generation: 2 })).envelope.workflowId, "DF_ONLINE_CONSULTATION");
  assert.equal(
    onlineConsultation(consultation()).envelope.subject,
    "Online consultation report for Mrs Ann Bé O'Łukasz-Ampère, NHS Number 9000000009, ODS Code Y90001",
  );
  assert.equal(
    genericDocument(genericInput()).envelope.subject,
    "Immunisation report for Mrs Ann Bé O'Łukasz-Ampère, NHS Number 9000000009, ODS Code Y90001",
  );
});

test("a confidential consultation of generation 1 names no practice outside its structure", () => {
  const built = consultationSummary(consultation({ confidential: true, attachments: [] }));
  const { message } = readMessage(Buffer.from(built.xml));
  assert.equal(message?.composition?.confidentiality, "R");
  assert.equal(
    built.envelope.subject,
    "Consultation report for Mrs Ann Bé O'Łukasz-Ampère, NHS Number 9000000009, Version 1",
  );
  assert.doesNotMatch(message?.composition?.text?.div ?? "", /Northgate|Y90001/);
});

test("a replacement names the document it replaces and keeps the composition's identifier", () => {
  const ids = countingIds();
  const first = consultationSummary(consultation({ ids }));
  const second = consultationSummary(
    consultation({
      ids,
      version: 2,
      replaces: first.documentIdentifier,
      compositionIdentifier: first.compositionIdentifier,
    }),
  );
  const { message } = readMessage(Buffer.from(second.xml));
  assert.deepEqual(message?.composition?.relatesTo, [
    {
      code: "replaces",
      targetIdentifier: { system: "https://tools.ietf.org/html/rfc4122", value: first.documentIdentifier },
    },
  ]);
  assert.equal(message?.composition?.identifier?.value, first.compositionIdentifier);
});

test("random ids are UUIDs where none are given", () => {
  const { ids: _, ...input } = consultation({ ids: countingIds() });
  assert.match(consultationSummary(input).headerId, /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
});
