import { profiles, systems } from "../../names.ts";
import type { Location } from "../../stu3/types.ts";
import type { AddressInput } from "../input.ts";
import { address, phone } from "../resources.ts";
import { type Concept, concept, given, maybe } from "./pieces.ts";
import { type DocumentParts, identity, section, type StructuredSection } from "./parts.ts";

export interface LocationInput {
  /** The site's ODS code (GPCM-SD-OC-168). */
  siteCode: string;
  /** What people call it (GPCM-SD-OC-170). */
  name: string;
  /** GPCM-SD-OC-172. */
  phone: string;
  /** What is done there (GPCM-SD-OC-171). */
  type?: Concept;
  /** GPCM-SD-OC-173. */
  address?: AddressInput;
}

/**
 * Places (GPCM-SD-OC-168 to 173, GE-141 to 146).
 *
 * @throws Itk3Error `input-invalid`
 */
export function locationSection(parts: DocumentParts, inputs: readonly LocationInput[]): StructuredSection {
  return section(
    "Locations",
    inputs.map((input) => location(parts, input)),
  );
}

function location(parts: DocumentParts, input: LocationInput): Location {
  return {
    resourceType: "Location",
    ...identity(parts, profiles.location),
    identifier: [{ system: systems.odsSite, value: input.siteCode }],
    status: "active",
    name: input.name,
    telecom: [phone(input.phone, "work")],
    ...given({ type: maybe(input.type, concept), address: maybe(input.address, address) }),
  };
}
