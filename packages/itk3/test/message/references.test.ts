import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { check, consultationSummary, readMessage } from "@restante/itk3";
import { consultation } from "../consultation.ts";

// With letters in its UUIDs.
const xml = consultationSummary(consultation()).xml.replaceAll("00000000-0000-4000", "abcdef00-0000-4000");
const whole = partsOf(xml);

/** What a receiver asks for first, all of it found by references. */
function partsOf(written: string): unknown {
  const { message } = readMessage(Buffer.from(written));
  return {
    sender: message?.sender?.id,
    document: message?.document?.id,
    composition: message?.composition?.id,
    patient: message?.patient?.id,
    custodian: message?.custodian?.id,
    attachments: message?.attachments.map(({ id, primary }) => [id, primary]),
  };
}

function idsOf(written: string): string[] {
  return [...new Set(check(readMessage(Buffer.from(written))).findings.map(({ severity, id }) => `${severity} ${id}`))];
}

const inCapitals = (_: string, before: string, uuid: string): string => before + uuid.toUpperCase();

for (const [how, written, findings] of [
  [
    "a UUID in capitals",
    xml.replaceAll(/(<reference value="urn:uuid:)([^"]+)/g, inCapitals),
    ["warning FHIR:reference.case"],
  ],
  [
    "a fullUrl in capitals",
    xml.replaceAll(/(<fullUrl value="urn:uuid:)([^"]+)/g, inCapitals),
    ["warning FHIR:fullUrl.case"],
  ],
  ["a bare id", xml.replaceAll('<reference value="urn:uuid:', '<reference value="'), ["error FHIR:reference.fullUrl"]],
  [
    "an id, its fullUrl being another",
    xml.replaceAll('<fullUrl value="urn:uuid:', '<fullUrl value="https://supplier.example/records/'),
    ["error FHIR:reference.fullUrl"],
  ],
  [
    "an id, its fullUrl being none",
    xml.replaceAll('<fullUrl value="urn:uuid:', '<fullUrl value="'),
    ["error FHIR:fullUrl.type"],
  ],
] as const) {
  test(`what a reference leads to by ${how} is read, and the check says so once`, () => {
    assert.ok(written !== xml);
    assert.deepEqual(partsOf(written), whole);
    assert.deepEqual(idsOf(written), findings);
  });
}

test("a reference leads to the entry of its fullUrl before one whose id it is", () => {
  const { message } = readMessage(Buffer.from(xml));
  const [subject] = message?.patient?.id === undefined ? [] : [message.patient.id];
  const before = xml.indexOf("<entry>", xml.indexOf("</Composition>"));
  const stranger =
    '<entry><fullUrl value="urn:uuid:ffffffff-0000-4000-8000-000000000000"/>' +
    `<resource><Patient><id value="${subject}"/><active value="false"/></Patient></resource></entry>`;
  const read = readMessage(Buffer.from(xml.slice(0, before) + stranger + xml.slice(before)));
  assert.deepEqual(read.message?.patient, message?.patient);
});

test("of two entries whose UUIDs differ in case, a reference leads to the one of its letters", () => {
  const { message } = readMessage(Buffer.from(xml));
  const id = message?.patient?.id ?? "";
  const stranger =
    `<entry><fullUrl value="urn:uuid:${id.toUpperCase()}"/>` +
    `<resource><Patient><id value="${id.toUpperCase()}"/><active value="false"/></Patient></resource></entry>`;
  const before = xml.indexOf("<entry>", xml.indexOf("</Composition>"));
  const read = readMessage(Buffer.from(xml.slice(0, before) + stranger + xml.slice(before)));
  assert.deepEqual(read.message?.patient, message?.patient);
});

test("a UUID at the end of a URL is found in small letters and capitals", () => {
  const served = xml.replaceAll(/urn:uuid:(abcdef00-[^"]+)/g, "https://supplier.example/records/$1");
  const mixed = served.replaceAll(/(<reference value="https:\/\/supplier.example\/records\/)([^"]+)/g, inCapitals);
  assert.notEqual(mixed, served);
  assert.deepEqual(partsOf(mixed), whole);
  assert.deepEqual(idsOf(mixed), ["warning FHIR:reference.case"]);
});
