// What stands in the document and is led to by nothing, and what comes near it.
import type { stu3 } from "@restante/itk3";
import type { Case, Message } from "./addition.ts";

const added = (id: string, partOf?: string): stu3.BundleEntry => ({
  fullUrl: urn(id),
  resource: {
    resourceType: "Organization",
    id,
    name: "x",
    ...(partOf === undefined ? {} : { partOf: { reference: urn(partOf) } }),
  },
});

function urn(id: string): string {
  return `urn:uuid:${id}`;
}

const a = "00000000-0000-4000-8000-00000000aaa1";
const b = "00000000-0000-4000-8000-00000000aaa2";

const adding = ({ document }: Message, ...entries: stu3.BundleEntry[]): void => void document?.entry?.push(...entries);

/** The Patient with a reference out of the message. */
const leavingOut = ({ patient }: Message): void =>
  void Object.assign(patient ?? {}, { generalPractitioner: [{ reference: "https://x.example/Practitioner/1" }] });

export const brokenEntries: readonly Case[] = [
  ["FHIR:entry", "nothing leads to it", (message) => adding(message, added(a))],
  ["FHIR:entry", "it leads to itself", (message) => adding(message, added(a, a))],
  ["FHIR:entry", "two that lead to each other", (message) => adding(message, added(a, b), added(b, a))],
  [
    "FHIR:entry",
    "beside a reference out of the message",
    (message) => {
      leavingOut(message);
      adding(message, added(a));
    },
  ],
];

export const soundEntries: readonly Case[] = [
  [
    "FHIR:entry",
    "by way of another",
    (message) => {
      if (message.patient === undefined) return;
      adding(message, added(b), added(a, b));
      Object.assign(message.patient, { extension: [{ url: "urn:x", valueReference: { reference: urn(a) } }] });
    },
  ],
  [
    "FHIR:entry",
    "by the address of an attachment",
    (message) => {
      if (message.patient === undefined) return;
      adding(message, added(a));
      Object.assign(message.patient, { photo: [{ contentType: "image/png", url: urn(a) }] });
    },
  ],
  // Of these something else is told, and once.
  ["FHIR:entry", "a reference that leads nowhere may mean it", (message) => adding(message, added(a, b))],
  [
    "FHIR:entry",
    "an entry without a resource may lead to it",
    (message) => adding(message, added(a), { fullUrl: urn(b) }),
  ],
];
