// People, organisations and devices that other entries refer to, beside those that send the document.
import { Itk3Error } from "../../errors.ts";
import { profiles } from "../../names.ts";
import type { Device, RelatedPerson } from "../../stu3/types.ts";
import type { AddressInput, OrganisationInput, PractitionerInput } from "../input.ts";
import { address, humanName, organizationResource, phone, practitionerResource } from "../resources.ts";
import { refuseOrganisation, refusePractitioner } from "../refuse-invalid.ts";
import { type Coded, coding, given, maybe } from "./pieces.ts";
import { type DocumentParts, identity, section, type StructuredSection } from "./parts.ts";

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
  const { practitioners = [], organisations = [], relatedPeople = [], devices = [] } = input;
  for (const practitioner of practitioners) refusePractitioner("practitioners", practitioner);
  for (const organisation of organisations) refuseOrganisation("organisations", organisation);
  return section("People", [
    ...practitioners.map((practitioner) => practitionerResource(parts.ids(), practitioner)),
    ...organisations.map((organisation) => organizationResource(parts.ids(), organisation)),
    ...relatedPeople.map((person) => relatedPerson(parts, person)),
    ...devices.map((made) => device(parts, made)),
  ]);
}

function relatedPerson(parts: DocumentParts, input: RelatedPersonInput): RelatedPerson {
  if (input.birthDate.length < "yyyy-mm-dd".length) {
    throw new Itk3Error("input-invalid", "A related person's date of birth is not a whole date as yyyy-mm-dd.");
  }
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
