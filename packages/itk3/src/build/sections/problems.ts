import { extensions, profiles, systems } from "../../names.ts";
import type { Condition, Extension, Reference } from "../../stu3/types.ts";
import { absent, all, between, fields, list, optional, type Shape } from "../../input/shapes.ts";
import { dateTime, oneOf, position } from "../../input/values.ts";
import { reference } from "../seen.ts";
import { type Concept, concept, extensionsOf, given, maybe, notes } from "./pieces.ts";
import * as shapes from "./piece-shapes.ts";
import { type DocumentParts, identity, section } from "./parts.ts";
import type { StructuredSection } from "../structured-section.ts";

/** Active, or no longer: since when (GPCM-SD-GE-227, 233). */
export type ProblemStatus =
  | { clinicalStatus: "active"; ended?: never }
  | { clinicalStatus: "inactive"; ended?: string };

/** Dates are dates, or dates and times with a zone. */
export type ProblemInput = ProblemStatus & {
  /** GPCM-SD-GE-229. */
  code: Concept;
  /** All that is above minor is major (GPCM-SD-GE-226). */
  significance: "major" | "minor";
  /** When it was entered (GPCM-SD-GE-234). */
  recorded: string;
  /** Who entered it; the practitioner of the document unless said (GPCM-SD-GE-235). */
  asserter?: Reference;
  /** When it was first met (GPCM-SD-GE-232). */
  onset?: string;
  /** The entry that became the problem: medication request, allergy, immunisation or observation (GPCM-SD-GE-221). */
  actual?: Reference;
  /** What else of the document a user linked to it (GPCM-SD-GE-225). */
  content?: readonly Reference[];
  /** `target`: the place of the other problem among these, from 0 (GPCM-SD-GE-222 to 224). */
  related?: readonly { type: "parent" | "child" | "sibling"; target: number }[];
  /** GPCM-SD-GE-236. */
  notes?: readonly string[];
};

/**
 * Problems of the patient (GPCM-SD-GE-221 to 236).
 *
 * @throws Itk3Error `input-invalid`
 */
export function problemSection(parts: DocumentParts, inputs: readonly ProblemInput[]): StructuredSection {
  return section({ title: "Problems", name: "problems", shape }, parts, inputs, () => {
    const identities = inputs.map(() => identity(parts, profiles.problemHeader));
    return inputs.map((input, index) => {
      const related = (input.related ?? []).map(({ type, target }) =>
        relatedProblem(type, { reference: `urn:uuid:${identities[target]?.id}` }),
      );
      return { resource: { ...problem(parts, input, related), ...identities[index] }, path: `problems[${index}]` };
    });
  });
}

const relatedShape = fields<NonNullable<ProblemInput["related"]>[number]>({
  type: oneOf("parent", "child", "sibling"),
  target: position,
});

const entry = all(
  fields<ProblemInput>({
    clinicalStatus: oneOf("active", "inactive"),
    ended: optional(dateTime),
    code: shapes.concept,
    significance: oneOf("major", "minor"),
    recorded: dateTime,
    asserter: optional(reference({ types: ["Practitioner"], numbers: { ge: "235" } })),
    onset: optional(dateTime),
    actual: optional(reference()),
    content: optional(list(reference())),
    related: optional(list(relatedShape)),
    notes: optional(shapes.texts),
  }),
  between<ProblemInput>(["clinicalStatus", "ended"], ({ clinicalStatus, ended }, at) => {
    if (clinicalStatus === "active") absent("the problem is active", "GPCM-SD-GE-233")(ended, at.field("ended"));
  }),
);

const shape: Shape = all(list(entry, { least: 1 }), (value, at) => {
  if (!Array.isArray(value)) return;
  for (const [index, input] of (value as Partial<ProblemInput>[]).entries()) {
    const place = at.item(index).field("related");
    if (input?.related === undefined || !place.isRight()) continue;
    for (const [which, { target }] of input.related.entries()) {
      if (target < value.length && target !== index) continue;
      place.item(which).field("target").tell("is the place of a problem that is not there");
    }
  }
});

function problem(parts: DocumentParts, input: ProblemInput, related: readonly Extension[]): Condition {
  const content = (input.content ?? []).map((valueReference) => ({
    url: extensions.relatedClinicalContent,
    valueReference,
  }));
  return {
    resourceType: "Condition",
    extension: extensionsOf(
      maybe(input.actual, (valueReference) => ({ url: extensions.actualProblem, valueReference })),
      ...related,
      ...content,
      { url: extensions.problemSignificance, valueCode: input.significance },
    ),
    clinicalStatus: input.clinicalStatus,
    category: [
      { coding: [{ system: systems.conditionCategory, code: "problem-list-item", display: "Problem List Item" }] },
    ],
    code: concept(input.code),
    subject: parts.patient,
    assertedDate: input.recorded,
    asserter: input.asserter ?? parts.practitioner,
    ...given({
      context: parts.encounter,
      onsetDateTime: input.onset,
      abatementDateTime: input.ended,
      note: notes(input.notes),
    }),
  };
}

function relatedProblem(valueCode: string, valueReference: Reference): Extension {
  return {
    url: extensions.relatedProblem,
    extension: [
      { url: "type", valueCode },
      { url: "target", valueReference },
    ],
  };
}
