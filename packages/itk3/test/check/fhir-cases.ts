// What breaks a rule of FHIR, and what comes near it and does not.
import type { stu3 } from "@restante/itk3";
import { type Case, first, type Message } from "./addition.ts";

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

const lastEntry = ({ document }: Message): stu3.BundleEntry => document?.entry?.at(-1) ?? {};

export const brokenFhir: readonly Case[] = [
  ["FHIR:implicitRules", "of the message Bundle", ({ bundle }) => void (bundle.implicitRules = "urn:x")],
  [
    "FHIR:implicitRules",
    "of a contained resource",
    (message) => managed(message, containing("o1", { implicitRules: "urn:x" }), "#o1"),
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
  ["FHIR:ref-1", "to what is contained", (message) => managed(message, containing("o1"), "#o1")],
  [
    "FHIR:ref-1",
    "from what is contained, to what contains it",
    (message) => managed(message, containing("o1", { partOf: { reference: "#" } }), "#o1"),
  ],
];
