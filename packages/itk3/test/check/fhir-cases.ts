// What breaks a rule of FHIR, and what comes near it and does not.
import type { stu3 } from "@restante/itk3";
import { type Case, first, type Message } from "./addition.ts";
import { brokenIds, soundIds } from "./id-cases.ts";
import { brokenUris, soundUris } from "./uri-cases.ts";

const containing = (id: string | undefined, changes: Partial<stu3.Organization> = {}): stu3.Organization => ({
  resourceType: "Organization",
  ...(id === undefined ? {} : { id }),
  name: "x",
  ...changes,
});

/** The Patient with a contained Organization, and what is said to manage it. */
function managed({ patient }: Message, contained: stu3.Organization, reference: string): void {
  Object.assign(patient ?? {}, { contained: [contained], managingOrganization: { reference } });
}

/** One more Organization in the document, its entry's fullUrl, and a reference of the Patient to it. */
function addressed(message: Message, id: string, fullUrl: string, reference: string): void {
  message.document?.entry?.push({ fullUrl, resource: containing(id) });
  Object.assign(message.patient ?? {}, { managingOrganization: { reference } });
}

/** The same, from another Organization that was read from a server. */
function served(message: Message, fullUrl: string, reference: string, id = "o1"): void {
  addressed(message, id, fullUrl, fullUrl);
  const resource = containing("o2", { partOf: { reference } });
  message.document?.entry?.push({ fullUrl: "https://supplier.example/Organization/o2", resource });
}

/** Two Organizations with UUIDs, each led to. */
function twice(message: Message, one: string, other: string): void {
  addressed(message, one, `urn:uuid:${one}`, `urn:uuid:${one}`);
  message.document?.entry?.push({ fullUrl: `urn:uuid:${other}`, resource: containing(other) });
  Object.assign(first(message, "Encounter") ?? {}, { serviceProvider: { reference: `urn:uuid:${other}` } });
}

/** An attachment described by a DocumentReference that has an address instead of it. */
function described(message: Message, fullUrl: string, url: string): void {
  const resource: stu3.DocumentReference = {
    resourceType: "DocumentReference",
    id: "described",
    content: [{ attachment: { contentType: "image/png", url } }],
  };
  message.document?.entry?.push(
    { fullUrl, resource: { resourceType: "Binary", id: small, contentType: "image/png", content: "AAAA" } },
    { fullUrl: "https://supplier.example/records/1", resource },
  );
}

const capitals = "ABCDEF00-0000-4000-8000-00000000000A";
const small = capitals.toLowerCase();
const notAddresses = [
  "not-a-url",
  "Organization/o1",
  "/Organization/o1",
  "HTTPS://supplier.example/Organization/o1",
  "https:",
  "https:///Organization/o1",
  `URN:UUID:${small}`,
  `urn:UUID:${small}`,
  "urn:oid:o1",
  "urn:oid:1.02",
  "urn:supplier:o1",
];

/** The first Encounter with another priority. */
function prioritised(message: Message, ...coding: stu3.Coding[]): void {
  Object.assign(first(message, "Encounter") ?? {}, { priority: { coding } });
}

const lastEntry = ({ document }: Message): stu3.BundleEntry => document?.entry?.at(-1) ?? {};

/** The first Practitioner with an extension that leads to a resource of the type. */
function associated(message: Message, url: string, type: "Encounter" | "Patient"): void {
  const { id } = first(message, type) ?? {};
  const extension = [{ url, valueReference: { reference: `urn:uuid:${id}` } }];
  Object.assign(first(message, "Practitioner") ?? {}, { extension });
}
const associatedEncounter = "http://hl7.org/fhir/StructureDefinition/encounter-associatedEncounter";

export const brokenFhir: readonly Case[] = [
  [
    "FHIR:target",
    "of an extension of FHIR's that names an encounter",
    (message) => associated(message, associatedEncounter, "Patient"),
  ],
  ...brokenUris,
  ...brokenIds,
  ...["en-??", "e", "en_GB", "English (United Kingdom)"].map((language): Case => [
    "FHIR:language",
    language,
    ({ composition }) => void Object.assign(composition ?? {}, { language }),
  ]),
  [
    "FHIR:language",
    "of an attachment",
    ({ patient }) =>
      void Object.assign(patient ?? {}, { photo: [{ contentType: "image/png", data: "AAAA", language: "en GB" }] }),
  ],
  ["FHIR:implicitRules", "of the message Bundle", ({ bundle }) => void (bundle.implicitRules = "urn:x")],
  [
    "FHIR:implicitRules",
    "of a contained resource",
    (message) => managed(message, containing("o1", { implicitRules: "urn:x" }), "#o1"),
  ],
  [
    "FHIR:code",
    "a priority that is none",
    (message) => prioritised(message, { system: "http://hl7.org/fhir/v3/ActPriority", code: "routine" }),
  ],
  [
    "FHIR:code",
    "a code in capitals, of a system that has small letters",
    (message) => prioritised(message, { system: "http://hl7.org/fhir/list-order", code: "USER" }),
  ],
  [
    "FHIR:fullUrl",
    "of another id",
    (message) =>
      void (lastEntry(message).fullUrl = `https://supplier.example/${lastEntry(message).resource?.resourceType}/1`),
  ],
  [
    "FHIR:fullUrl",
    "of another type",
    (message) =>
      void (lastEntry(message).fullUrl = `https://supplier.example/Practitioner/${lastEntry(message).resource?.id}`),
  ],
  ...notAddresses.map((fullUrl): Case => [
    "FHIR:fullUrl.type",
    fullUrl,
    (message) => addressed(message, "o1", fullUrl, fullUrl),
  ]),
  [
    "FHIR:fullUrl.type",
    "in the message Bundle",
    ({ bundle }) => void Object.assign(bundle.entry?.at(-1) ?? {}, { fullUrl: "not-a-url" }),
  ],
  ["FHIR:fullUrl.uuid", "a name", (message) => addressed(message, "o1", "urn:uuid:o1", "urn:uuid:o1")],
  ["FHIR:fullUrl", "of nothing behind urn:uuid:", (message) => addressed(message, "o1", "urn:uuid:", "urn:uuid:")],
  [
    "FHIR:fullUrl.case",
    "capitals",
    (message) => addressed(message, small, `urn:uuid:${capitals}`, `urn:uuid:${capitals}`),
  ],
  [
    "FHIR:fullUrl.case",
    "capitals in a URL",
    (message) => addressed(message, small, `https://supplier.example/Organization/${capitals}`, "#"),
  ],
  ["FHIR:fullUrl.same", "capitals and small letters", (message) => twice(message, small, capitals)],
  [
    "FHIR:section",
    "to a UUID in small letters and in capitals",
    (message) => {
      addressed(message, small, `urn:uuid:${small}`, `urn:uuid:${small}`);
      const led = [small, capitals].map((id) => ({ title: id, entry: [{ reference: `urn:uuid:${id}` }] }));
      message.composition?.section?.push(...led);
    },
  ],
  [
    "FHIR:reference.fullUrl",
    "an id behind urn:uuid: that no fullUrl has",
    (message) => addressed(message, small, "https://supplier.example/records/1", `urn:uuid:${small}`),
  ],
  ["FHIR:reference.fullUrl", "a bare id", (message) => addressed(message, small, `urn:uuid:${small}`, small)],
  [
    "FHIR:reference.fullUrl",
    "a bare id in capitals",
    (message) => addressed(message, small, `urn:uuid:${small}`, capitals),
  ],
  [
    "FHIR:reference.fullUrl",
    "type and id, on another server",
    (message) => served(message, "https://another.example/Organization/o1", "Organization/o1"),
  ],
  [
    "FHIR:reference.relative",
    "in an entry that has a UUID",
    (message) => addressed(message, small, `urn:uuid:${small}`, `Organization/${small}`),
  ],
  [
    "FHIR:reference.case",
    "capitals for small letters",
    (message) => addressed(message, small, `urn:uuid:${small}`, `urn:uuid:${capitals}`),
  ],
  [
    "FHIR:reference.case",
    "small letters for capitals",
    (message) => addressed(message, capitals, `urn:uuid:${capitals}`, `urn:uuid:${small}`),
  ],
  [
    "FHIR:reference.case",
    "capitals in type and id",
    (message) => served(message, `https://supplier.example/Organization/${small}`, `Organization/${capitals}`, small),
  ],
  [
    "FHIR:reference.case",
    "capitals in a URL",
    (message) =>
      served(
        message,
        `https://supplier.example/Organization/${small}`,
        `https://supplier.example/Organization/${capitals}`,
        small,
      ),
  ],
  ["FHIR:reference.case", "to what is contained", (message) => managed(message, containing(small), `#${capitals}`)],
  ["FHIR:reference.fullUrl", "the address of a document", (message) => described(message, `urn:uuid:${small}`, small)],
  ["FHIR:reference.relative", "of a document", (message) => described(message, `urn:uuid:${small}`, `Binary/${small}`)],
  ["FHIR:reference", "to a name in capitals", (message) => addressed(message, "o1", "urn:uuid:o1", "urn:uuid:O1")],
  [
    "FHIR:reference",
    "from the document to the header's Organization",
    ({ patient, header }) => {
      if (header.sender !== undefined) Object.assign(patient ?? {}, { managingOrganization: { ...header.sender } });
    },
  ],
  [
    "FHIR:ref-1",
    "to what another resource contains",
    (message) => {
      managed(message, containing("o1"), "#o1");
      Object.assign(first(message, "Encounter") ?? {}, { serviceProvider: { reference: "#o1" } });
    },
  ],
  ["FHIR:ref-1", "to what has no id", (message) => managed(message, containing(undefined), "#undefined")],
  [
    "FHIR:ref-1",
    "from the Bundle itself",
    ({ document }) => void Object.assign(document?.identifier ?? {}, { assigner: { reference: "#" } }),
  ],
];

export const soundFhir: readonly Case[] = [
  [
    "FHIR:target",
    "of an extension that names an encounter",
    (message) => associated(message, associatedEncounter, "Encounter"),
  ],
  ["FHIR:target", "of another extension", (message) => associated(message, "urn:x", "Patient")],
  ...soundUris,
  ...soundIds,
  ...["en", "en-GB", "zh-Hant-HK", "x-supplier", "i-klingon", "EN"].map((language): Case => [
    "FHIR:language",
    language,
    ({ composition }) => void Object.assign(composition ?? {}, { language }),
  ]),
  [
    "FHIR:code",
    "of a system by itself, and of one that is not listed",
    (message) =>
      prioritised(
        message,
        { system: "http://hl7.org/fhir/v3/ActPriority" },
        { system: "http://hl7.org/fhir/v3/ActReason", code: "x" },
        { code: "x" },
      ),
  ],
  [
    "FHIR:code",
    "in small letters, of a table of version 2",
    (message) => prioritised(message, { system: "http://hl7.org/fhir/v2/0074", code: "lab" }),
  ],
  [
    "FHIR:fullUrl",
    "of another kind of URL",
    (message) => void (lastEntry(message).fullUrl = "https://supplier.example/records/1"),
  ],
  [
    "FHIR:fullUrl",
    "of the id",
    (message) => {
      const { resource } = lastEntry(message);
      lastEntry(message).fullUrl = `https://supplier.example/${resource?.resourceType}/${resource?.id}`;
    },
  ],
  ...[
    `urn:uuid:${small}`,
    `urn:uuid:${capitals}`,
    "urn:oid:1.2.826.0.1",
    "http://supplier.example/records/1",
    "ftp://a",
  ].map((fullUrl): Case => [
    "FHIR:fullUrl.type",
    fullUrl,
    (message) => addressed(message, fullUrl.slice(fullUrl.lastIndexOf(":") + 1), fullUrl, fullUrl),
  ]),
  [
    "FHIR:fullUrl.uuid",
    "capitals",
    (message) => addressed(message, capitals, `urn:uuid:${capitals}`, `urn:uuid:${capitals}`),
  ],
  [
    "FHIR:fullUrl.uuid",
    "another URL",
    (message) => addressed(message, "o1", "https://supplier.example/1", "Organization/o1"),
  ],
  ["FHIR:fullUrl.uuid", "another id", (message) => addressed(message, small, "urn:uuid:o1", "urn:uuid:o1")],
  ["FHIR:fullUrl.case", "another id", (message) => addressed(message, small, "urn:uuid:o1", "urn:uuid:o1")],
  ["FHIR:fullUrl", "of a UUID in capitals", (message) => addressed(message, small, `urn:uuid:${capitals}`, "#")],
  ["FHIR:fullUrl", "of what is no URL at all", (message) => addressed(message, small, "Organization/o1", "#")],
  [
    "FHIR:reference.fullUrl",
    "where the fullUrl is at fault",
    (message) => addressed(message, small, "not-a-url", `urn:uuid:${small}`),
  ],
  [
    "FHIR:reference.fullUrl",
    "type and id on the same server",
    (message) => served(message, "https://supplier.example/Organization/o1", "Organization/o1"),
  ],
  [
    "FHIR:reference.relative",
    "in an entry of the same server",
    (message) => served(message, "https://supplier.example/Organization/o1", "Organization/o1"),
  ],
  [
    "FHIR:reference.relative",
    "out of the bundle",
    (message) => addressed(message, small, `urn:uuid:${small}`, "https://supplier.example/Organization/o1"),
  ],
  [
    "FHIR:reference.case",
    "where the fullUrl is at fault",
    (message) => addressed(message, small, `urn:uuid:${capitals}`, `urn:uuid:${small}`),
  ],
  [
    "FHIR:reference",
    "in capitals",
    (message) => addressed(message, small, `urn:uuid:${small}`, `urn:uuid:${capitals}`),
  ],
  [
    "FHIR:reference.fullUrl",
    "the address of a document",
    (message) => described(message, `urn:uuid:${small}`, `urn:uuid:${small}`),
  ],
  ["FHIR:fullUrl.same", "of two UUIDs", (message) => twice(message, small, small.replace("a", "b"))],
  [
    "FHIR:reference.fullUrl",
    "type and id in capitals",
    (message) => served(message, `https://supplier.example/Organization/${small}`, `Organization/${capitals}`, small),
  ],
  [
    "FHIR:reference.case",
    "to a UUID elsewhere",
    (message) => addressed(message, small, `urn:uuid:${small}`, `https://supplier.example/Organization/${capitals}`),
  ],
  ["FHIR:ref-1", "to a contained UUID in capitals", (message) => managed(message, containing(small), `#${capitals}`)],
  ["FHIR:dom-3", "a contained UUID in capitals", (message) => managed(message, containing(small), `#${capitals}`)],
  [
    "FHIR:ref-1",
    "to what is contained, of the same letters",
    (message) => managed(message, containing(capitals), `#${capitals}`),
  ],
  ["FHIR:reference", "to a document elsewhere", (message) => described(message, `urn:uuid:${small}`, "cid:1")],
  ["FHIR:reference", "a bare id", (message) => addressed(message, "o1", "urn:uuid:o1", "o1")],
  ["FHIR:ref-1", "to what is contained", (message) => managed(message, containing("o1"), "#o1")],
  [
    "FHIR:ref-1",
    "from what is contained, to what contains it",
    (message) => managed(message, containing("o1", { partOf: { reference: "#" } }), "#o1"),
  ],
];
