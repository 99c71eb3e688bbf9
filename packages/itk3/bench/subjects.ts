// The messages that are measured, each of a shape that costs in its own way, with its bounds.
import { Buffer } from "node:buffer";
import {
  type Bundle,
  genericDocument,
  observationSection,
  onlineConsultation,
  recommendedMaxBytes,
  type stu3,
  writeJson,
  writeXml,
} from "@restante/itk3";
import { everySection } from "../test/check/full-document.ts";
import { consultation, genericInput } from "../test/consultation.ts";
import { messageOfSize } from "./message.ts";

export interface Subject {
  name: string;
  message: Uint8Array;
  /** What saxes tokenises for comparison: the message itself, or the same message as XML. */
  xml: Uint8Array;
  maxBytes: number;
  /** How often the work is done in one turn: for long enough to be timed. */
  times: number;
  rounds: number;
  /** Memory is measured with so many bytes of such messages held. */
  held: number;
  bounds: { time: number; memory: number };
}

/** As many elements as a message of 5 MB may have, less those of the message around them. */
const most = recommendedMaxBytes / 16 - 1000;

/**
 * The promise is a time of 2 and a memory of 6, and it is kept for messages as they come: with a report, from 60 KB. Where a
 * message hardly has one, or is dense, the bounds are what was reached, with room for a busy machine: some 500 rules are held
 * against it, and saxes against nothing. What no sender writes is bounded by the most elements that a message may have.
 */
export function subjects(): Subject[] {
  const many = observations(1000);
  const manyXml = Buffer.from(writeXml(many));
  const entries = stuffed("<entry/>", most);
  const empty = { held: 12_000_000, rounds: 5 };
  return [
    subject("20 MB, a report", messageOfSize(20_000_000), 2, 6, { rounds: 5 }),
    subject("2.6 MB, a report", messageOfSize(2_600_000), 2, 6),
    subject("60 KB, a report", messageOfSize(60_000), 2, 6, { times: 40 }),
    subject("13 KB, hardly a report", messageOfSize(13_000), 6, 8, { times: 100 }),
    subject("80 KB, every kind of structured entry", Buffer.from(writeXml(everyKind())), 6, 7, { times: 10 }),
    subject("2 MB, 1,000 Observations", manyXml, 5, 7),
    subject("the same as JSON / saxes on the XML", Buffer.from(writeJson(many)), 5, 9, { xml: manyXml }),
    subject("1 MB, 10,000 references to 16 of one id", sharedId(10_000), 5, 7),
    subject("2.6 MB, only <entry/>", entries, 10, 40, empty),
    subject("1 MB, only {} / saxes on <entry/>", stuffedJson("{}", most), 9, 90, { ...empty, xml: entries }),
  ];
}

function subject(
  name: string,
  message: Uint8Array,
  time: number,
  memory: number,
  rest: Partial<Subject> = {},
): Subject {
  const maxBytes = Math.max(recommendedMaxBytes, message.byteLength);
  const bounds = { time, memory };
  return { name, message, xml: message, maxBytes, times: 1, rounds: 15, held: 60_000_000, bounds, ...rest };
}

const patient = { nhsNumber: "9000000009", name: { family: "Test", given: ["Ann"] }, birthDate: "1980-02-03" };

export function observations(count: number, display = "Body weight"): Bundle {
  const observed = Array.from({ length: count }, (_, index) => ({
    code: { code: "27113001", display },
    issued: "2026-01-05T10:00:00+00:00",
    value: { value: `${60 + (index % 40)}.5`, unit: "kg", ucum: "kg" },
    category: { code: "vital-signs", display: "Vital Signs" },
  }));
  return onlineConsultation(consultation({ patient, sections: (parts) => [observationSection(parts, observed)] }))
    .bundle;
}

function everyKind(): Bundle {
  const input = genericInput({ patient, sections: everySection });
  const encounterType = { code: "11429006", display: "Consultation" };
  return genericDocument({ ...input, document: { ...input.document, encounterType } }).bundle;
}

const plain = onlineConsultation(consultation({ patient })).bundle;

function stuffed(element: string, count: number): Buffer {
  return Buffer.from(writeXml(plain).replace('<type value="document"/>', (found) => found + element.repeat(count)));
}

function stuffedJson(element: string, count: number): Buffer {
  return Buffer.from(writeJson(plain).replace('"entry": [', (found) => found + `${element},`.repeat(count)));
}

function sharedId(count: number): Buffer {
  const bundle = structuredClone(plain);
  const document = bundle.entry?.at(-1)?.resource as Bundle;
  const composition = document.entry?.[0]?.resource as stu3.Composition;
  const resource: stu3.Observation = { resourceType: "Observation", id: "o", status: "final", code: { text: "x" } };
  document.entry?.push(...Array.from({ length: 16 }, () => ({ fullUrl: "urn:uuid:o", resource })));
  const entry = Array.from({ length: count }, () => ({ reference: "urn:uuid:o" }));
  composition.section?.push({ title: "Shared", entry });
  return Buffer.from(writeXml(bundle));
}
