import { profiles } from "../../names.ts";
import type { FamilyMemberHistory, Reference } from "../../stu3/types.ts";
import { fields, list, optional } from "../../input/shapes.ts";
import { dateTime, oneOf } from "../../input/values.ts";
import { reference } from "../seen.ts";
import { type Coded, type Concept, coding, concept, given, notes } from "./pieces.ts";
import * as shapes from "./piece-shapes.ts";
import { type DocumentParts, identity, sectionOf } from "./parts.ts";
import type { StructuredSection } from "../structured-section.ts";

export interface FamilyHistoryInput {
  /** GPCM-SD-OC-109. */
  status: "partial" | "completed" | "entered-in-error" | "health-unknown";
  /** What the relative is to the patient (GPCM-SD-OC-111). */
  relationship: Coded;
  /** What the relative had (GPCM-SD-OC-114). */
  conditions?: readonly { code: Concept; notes?: readonly string[] }[];
  /** The answers, observations or allergies that it explains (GPCM-SD-OC-112). */
  reasons?: readonly Reference[];
  /** A date, or a date and time with a zone: when it was told. */
  date?: string;
  /** All text about the relative (GPCM-SD-OC-113). */
  notes?: readonly string[];
}

/**
 * What relatives had (GPCM-SD-OC-109 to 114).
 *
 * @throws Itk3Error `input-invalid`
 */
export function familyHistorySection(parts: DocumentParts, inputs: readonly FamilyHistoryInput[]): StructuredSection {
  return sectionOf({ title: "Family history", name: "familyHistory", entry }, parts, inputs, (input) =>
    familyHistory(parts, input),
  );
}

const condition = fields<NonNullable<FamilyHistoryInput["conditions"]>[number]>({
  code: shapes.concept,
  notes: optional(shapes.texts),
});

const entry = fields<FamilyHistoryInput>({
  status: oneOf("partial", "completed", "entered-in-error", "health-unknown"),
  relationship: shapes.coded,
  conditions: optional(list(condition)),
  reasons: optional(list(reference())),
  date: optional(dateTime),
  notes: optional(shapes.texts),
});

function familyHistory(parts: DocumentParts, input: FamilyHistoryInput): FamilyMemberHistory {
  return {
    resourceType: "FamilyMemberHistory",
    ...identity(parts, profiles.familyMemberHistory),
    status: input.status,
    patient: parts.patient,
    relationship: { coding: [coding(input.relationship)] },
    ...given({
      date: input.date,
      reasonReference: input.reasons?.slice(),
      note: notes(input.notes),
      condition: input.conditions?.map((held) => ({
        code: concept(held.code),
        ...given({ note: notes(held.notes) }),
      })),
    }),
  };
}
