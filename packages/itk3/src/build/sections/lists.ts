import { profiles } from "../../names.ts";
import type { List, Resource } from "../../stu3/types.ts";
import { referenceTo } from "../entry.ts";
import { type DocumentParts, identity, type StructuredSection } from "./parts.ts";

/** The entries that say in which Encounter they were made, and what a List of them is called. */
const titles: ReadonlyMap<Resource["resourceType"], string> = new Map([
  ["QuestionnaireResponse", "Questionnaire responses"],
  ["ReferralRequest", "Referrals"],
  ["DocumentReference", "Documents"],
  ["AllergyIntolerance", "Allergies"],
  ["Task", "Tasks"],
  ["MedicationRequest", "Medication requests"],
  ["MedicationStatement", "Medication statements"],
  ["Immunization", "Immunisations"],
  ["Condition", "Problems"],
  ["ProcedureRequest", "Procedure requests"],
  ["DiagnosticReport", "Diagnostic reports"],
]);

/**
 * A section of Lists, one for each kind of entry that the document holds several of (GPCM-SD-026); none where it has no
 * Encounter, or no two entries of a kind. Observations have a List of their own in their section.
 */
export function listSection(parts: DocumentParts, sections: readonly StructuredSection[]): StructuredSection[] {
  if (parts.encounter === undefined) return [];
  const kinds = Map.groupBy(
    sections.flatMap(({ resources }) => resources),
    ({ resourceType }) => resourceType,
  );
  const lists = Array.from(kinds, ([kind, resources]) => {
    const title = titles.get(kind);
    return title === undefined || resources.length < 2 ? [] : [listOf(parts, title, resources)];
  }).flat();
  return lists.length === 0 ? [] : [{ title: "Lists", resources: lists }];
}

function listOf(parts: DocumentParts, title: string, resources: readonly Resource[]): List {
  return {
    resourceType: "List",
    ...identity(parts, profiles.list),
    status: "current",
    mode: "snapshot",
    title,
    subject: parts.patient,
    ...(parts.encounter === undefined ? {} : { encounter: parts.encounter }),
    entry: resources.map((item) => ({ item: referenceTo(item) })),
  };
}
