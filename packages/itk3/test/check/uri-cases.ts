// URIs that must be absolute, and the parts of complex extensions.
import type { stu3 } from "@restante/itk3";
import type { Case, Message } from "./addition.ts";

const careConnect = (name: string): string =>
  `https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-${name}-1`;

const identified = ({ patient }: Message, system: string): void =>
  void patient?.identifier?.push({ system, value: "1" });

const married = ({ patient }: Message, system: string): void =>
  void Object.assign(patient ?? {}, { maritalStatus: { coding: [{ system, code: "M", display: "Married" }] } });

const extended = ({ patient }: Message, ...extension: stu3.Extension[]): void =>
  void Object.assign(patient ?? {}, { extension });

const part = (url: string): stu3.Extension => ({ url, valueString: "x" });

const handled = ({ header }: Message, url: string): void => void header.extension?.[0]?.extension?.push(part(url));

const relative = [
  "provider/id",
  "nhs-number",
  "2.16.840.1.113883.2.1.4.1",
  "/Id/nhs-number",
  "#1",
  "//supplier.example/id",
];
const absolute = [
  "https://supplier.example/id",
  "urn:oid:2.16.840.1.113883.2.1.4.1",
  "urn:x",
  "HTTPS://supplier.example/id",
];

export const brokenUris: readonly Case[] = [
  ...relative.map((system): Case => ["FHIR:Identifier.system", system, (message) => identified(message, system)]),
  [
    "FHIR:Identifier.system",
    "of the message Bundle",
    ({ bundle }) => void Object.assign(bundle.identifier ?? {}, { system: "messages" }),
  ],
  [
    "FHIR:Identifier.system",
    "within an extension",
    (message) => extended(message, { url: "urn:x", valueIdentifier: { system: "x", value: "1" } }),
  ],
  ...relative.map((system): Case => ["FHIR:Coding.system", system, (message) => married(message, system)]),
  ["FHIR:Extension.url", "of a resource", (message) => extended(message, part("Local"))],
  [
    "FHIR:Extension.url",
    "of a value within a part",
    (message) =>
      extended(message, {
        url: "urn:x",
        extension: [{ url: "a", valuePeriod: { extension: [part("b")], start: "2026" } }],
      }),
  ],
  ["FHIR:Extension.extension", "one more of the message's handling", (message) => handled(message, "Priority")],
  ["FHIR:Extension.extension", "in other letters", (message) => handled(message, "recipientType")],
  ...(
    [
      ["NHSCommunication", "Language"],
      ["DeathNotificationStatus", "date"],
      ["MedicationStatusReason", "reason"],
      ["RelatedProblemHeader", "problem"],
    ] as const
  ).map(([name, url]): Case => [
    "FHIR:Extension.extension",
    `of ${name}`,
    (message) => extended(message, { url: careConnect(name), extension: [part(url)] }),
  ]),
  [
    "FHIR:Extension.extension",
    "within another extension",
    (message) =>
      extended(message, {
        url: "urn:x",
        extension: [{ url: "http://hl7.org/fhir/StructureDefinition/geolocation", extension: [part("height")] }],
      }),
  ],
];

export const soundUris: readonly Case[] = [
  ...absolute.map((system): Case => ["FHIR:Identifier.system", system, (message) => identified(message, system)]),
  ["FHIR:Identifier.system", "no URI at all", (message) => identified(message, "a b")],
  ...absolute.map((system): Case => ["FHIR:Coding.system", system, (message) => married(message, system)]),
  ["FHIR:Extension.url", "absolute", (message) => extended(message, part("https://supplier.example/Local"))],
  [
    "FHIR:Extension.url",
    "of a part",
    (message) => extended(message, { url: "urn:x", extension: [{ url: "a", extension: [part("b")] }] }),
  ],
  [
    "FHIR:Extension.extension",
    "of an extension that nobody knows",
    (message) => extended(message, { url: "urn:x", extension: [part("a")] }),
  ],
  [
    "FHIR:Extension.extension",
    "every part of NHSCommunication",
    (message) =>
      extended(message, {
        url: careConnect("NHSCommunication"),
        extension: [
          { url: "language", valueCodeableConcept: { text: "x" } },
          { url: "preferred", valueBoolean: true },
          { url: "modeOfCommunication", valueCodeableConcept: { text: "x" } },
          { url: "communicationProficiency", valueCodeableConcept: { text: "x" } },
          { url: "interpreterRequired", valueBoolean: true },
        ],
      }),
  ],
  ["FHIR:Extension.extension", "an extension of its own", (message) => handled(message, "https://supplier.example/x")],
];
