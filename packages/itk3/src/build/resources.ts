// The resources of a Send Document payload, made from plain input.
import { extensions, profiles, systems } from "../names.ts";
import type {
  Address,
  Binary,
  ContactPoint,
  Encounter,
  HumanName,
  Organization,
  Patient,
  Practitioner,
} from "../stu3/types.ts";
import { instant, referenceTo } from "./entry.ts";
import type { AddressInput, AttachmentInput, OrganisationInput, PatientInput, PractitionerInput } from "./input.ts";
import type { DocumentKind } from "./kind.ts";

export function patientResource(id: string, input: PatientInput, practice: Organization | undefined): Patient {
  return {
    resourceType: "Patient",
    id,
    meta: { profile: [profiles.patient] },
    identifier: [
      {
        // FHIR-PDS-10: how sure the sender is of the number.
        extension: [
          {
            url: extensions.verificationStatus,
            valueCodeableConcept: {
              coding: [{ system: systems.verificationStatus, code: "01", display: "Number present and verified" }],
            },
          },
        ],
        system: systems.nhsNumber,
        value: input.nhsNumber,
      },
    ],
    active: true,
    name: [humanName(input.name)],
    ...(input.phone === undefined ? {} : { telecom: [phone(input.phone)] }),
    ...(input.gender === undefined ? {} : { gender: input.gender }),
    birthDate: input.birthDate,
    ...(input.address === undefined ? {} : { address: [address(input.address)] }),
    ...(practice === undefined ? {} : { generalPractitioner: [referenceTo(practice)] }),
  };
}

export function practitionerResource(id: string, input: PractitionerInput): Practitioner {
  return {
    resourceType: "Practitioner",
    id,
    meta: { profile: [profiles.practitioner] },
    identifier: [{ system: systems.sdsUser, value: input.sdsUserId }],
    name: [humanName(input.name)],
    ...(input.phone === undefined ? {} : { telecom: [phone(input.phone, "work")] }),
  };
}

export function organizationResource(
  id: string,
  input: Omit<OrganisationInput, "phone"> & { phone?: string },
): Organization {
  return {
    resourceType: "Organization",
    id,
    meta: { profile: [profiles.organization] },
    identifier: [{ system: systems.odsOrganisation, value: input.odsCode }],
    name: input.name,
    ...(input.phone === undefined ? {} : { telecom: [phone(input.phone, "work")] }),
    ...(input.address === undefined ? {} : { address: [address(input.address)] }),
  };
}

export interface EncounterParts {
  kind: DocumentKind;
  patient: Patient;
  practitioner: Practitioner;
  organisation: Organization;
  date: Date | string;
}

export function encounterResource(id: string, parts: EncounterParts): Encounter {
  const date = typeof parts.date === "string" ? parts.date : instant(parts.date);
  return {
    resourceType: "Encounter",
    id,
    meta: { profile: [profiles.encounter] },
    identifier: [{ system: systems.rfc4122, value: id }],
    status: "finished",
    ...(parts.kind.encounterType === undefined ? {} : { type: [{ coding: [parts.kind.encounterType] }] }),
    subject: referenceTo(parts.patient),
    participant: [{ individual: referenceTo(parts.practitioner) }],
    priority: { coding: [{ system: systems.actPriority, code: "R", display: "routine" }] },
    period: { start: date, end: date },
    serviceProvider: referenceTo(parts.organisation),
  };
}

export function attachmentResource(id: string, input: Pick<AttachmentInput, "contentType" | "bytes">): Binary {
  return {
    resourceType: "Binary",
    id,
    meta: { profile: [profiles.attachment] },
    contentType: input.contentType,
    content: Buffer.from(input.bytes.buffer, input.bytes.byteOffset, input.bytes.byteLength).toString("base64"),
  };
}

export function humanName(name: PatientInput["name"]): HumanName {
  return {
    use: "official",
    family: name.family,
    ...(name.given.length === 0 ? {} : { given: [...name.given] }),
    ...(name.prefix === undefined ? {} : { prefix: [name.prefix] }),
  };
}

export function phone(value: string, use?: "work"): ContactPoint {
  return { system: "phone", value, ...(use === undefined ? {} : { use }) };
}

export function address(input: AddressInput): Address {
  const { line, ...rest } = input;
  return { ...(line.length === 0 ? {} : { line: [...line] }), ...rest };
}
