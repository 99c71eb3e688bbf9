import type { Bundle, stu3 } from "@restante/itk3";
import { messageOf } from "@restante/itk3";
import { type Addition, adding, first, type Message } from "./addition.ts";
import { clinicalAdditions } from "./clinical-additions.ts";
import { brokenCases } from "./every-case.ts";

/** A part of the message handling extension. */
function handlingPart({ header }: Message, url: string): stu3.Extension | undefined {
  return header.extension?.[0]?.extension?.find((part) => part.url === url);
}

function moveFirst(list: unknown[] | undefined): void {
  list?.push(...list.splice(0, 1));
}

const bundleParts = [{ total: 1 }, { link: [{ relation: "self", url: "urn:x" }] }, { signature: { who: 1 } }];
const identifierParts = [{ type: { coding: [{ display: "x" }] } }, { assigner: { display: "x" } }];
const entryParts = [
  { link: [{ relation: "self", url: "urn:x" }] },
  { search: { mode: "match" } },
  { request: { method: "GET", url: "urn:x" } },
  { response: { status: "200" } },
];
const headerParts = ["enterer", "author", "responsible", "receiver"].map((name) => ({ [name]: { display: "x" } }));
const organizationParts = [
  { active: true },
  { type: [{ text: "x" }] },
  { name: "x" },
  { alias: ["x"] },
  { telecom: [{ value: "x" }] },
  { address: [{ text: "x" }] },
  { partOf: { display: "x" } },
  { contact: [{ name: { text: "x" } }] },
  { endpoint: [{ display: "x" }] },
];

const changes: readonly Addition[] = [
  ...bundleParts.map((part) => adding("message bundle", ({ bundle }) => bundle, part)),
  ...bundleParts.map((part) => adding("document bundle", ({ document }) => document, part)),
  ...identifierParts.map((part) => adding("message identifier", ({ bundle }) => bundle.identifier, part)),
  ...identifierParts.map((part) => adding("document identifier", ({ document }) => document?.identifier, part)),
  ...entryParts.map((part) => adding("message entry", ({ bundle }) => bundle.entry?.[0], part)),
  ...entryParts.map((part) => adding("document entry", ({ document }) => document?.entry?.[0], part)),
  ...headerParts.map((part) => adding("header", ({ header }) => header, part)),
  [
    "a receiver that is an organisation",
    ({ header }) => {
      if (header.sender !== undefined) header.receiver = header.sender;
    },
  ],
  [
    "a sender reference that names nothing",
    (message) => void Object.assign(handlingPart(message, "SenderReference") ?? {}, { valueString: "None" }),
  ],
  [
    "another patient's number",
    ({ patient }) => {
      const number = patient?.identifier?.find(({ system }) => system === "https://fhir.nhs.uk/Id/nhs-number");
      if (number !== undefined) number.value = "9000000017";
    },
  ],
  [
    "a second patient, of whom little is known",
    ({ document, patient }) => {
      const [{ value: _, ...number } = {}] = patient?.identifier ?? [];
      const identifier = [number];
      document?.entry?.push({ fullUrl: "urn:uuid:b", resource: { resourceType: "Patient", id: "b", identifier } });
    },
  ],
  adding("encounter", (message) => first(message, "Encounter"), {
    identifier: [{ system: "https://tools.ietf.org/html/rfc4122", value: "x" }],
  }),
  adding("header", ({ header }) => header, { reason: { text: "x" } }),
  adding("header", ({ header }) => header, { destination: [{ endpoint: "urn:x" }] }),
  adding("header", ({ header }) => header, { response: { identifier: "a", code: "ok" } }),
  adding("header", ({ header }) => header, { focus: [{ reference: "urn:x" }, { reference: "urn:y" }] }),
  adding("event", ({ header }) => header.event, { version: "1" }),
  adding("event", ({ header }) => header.event, { userSelected: true }),
  ...["name", "software", "version"].map((name) => adding("source", ({ header }) => header.source, { [name]: "x" })),
  adding("source", ({ header }) => header.source, { contact: { value: "x" } }),
  ...organizationParts.map((part) => adding("header organisation", ({ sender }) => sender, part)),
  adding("patient", ({ patient }) => patient, { animal: { species: { text: "x" } } }),
  adding("patient", ({ patient }) => patient, { communication: [{ language: { text: "x" } }] }),
  adding("patient", ({ patient }) => patient, { modifierExtension: [{ url: "urn:x", valueCode: "x" }] }),
  adding("patient", ({ patient }) => patient, { implicitRules: "urn:x" }),
  adding("practitioner", (message) => first(message, "Practitioner"), { communication: [{ text: "x" }] }),
  [
    "an organisation with two site codes",
    ({ custodian }) => {
      const system = "https://fhir.nhs.uk/Id/ods-site-code";
      custodian?.identifier?.push({ system, value: "Y90001A" }, { system, value: "Y90001B" });
    },
  ],
  adding("binary", (message) => first(message, "Binary"), { securityContext: { display: "x" } }),
  adding("binary", (message) => first(message, "Binary"), { content: "SGVsbG8=" }),
  adding("binary", (message) => first(message, "Binary"), { content: "SGVsbG8" }),
  adding("binary", (message) => first(message, "Binary"), {
    content: `data:application/pdf;base64,${Buffer.from("%PDF-1.7\n%%EOF\n").toString("base64")}`,
  }),
  adding("composition", ({ composition }) => composition, { confidentiality: "R" }),
  ...clinicalAdditions,
  [
    "an unverified number without an address",
    ({ patient }) => {
      const status = patient?.identifier?.[0]?.extension?.[0]?.valueCodeableConcept?.coding?.[0];
      if (status !== undefined) status.code = "02";
      delete (patient as Partial<stu3.Patient> | undefined)?.address;
    },
  ],
  adding("message definition", (message) => handlingPart(message, "MessageDefinition")?.valueReference, {
    display: "x",
  }),
  [
    "a sender reference that is too long",
    (message) => {
      Object.assign(handlingPart(message, "SenderReference") ?? {}, { valueString: "x".repeat(256) });
    },
  ],
  [
    "an encounter among the authors",
    ({ composition }) => {
      if (composition?.encounter !== undefined) composition.author?.push(composition.encounter);
    },
  ],
  [
    "a patient registered where the document comes from",
    ({ patient, composition }) => {
      if (composition?.custodian !== undefined)
        Object.assign(patient ?? {}, { generalPractitioner: [composition.custodian] });
    },
  ],
  [
    "version 0",
    ({ composition }) => {
      if (composition?.text?.div !== undefined)
        composition.text.div = composition.text.div.replace(/Version \d+/, "Version 0");
    },
  ],
  [
    "an NHS number in the diagnostics",
    ({ bundle }) => {
      for (const { resource } of bundle.entry ?? []) {
        if (resource?.resourceType !== "OperationOutcome") continue;
        for (const issue of resource.issue ?? []) issue.diagnostics = "Of 900 000 0017 nothing is known.";
      }
    },
  ],
  [
    "two headers",
    ({ bundle, header }) => void bundle.entry?.push({ fullUrl: "urn:uuid:b", resource: { ...header, id: "b" } }),
  ],
  [
    "two compositions",
    ({ document, composition }) => {
      if (composition !== undefined)
        document?.entry?.push({ fullUrl: "urn:uuid:b", resource: { ...composition, id: "b" } });
    },
  ],
  ["the header last", ({ bundle }) => moveFirst(bundle.entry)],
  ["the composition last", ({ document }) => moveFirst(document?.entry)],
  [
    "the attachments last",
    ({ composition }) => {
      moveFirst(composition?.section);
      moveFirst(composition?.section);
    },
  ],
];

const cases = brokenCases.map(([id, what, change]): Addition => [`${id} ${what}`, change]);

/** Messages with something too many: elements that profiles take away, and the like. */
export function* additionsTo(original: Bundle): Generator<Bundle> {
  for (const [, change] of [...changes, ...cases]) {
    const value = structuredClone(original);
    const message = messageOf(value);
    if (message === undefined) continue;
    change(message);
    yield value;
  }
}
