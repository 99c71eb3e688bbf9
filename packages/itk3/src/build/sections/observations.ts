// Observations: what the patient entered, and what a laboratory found.
import { profiles, systems } from "../../names.ts";
import type { Observation, Reference } from "../../stu3/types.ts";
import { all, between, fields, isRecord, list, optional, type Shape } from "../../input/shapes.ts";
import { instant, oneOf, text } from "../../input/values.ts";
import { uuidIdentifier } from "../entry.ts";
import { later, reference } from "../seen.ts";
import { type Concept, coding, concept, given, maybe, quantity, type QuantityInput } from "./pieces.ts";
import * as shapes from "./piece-shapes.ts";
import { type DocumentParts, identity, sectionOf } from "./parts.ts";
import type { StructuredSection } from "../structured-section.ts";

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
  return sectionOf({ title: "Observations", name: "observations", entry }, parts, inputs, (input) =>
    observation(parts, input),
  );
}

const valueShape: Shape = (value, at) => {
  if (isRecord(value) && "text" in value) return fields<{ text: string }>({ text })(value, at);
  if (isRecord(value) && "concept" in value)
    return fields<{ concept: Concept }>({ concept: shapes.concept })(value, at);
  return shapes.quantity(value, at);
};

const componentShape = fields<NonNullable<ObservationInput["components"]>[number]>({
  code: shapes.coded,
  value: valueShape,
});

/** Where the input names them, the patient is asked for among them. */
const performersShape: Shape = (value, at) => {
  list(reference(), { least: 1 })(value, at);
  later(at, (seen) => {
    const id = seen.asks({ oc: "052", ge: "052" });
    if (id === undefined || !at.isRight()) return;
    const named = value as readonly Reference[];
    if (!named.some((one) => one.reference !== undefined && seen.isPatient(one.reference))) {
      at.tell("must name the patient among them", id);
    }
  });
};

export const observationShapes: Readonly<Record<keyof ObservationInput, Shape>> = {
  code: shapes.coded,
  issued: instant,
  value: optional(valueShape),
  components: optional(list(componentShape)),
  category: optional(shapes.codeOf(systems.observationCategory)),
  performers: optional(performersShape),
  status: optional(oneOf("preliminary", "final")),
};

export const observedOnce: Shape = between<ObservationInput>(["code", "components"], (input, at) => {
  if (input.value === undefined) return;
  for (const [index, { code }] of (input.components ?? []).entries()) {
    if (code.code !== input.code.code) continue;
    at.field("components")
      .item(index)
      .field("code")
      .tell("is that of the observation, which has a value", "FHIR obs-7");
  }
});

const entry: Shape = all(fields<ObservationInput>(observationShapes), observedOnce);

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
