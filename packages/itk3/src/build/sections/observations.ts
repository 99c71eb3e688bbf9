// Observations: what the patient entered, and what a laboratory found.
import { Itk3Error } from "../../errors.ts";
import { profiles, systems } from "../../names.ts";
import type { Observation, Reference } from "../../stu3/types.ts";
import { uuidIdentifier } from "../entry.ts";
import { type Concept, coding, concept, given, maybe, quantity, type QuantityInput } from "./pieces.ts";
import { type DocumentParts, identity, section, type StructuredSection } from "./parts.ts";

/** What was observed: a quantity, words, or a concept. */
export type ObservedValue = QuantityInput | { text: string } | { concept: Concept };

export interface ObservationInput {
  /** A SNOMED CT concept (GPCM-SD-OC-049). */
  code: { code: string; display: string };
  /** An instant: when it was recorded (GPCM-SD-OC-051). */
  issued: string;
  /** GPCM-SD-OC-053. Not beside a component of the same code (FHIR STU3, obs-7). */
  value?: ObservedValue;
  /** A pair of results, such as the two of a blood pressure (GPCM-SD-OC-054). */
  components?: readonly { code: { code: string; display: string }; value: ObservedValue }[];
  /** Of FHIR's observation categories, such as `vital-signs` (GPCM-SD-OC-048). */
  category?: { code: string; display: string };
  /**
   * The patient unless said. An online consultation and a generic document want the patient among them
   * (GPCM-SD-OC-052).
   */
  performers?: readonly Reference[];
  /** `preliminary` until a clinician has checked it; `final` unless said (GPCM-SD-OC-047). */
  status?: "preliminary" | "final";
}

/**
 * Observations that the patient entered (GPCM-SD-OC-047 to 054). The document lists them with all its others.
 *
 * @throws Itk3Error `input-invalid`
 */
export function observationSection(parts: DocumentParts, inputs: readonly ObservationInput[]): StructuredSection {
  return section(
    "Observations",
    inputs.map((input) => observation(parts, input)),
  );
}

export interface ObservationContext {
  specimen?: Reference | undefined;
  /** Beside the patient, where the input names none. */
  performers?: readonly Reference[] | undefined;
}

export function observation(
  parts: DocumentParts,
  input: ObservationInput,
  { specimen, performers = [] }: ObservationContext = {},
): Observation {
  const isSaidTwice = (input.components ?? []).some(({ code }) => code.code === input.code.code);
  if (input.value !== undefined && isSaidTwice) {
    throw new Itk3Error("input-invalid", "An observation has a value and a component of its own code (FHIR, obs-7).");
  }
  const base = identity(parts, profiles.observation);
  return {
    resourceType: "Observation",
    ...base,
    identifier: [uuidIdentifier(base.id)],
    status: input.status ?? "final",
    ...given({
      category: maybe(input.category, (category) => [
        { coding: [coding({ system: systems.observationCategory, ...category })] },
      ]),
      context: parts.encounter,
      specimen,
      component: input.components?.map((component) => ({
        code: { coding: [coding(component.code)] },
        ...observed(component.value),
      })),
    }),
    code: { coding: [coding(input.code)] },
    subject: parts.patient,
    issued: input.issued,
    performer: input.performers?.slice() ?? [parts.patient, ...performers],
    ...(input.value === undefined ? {} : observed(input.value)),
  };
}

function observed(value: ObservedValue): Pick<Observation, "valueString" | "valueCodeableConcept" | "valueQuantity"> {
  if ("text" in value) return { valueString: value.text };
  if ("concept" in value) return { valueCodeableConcept: concept(value.concept) };
  return { valueQuantity: quantity(value) };
}
