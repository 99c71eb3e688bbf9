import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import {
  type BuiltMessage,
  consultationSummary,
  type DocumentInput,
  genericDocument,
  type Itk3Message,
  likenessOf,
  messageOf,
  onlineConsultation,
  readMessage,
  type stu3,
  writeJson,
} from "@restante/itk3";
import { consultation, genericInput } from "../consultation.ts";
import { everySection } from "../check/full-document.ts";

const document = {
  name: "Clinic",
  type: { code: "371531000", display: "Report of clinical encounter" },
  encounterType: { code: "11429006", display: "Consultation" },
};

type Changes = Partial<DocumentInput>;

/** A document with every resource that one may carry, its ids as they come. */
function full(changes: Changes = {}): BuiltMessage {
  return genericDocument({ ...genericInput({ document, sections: everySection, ...changes }), ids: randomUUID });
}

function read(content: string): Itk3Message {
  const { message } = readMessage(Buffer.from(content));
  assert.ok(message);
  return message;
}

function likeness(content: string): string {
  const found = likenessOf(read(content));
  assert.match(found ?? "", /^[0-9a-f]{32}$/);
  return found ?? "";
}

const builders: readonly (readonly [name: string, build: (changes: Changes) => BuiltMessage])[] = [
  ["consultation summary", (changes) => consultationSummary({ ...consultation(changes), ids: randomUUID })],
  ["online consultation", (changes) => onlineConsultation({ ...consultation(changes), ids: randomUUID })],
  ["generic document", full],
];

for (const [name, build] of builders) {
  test(`a ${name} that is sent anew, with other ids and at another time, is alike, and one of another version is not`, () => {
    for (const generation of [1, 2] as const) {
      const first = build({ generation });
      const again = build({ generation, now: new Date("2026-02-03T08:00:00Z") });
      assert.notEqual(again.documentId, first.documentId);
      assert.equal(likeness(again.xml), likeness(first.xml));
      assert.equal(likeness(writeJson(again.bundle)), likeness(first.xml));
      const later = build({ generation, version: 2, replaces: first.documentId });
      assert.notEqual(likeness(later.xml), likeness(first.xml));
    }
  });
}

test("the order of the entries and the letters of UUIDs count for nothing", () => {
  const { xml, bundle } = full();
  const reversed = structuredClone(bundle);
  for (const { resource } of reversed.entry ?? []) {
    if (resource?.resourceType === "Bundle") resource.entry?.reverse();
  }
  assert.equal(likeness(writeJson(reversed)), likeness(xml));
  const capitals = xml.replaceAll(
    /(urn:uuid:)([0-9a-f-]{36})/g,
    (_, urn: string, id: string) => urn + id.toUpperCase(),
  );
  assert.notEqual(capitals, xml);
  assert.equal(likeness(capitals), likeness(xml));
});

/** Places whose values count for nothing: ids and what leads to them, when it was put together, and all of the patient but the number. */
const uncounted: readonly RegExp[] = [
  /(^|\.)id$/,
  /\.reference$/,
  /^Composition\.(date|identifier)\b/,
  /^DocumentReference\.(indexed$|content\.attachment\.hash$)/,
  /^Patient\.(?!identifier\.value$)/,
];

test("whatever word of a document is another, it is not alike: only ids, times of sending and the patient's details count for nothing", () => {
  const message = read(full().xml);
  const before = likenessOf(message);
  const tried = new Set<string>();
  const unnoticed: string[] = [];
  const change = (holder: Record<string, unknown>, name: string, place: string): void => {
    const held = holder[name];
    if (typeof held === "object" && held !== null) {
      for (const inner of Object.keys(held)) {
        change(held as Record<string, unknown>, inner, Array.isArray(held) ? place : `${place}.${inner}`);
      }
      return;
    }
    if (tried.has(place) || (typeof held === "string" && /^(urn:uuid:)?[0-9a-f-]{36}$/.test(held))) return;
    tried.add(place);
    holder[name] = typeof held === "string" ? `${held.slice(0, -4)}AAAA` : !held;
    if (likenessOf(message) === before) unnoticed.push(place);
    holder[name] = held;
  };
  for (const { resource } of message.document?.entry ?? []) {
    const { resourceType, ...rest } = resource ?? {};
    for (const name of Object.keys(rest)) change(resource as never, name, `${resourceType}.${name}`);
  }
  assert.equal(likenessOf(message), before);
  assert.ok(tried.size > 300, String(tried.size));
  assert.deepEqual(
    unnoticed.filter((place) => !uncounted.some((pattern) => pattern.test(place))),
    [],
  );
});

test("one word more or less in the report, a text, a code or a title is another letter, and so is one of another patient", () => {
  const base = likeness(full().xml);
  const others: Changes[] = [
    { report: { contentType: "application/pdf", bytes: Buffer.from("%PDF-1.7 reports") } },
    { attachments: [] },
    { practitioner: { ...consultation().practitioner, name: { family: "Other", given: ["Ada"] } } },
    { patient: { ...consultation().patient, nhsNumber: "9912830164" } },
    { date: "2026-01-05T10:01:00+00:00" },
    { confidential: true, attachments: [] },
  ];
  const found = others.map((changes) => likeness(full(changes).xml));
  assert.equal(new Set([base, ...found]).size, others.length + 1);
  const patient = { ...consultation().patient, phone: "0113 496 0009" };
  assert.equal(likeness(full({ patient }).xml), base, "a patient with another telephone is the same patient");
  assert.equal(
    likeness(full({ recipientType: "FI" }).xml),
    base,
    "for action or for information, it is the same letter",
  );
});

test("another encounter is one that its sender calls otherwise; by a UUID alone only where not even its minute is told", () => {
  const at = (senderReference: string, day: boolean): string => {
    const { xml } = consultationSummary({ ...consultation({ senderReference }), ids: randomUUID });
    return likeness(day ? xml.replaceAll(/(<(?:start|end) value="2026-01-05)T[^"]*/g, "$1") : xml);
  };
  const [one, other] = [randomUUID(), randomUUID()];
  assert.equal(at(one, false), at(other, false));
  assert.notEqual(at(one, true), at(other, true));
  for (const day of [false, true]) {
    assert.notEqual(at("17", day), at("18", day));
    assert.equal(at("17", day), at("17", day));
  }
});

test("a PDF that was written anew is the same file, and one that says another word is not", () => {
  const pdf = (date: string, id: string, words: string): string =>
    `%PDF-1.7\n(${words}) Tj\n/CreationDate (D:${date}Z) /ModDate (D:${date}+01'00')\ntrailer << /ID [<${id}> <${id}>] >>\n%%EOF`;
  const sent = (text: string): string =>
    likeness(full({ report: { contentType: "application/pdf", bytes: Buffer.from(text, "latin1") } }).xml);
  const one = sent(pdf("20260105103000", "0011aabb", "no allergy"));
  assert.equal(sent(pdf("20260207080000", "ffeeddcc", "no allergy")), one);
  assert.notEqual(sent(pdf("20260105103000", "0011aabb", "an allergy")), one);
});

test("a document whose resources lead from one to the next without end has a likeness all the same", () => {
  const message = read(full().xml);
  const many = 50_000;
  const observation = (index: number): stu3.BundleEntry => ({
    fullUrl: `urn:uuid:00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    resource: {
      resourceType: "Observation",
      status: "final",
      code: { text: "x" },
      related: [{ target: { reference: `urn:uuid:00000000-0000-4000-8000-${String(index + 1).padStart(12, "0")}` } }],
    },
  });
  message.document?.entry?.push(...Array.from({ length: many }, (_, index) => observation(index)));
  assert.match(likenessOf(message) ?? "", /^[0-9a-f]{32}$/);
});

test("what has no document of a patient has no likeness", () => {
  const { xml } = full();
  const response = messageOf({ resourceType: "Bundle", type: "message", entry: [{ resource: read(xml).header }] });
  assert.ok(response);
  assert.equal(likenessOf(response), undefined);
});
