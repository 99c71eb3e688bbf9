// People, organisations and devices that other entries refer to, beside those that send the document.
import { profiles } from "../../names.ts";
import type { Device, RelatedPerson, Resource } from "../../stu3/types.ts";
import { all, fields, isRecord, list, optional, type Shape } from "../../input/shapes.ts";
import { text, wholeDate } from "../../input/values.ts";
import type { AddressInput, OrganisationInput, PractitionerInput } from "../input.ts";
import type { Made } from "../gathering.ts";
import { addressShape, organisationShapes, practitionerShape } from "../people-shapes.ts";
import { address, humanName, organizationResource, phone, practitionerResource } from "../resources.ts";
import { type Coded, coding, given, maybe } from "./pieces.ts";
import * as shapes from "./piece-shapes.ts";
import { type DocumentParts, identity, section } from "./parts.ts";
import type { StructuredSection } from "../structured-section.ts";

/** GPCM-SD-OC-028 to 030. */
export interface RelatedPersonInput {
  name: { family: string; given: readonly string[]; prefix?: string };
  /** `yyyy-mm-dd`. */
  birthDate: string;
  phone?: string;
  /** What they are to the patient. */
  relationship?: Coded;
  address?: AddressInput;
}

/** GPCM-SD-OC-031, 032. */
export interface DeviceInput {
  /** A SNOMED CT concept. */
  type: { code: string; display: string };
  manufacturer: string;
}

export interface PeopleInput {
  practitioners?: readonly PractitionerInput[];
  organisations?: readonly (Omit<OrganisationInput, "phone"> & { phone?: string })[];
  relatedPeople?: readonly RelatedPersonInput[];
  devices?: readonly DeviceInput[];
}

/**
 * Whom a patient is referred to, the laboratory, who speaks for the patient: `referenceToEntry` names them.
 *
 * @throws Itk3Error `input-invalid`
 */
export function peopleSection(parts: DocumentParts, input: PeopleInput): StructuredSection {
  return section({ title: "People", name: "people", shape }, parts, input, () => people(parts, input));
}

function people(parts: DocumentParts, input: PeopleInput): Made[] {
  const made = <One>(name: keyof PeopleInput, ones: readonly One[] | undefined, make: (one: One) => Resource): Made[] =>
    (ones ?? []).map((one, index) => ({ resource: make(one), path: `people.${name}[${index}]` }));
  return [
    ...made("practitioners", input.practitioners, (one) => practitionerResource(parts.ids(), one)),
    ...made("organisations", input.organisations, (one) => organizationResource(parts.ids(), one)),
    ...made("relatedPeople", input.relatedPeople, (one) => relatedPerson(parts, one)),
    ...made("devices", input.devices, (one) => device(parts, one)),
  ];
}

const relatedPersonShape = fields<RelatedPersonInput>({
  name: fields<RelatedPersonInput["name"]>({ family: text, given: shapes.texts, prefix: optional(text) }),
  birthDate: wholeDate,
  phone: optional(text),
  relationship: optional(shapes.coded),
  address: optional(addressShape),
});

const kinds = {
  practitioners: optional(list(practitionerShape)),
  organisations: optional(list(fields<OrganisationInput>({ ...organisationShapes, phone: optional(text) }))),
  relatedPeople: optional(list(relatedPersonShape)),
  devices: optional(list(fields<DeviceInput>({ type: shapes.coded, manufacturer: text }))),
} satisfies Record<keyof PeopleInput, Shape>;

const shape: Shape = all(fields<PeopleInput>(kinds), (value, at) => {
  if (!isRecord(value) || !at.isRight()) return;
  const isEmpty = Object.keys(kinds).every((name) => ((value[name] ?? []) as unknown[]).length === 0);
  if (isEmpty) at.tell("must hold at least one");
});

function relatedPerson(parts: DocumentParts, input: RelatedPersonInput): RelatedPerson {
  return {
    resourceType: "RelatedPerson",
    ...identity(parts, profiles.relatedPerson),
    ...given({
      relationship: maybe(input.relationship, (relationship) => ({ coding: [coding(relationship)] })),
      telecom: maybe(input.phone, (number) => [phone(number)]),
      address: maybe(input.address, (place) => [address(place)]),
    }),
    patient: parts.patient,
    name: [humanName(input.name)],
    birthDate: input.birthDate,
  };
}

function device(parts: DocumentParts, { type, manufacturer }: DeviceInput): Device {
  return {
    resourceType: "Device",
    ...identity(parts, profiles.device),
    type: { coding: [coding(type)] },
    manufacturer,
  };
}
