import { profiles, systems } from "../../names.ts";
import type { Location } from "../../stu3/types.ts";
import { fields, optional } from "../../input/shapes.ts";
import { text } from "../../input/values.ts";
import type { AddressInput } from "../input.ts";
import { addressShape } from "../people-shapes.ts";
import { address, phone } from "../resources.ts";
import { type Concept, concept, given, maybe } from "./pieces.ts";
import * as shapes from "./piece-shapes.ts";
import { type DocumentParts, identity, sectionOf } from "./parts.ts";
import type { StructuredSection } from "../structured-section.ts";

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
  return sectionOf({ title: "Locations", name: "locations", entry }, parts, inputs, (input) => location(parts, input));
}

const entry = fields<LocationInput>({
  siteCode: text,
  name: text,
  phone: text,
  type: optional(shapes.concept),
  address: optional(addressShape),
});

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
