import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import {
  type Bundle,
  check,
  genericDocument,
  infrastructureAnswer,
  observationSection,
  onlineConsultation,
  readMessage,
  type Resource,
  writeXml,
} from "@restante/itk3";
import { type ElementDefinition, type TypeDefinition, typeDefinition } from "../../src/stu3/element-table.ts";
import { consultation, genericInput } from "../consultation.ts";
import { everyResource } from "../stu3/arbitrary.ts";
import { weight } from "../build/sections/samples.ts";
import { growth } from "../work.ts";

/** Twice the things may cost twice the work, and a little more for what is rounded. */
const most = 2.5;
const many = 150;

const built = onlineConsultation(consultation()).bundle;
const now = new Date("2026-01-05T11:00:00Z");
const responder = { odsCode: "Y90002", mailboxId: "X26OT002" };

type Value = Record<string, unknown>;
interface Document {
  entries: { fullUrl: string; resource: Value }[];
  resource: (type: Resource["resourceType"]) => Value | undefined;
  /** Adds a resource, which a section of its own leads to. */
  add: (resource: Value) => void;
}

/** The message with another document. */
function messageWith(change: (document: Document) => void): Bundle {
  const message = structuredClone(built);
  const document = message.entry?.at(-1)?.resource as unknown as { entry: Document["entries"] };
  const composition = document.entry[0]?.resource as { section: unknown[] };
  change({
    entries: document.entry,
    resource: (type) => document.entry.find(({ resource }) => resource["resourceType"] === type)?.resource,
    add: (resource) => {
      const fullUrl = `urn:uuid:${String(resource["id"])}`;
      document.entry.push({ fullUrl, resource });
      composition.section.push({ title: "One", entry: [{ reference: fullUrl }] });
    },
  });
  return message;
}

/** Reads, checks, answers and opens what came, as a receiver does. */
function taken(bytes: Buffer): () => void {
  return () => {
    const read = readMessage(bytes, { maxBytes: 50_000_000 });
    assert.ok(read.message);
    for (const generation of [1, 2] as const) check(read, { generation, useCase: "generic" });
    infrastructureAnswer(read, { now, responder });
    for (const attachment of read.message.attachments) assert.ok(attachment.intact || attachment.bytes());
  };
}

const json = (bundle: Bundle): Buffer => Buffer.from(JSON.stringify(bundle));

test("work that grows with the square is seen as such", () => {
  const squares = (count: number) => () => {
    const things = Array.from({ length: count }, (_, index) => index);
    return things.filter((one) => things.some((other) => other === -1 - one));
  };
  assert.ok(growth(many, squares) > 3.5);
});

const attachment = (id: string): Value => ({
  resourceType: "Binary",
  id,
  contentType: "application/x-unknown",
  content: "AAAA",
});
const inline = { attachment: { contentType: "application/x-unknown", data: "AAAA" } };
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

const manyOf: Readonly<Record<string, (count: number) => Bundle>> = {
  "attachments, each in a section": (count) =>
    messageWith(({ add }) => {
      for (const index of numbers(count)) add(attachment(`b${index}`));
    }),
  "attachments of one id": (count) =>
    messageWith(({ add }) => {
      for (const _ of numbers(count)) add(attachment("same"));
    }),
  "attachments within one DocumentReference": (count) =>
    messageWith(({ add }) => {
      add({ resourceType: "DocumentReference", id: "d", content: numbers(count).map(() => inline) });
    }),
  "attachments that one DocumentReference leads to": (count) =>
    messageWith(({ add, entries }) => {
      for (const index of numbers(count))
        entries.push({ fullUrl: `urn:uuid:b${index}`, resource: attachment(`b${index}`) });
      const content = numbers(count).map((index) => ({ attachment: { url: `urn:uuid:b${index}` } }));
      add({ resourceType: "DocumentReference", id: "d", content });
    }),
  "references to one attachment": (count) =>
    messageWith(({ add, entries }) => {
      add(attachment("b"));
      const composition = entries[0]?.resource as { section: unknown[] };
      composition.section.push({ title: "All", entry: numbers(count).map(() => ({ reference: "urn:uuid:b" })) });
    }),
  "Lists, each of one Observation": (count) =>
    messageWith(({ add, entries }) => {
      for (const index of numbers(count)) {
        entries.push({ fullUrl: `urn:uuid:o${index}`, resource: { resourceType: "Observation", id: `o${index}` } });
        add({ resourceType: "List", id: `l${index}`, entry: [{ item: { reference: `urn:uuid:o${index}` } }] });
      }
    }),
  "resources contained in one, and references to them": (count) =>
    messageWith(({ add }) => {
      const contained = numbers(count).map((index) => ({ resourceType: "Patient", id: `p${index}` }));
      add({
        resourceType: "Observation",
        id: "o",
        contained,
        performer: contained.map(({ id }) => ({ reference: `#${id}` })),
      });
    }),
  "practices of one patient": (count) =>
    messageWith(({ add, resource }) => {
      const patient = resource("Patient") ?? {};
      patient["generalPractitioner"] = numbers(count).map((index) => ({ reference: `Organization/g${index}` }));
      for (const index of numbers(count)) add({ resourceType: "Organization", id: `g${index}`, name: "A" });
    }),
  "problems, each related to the next": (count) =>
    messageWith(({ add }) => {
      const url = "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-RelatedProblemHeader-1";
      for (const index of numbers(count)) {
        const target = { url: "target", valueReference: { reference: `urn:uuid:c${(index + 1) % count}` } };
        add({ resourceType: "Condition", id: `c${index}`, extension: [{ url, extension: [target] }] });
      }
    }),
  "answers to one Questionnaire": (count) =>
    messageWith(({ add }) => {
      const linkIds = numbers(count).map((index) => `l${index}`);
      add({ resourceType: "Questionnaire", id: "q", item: linkIds.map((linkId) => ({ linkId })) });
      for (const linkId of linkIds) {
        const item = [{ linkId, answer: [{ valueBoolean: true }] }];
        add({ resourceType: "QuestionnaireResponse", id: linkId, questionnaire: { reference: "urn:uuid:q" }, item });
      }
    }),
};

for (const [what, make] of Object.entries(manyOf)) {
  test(`twice as many ${what}: twice the work, in XML and in JSON`, () => {
    for (const written of [(bundle: Bundle) => Buffer.from(writeXml(bundle)), json]) {
      const times = growth(many, (count) => taken(written(make(count))));
      assert.ok(times < most, `${times.toFixed(2)} times`);
    }
  });
}

/** Something of an element's type, no deeper than it must be. */
function sample({ type, kind }: ElementDefinition, index: number): unknown {
  if (kind === "resource") return { resourceType: "Patient", id: `p${index}` };
  if (kind === "narrative") return '<div xmlns="http://www.w3.org/1999/xhtml">A</div>';
  if (kind === "complex") {
    if (type === "Reference") return { reference: `urn:uuid:x${index}` };
    const first = typeDefinition(type)?.elements.find((element) => element.kind === "primitive" && !element.attribute);
    return first === undefined ? {} : { [first.name]: first.repeating ? [sample(first, index)] : sample(first, index) };
  }
  if (type === "boolean") return true;
  return /^(?:integer|unsignedInt|positiveInt|decimal)$/.test(type) ? index + 1 : `s${index}`;
}

function repeated(type: TypeDefinition, element: ElementDefinition, count: number): Bundle {
  const held = numbers(count).map((index) => sample(element, index));
  return messageWith(({ add, resource }) => {
    const there = resource(type.name as Resource["resourceType"]);
    if (there === undefined) return add({ resourceType: type.name, id: "many", [element.name]: held });
    const before = there[element.name];
    there[element.name] = Array.isArray(before) ? [...(before as unknown[]), ...held] : held;
  });
}

test("whatever repeats in a resource, twice of it is twice the work", () => {
  const steep: string[] = [];
  for (const type of everyResource.filter(({ name }) => name !== "Bundle")) {
    for (const element of type.elements.filter(({ repeating }) => repeating)) {
      const times = growth(many, (count) => taken(json(repeated(type, element, count))));
      if (times >= most) steep.push(`${type.name}.${element.name}: ${times.toFixed(2)} times`);
    }
  }
  assert.deepEqual(steep, []);
});

test("of whatever type a document holds many resources, twice as many are twice the work", () => {
  const steep: string[] = [];
  for (const { name } of everyResource) {
    const of = (count: number): Bundle =>
      messageWith(({ add }) => {
        for (const index of numbers(count)) add({ resourceType: name, id: `many${index}` });
      });
    const times = growth(many, (count) => taken(json(of(count))));
    if (times >= most) steep.push(`${name}: ${times.toFixed(2)} times`);
  }
  assert.deepEqual(steep, []);
});

test("twice as many attachments and entries, right or wrong, are twice the work to build", () => {
  const bytes = Buffer.from("A");
  for (const [display, title] of [
    ["Body weight", "Letter"],
    ["", ""],
  ] as const) {
    const times = growth(many, (count) => {
      const input = genericInput({
        attachments: numbers(count).map(() => ({ title, contentType: "application/x-unknown", bytes })),
        sections: (parts) =>
          numbers(count).map(() => observationSection(parts, [{ ...weight, code: { code: "27113001", display } }])),
      });
      return () => {
        try {
          genericDocument(input);
        } catch (error) {
          assert.equal((error as { code?: string }).code, "input-invalid");
        }
      };
    });
    assert.ok(times < most, `${times.toFixed(2)} times`);
  }
});
