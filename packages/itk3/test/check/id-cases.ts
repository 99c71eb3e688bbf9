// Ids within a resource.
import type { stu3 } from "@restante/itk3";
import type { Case, Message } from "./addition.ts";

/** The Patient with two Organizations in it, both referred to. */
function containing({ patient }: Message, one: string, other: string, inFirst: Partial<stu3.Organization> = {}): void {
  Object.assign(patient ?? {}, {
    contained: [
      { resourceType: "Organization", id: one, name: "x", ...inFirst },
      { resourceType: "Organization", id: other, name: "y", telecom: [{ id: "a", system: "phone", value: "1" }] },
    ],
    managingOrganization: { reference: `#${one}` },
    extension: [{ url: "urn:x", valueReference: { reference: `#${other}` } }],
  });
}

function named({ patient }: Message, ...ids: readonly string[]): void {
  Object.assign(patient ?? {}, { contact: ids.map((id, at) => ({ id, name: { text: `${at}` } })) });
}

export const brokenIds: readonly Case[] = [
  ["FHIR:Element.id", "of two elements of a resource", (message) => named(message, "a", "a")],
  ["FHIR:Element.id", "with white space in it", (message) => named(message, "a b")],
  [
    "FHIR:Element.id",
    "of two elements, one within an extension of a value",
    (message) => {
      named(message, "a");
      const extension = [{ url: "urn:x", valuePeriod: { id: "a", start: "2026" } }];
      Object.assign(message.patient ?? {}, { _birthDate: { extension } });
    },
  ],
  [
    "FHIR:Element.id",
    "of two elements of a contained resource",
    (message) => containing(message, "o1", "o2", { telecom: [0, 1].map(() => ({ id: "b", system: "phone" })) }),
  ],
  ["FHIR:contained.id", "of two", (message) => containing(message, "o1", "o1")],
];

export const soundIds: readonly Case[] = [
  ["FHIR:Element.id", "of each its own", (message) => named(message, "a", "A", "_1")],
  [
    "FHIR:Element.id",
    "of elements of two resources",
    (message) => {
      named(message, "a");
      const extension = [{ id: "a", url: "urn:x", valueString: "x" }];
      Object.assign(message.composition ?? {}, { extension });
    },
  ],
  [
    "FHIR:Element.id",
    "of an element, and of one of what is contained",
    (message) => {
      containing(message, "o1", "o2");
      named(message, "a");
    },
  ],
  ["FHIR:contained.id", "of each its own", (message) => containing(message, "o1", "o2")],
  ["FHIR:contained.id", "in other letters", (message) => containing(message, "o1", "O1")],
];
