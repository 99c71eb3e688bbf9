import { extensions, profiles } from "../../names.ts";
import type { AllergyIntolerance, AllergyIntoleranceReaction, Extension, Reference } from "../../stu3/types.ts";
import { absent, all, between, fields, list, optional, type Shape } from "../../input/shapes.ts";
import { dateTime, oneOf, text } from "../../input/values.ts";
import { reference } from "../seen.ts";
import { type Concept, concept, concepts, extensionsOf, given, maybe, notes } from "./pieces.ts";
import * as shapes from "./piece-shapes.ts";
import { type DocumentParts, identity, sectionOf } from "./parts.ts";
import type { StructuredSection } from "../structured-section.ts";

/** Active, or resolved: since when, and why (`noInformation` in an older record; GPCM-SD-OC-089 to 091). */
export type AllergyStatus =
  | { clinicalStatus: "active"; ended?: never }
  | { clinicalStatus: "resolved"; ended: { date: string; reason: string } };

/** Dates are dates, or dates and times with a zone. */
export type AllergyInput = AllergyStatus & {
  /** What it is to (GPCM-SD-OC-097). */
  code: Concept;
  /** `medication` for a drug, `environment` for all else, food included (GPCM-SD-OC-094). */
  category: "medication" | "environment";
  /** When the record was believed true (GPCM-SD-OC-100). */
  recorded: string;
  /** Left out where it is not known (GPCM-SD-OC-093). */
  type?: "allergy" | "intolerance";
  /** `high` for life-threatening (GPCM-SD-OC-095). */
  criticality?: "low" | "high" | "unable-to-assess";
  /** When it first showed (GPCM-SD-OC-099). */
  onset?: string;
  /** A practitioner or the patient; the practitioner of the document unless said (GPCM-SD-OC-101). */
  recorder?: Reference;
  /** Who told of it (GPCM-SD-OC-102). */
  asserter?: Reference;
  /** GPCM-SD-OC-103. */
  lastOccurrence?: string;
  /** All text, and qualifiers that have no place elsewhere (GPCM-SD-OC-104). */
  notes?: readonly string[];
  reactions?: readonly AllergyReactionInput[];
};

export interface AllergyReactionInput {
  /** At least one, by code or in words (GPCM-SD-OC-105). */
  manifestations: readonly Concept[];
  /** Where there is no code (GPCM-SD-OC-106). */
  description?: string;
  /** Life-threatening is `severe`, with `criticality` `high` (GPCM-SD-OC-107). */
  severity?: "mild" | "moderate" | "severe";
  /** Of dm+d's routes (GPCM-SD-OC-108). */
  exposureRoute?: Concept;
}

/**
 * Allergies and intolerances (GPCM-SD-OC-088 to 108).
 *
 * @throws Itk3Error `input-invalid`
 */
export function allergySection(parts: DocumentParts, inputs: readonly AllergyInput[]): StructuredSection {
  return sectionOf({ title: "Allergies", name: "allergies", entry }, parts, inputs, (input) => allergy(parts, input));
}

const reactionShape = fields<AllergyReactionInput>({
  manifestations: list(shapes.concept, { least: 1 }),
  description: optional(text),
  severity: optional(oneOf("mild", "moderate", "severe")),
  exposureRoute: optional(shapes.concept),
});

const end: Shape = fields<NonNullable<AllergyInput["ended"]>>({ date: dateTime, reason: text });

const entry = all(
  fields<AllergyInput>({
    clinicalStatus: oneOf("active", "resolved"),
    ended: optional(end),
    code: shapes.concept,
    category: oneOf("medication", "environment"),
    recorded: dateTime,
    type: optional(oneOf("allergy", "intolerance")),
    criticality: optional(oneOf("low", "high", "unable-to-assess")),
    onset: optional(dateTime),
    recorder: optional(reference({ types: ["Practitioner", "Patient"], numbers: { oc: "101", ge: "101" } })),
    asserter: optional(reference()),
    lastOccurrence: optional(dateTime),
    notes: optional(shapes.texts),
    reactions: optional(list(reactionShape)),
  }),
  between<AllergyInput>(["clinicalStatus", "ended"], ({ clinicalStatus, ended }, at) => {
    const place = at.field("ended");
    if (clinicalStatus === "active") absent("the allergy is active")(ended, place);
    else if (ended === undefined) place.tell("must be given: the allergy is resolved", "GPCM-SD-OC-089");
  }),
);

function allergy(parts: DocumentParts, input: AllergyInput): AllergyIntolerance {
  return {
    resourceType: "AllergyIntolerance",
    ...identity(parts, profiles.allergyIntolerance),
    ...given({
      extension: extensionsOf(
        maybe(parts.encounter, (valueReference) => ({ url: extensions.associatedEncounter, valueReference })),
        maybe(input.ended, allergyEnd),
      ),
      type: input.type,
      criticality: input.criticality,
      onsetDateTime: input.onset,
      asserter: input.asserter,
      lastOccurrence: input.lastOccurrence,
      note: notes(input.notes),
      reaction: input.reactions?.map(reaction),
    }),
    clinicalStatus: input.clinicalStatus,
    verificationStatus: "unconfirmed",
    category: [input.category],
    code: concept(input.code),
    patient: parts.patient,
    assertedDate: input.recorded,
    recorder: input.recorder ?? parts.practitioner,
  };
}

function allergyEnd({ date, reason }: { date: string; reason: string }): Extension {
  return {
    url: extensions.allergyEnd,
    extension: [
      { url: "endDate", valueDateTime: date },
      { url: "reasonEnded", valueString: reason },
    ],
  };
}

function reaction(input: AllergyReactionInput): AllergyIntoleranceReaction {
  return {
    manifestation: concepts(input.manifestations),
    ...given({
      description: input.description,
      severity: input.severity,
      exposureRoute: maybe(input.exposureRoute, concept),
    }),
  };
}
