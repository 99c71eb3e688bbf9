import { profiles, systems } from "../../names.ts";
import type { List, Resource } from "../../stu3/types.ts";
import { referenceTo } from "../entry.ts";
import { coding } from "./pieces.ts";
import { type DocumentParts, identity } from "./parts.ts";
import type { StructuredSection } from "../structured-section.ts";

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
 * A section of Lists: one of every Observation of the document, whichever section holds it (GPCM-SD-007, OC-040), and one
 * for each other kind of entry that the document holds several of, where it has an Encounter (GPCM-SD-026).
 */
export function listSection(parts: DocumentParts, sections: readonly StructuredSection[]): StructuredSection[] {
  const kinds = Map.groupBy(
    sections.flatMap(({ resources }) => resources),
    ({ resourceType }) => resourceType,
  );
  const lists = Array.from(kinds, ([kind, resources]) => {
    if (kind === "Observation") return [observationList(parts, resources)];
    const title = titles.get(kind);
    const isListed = title !== undefined && parts.encounter !== undefined && resources.length >= 2;
    return isListed ? [listOf(parts, title, resources)] : [];
  }).flat();
  return lists.length === 0 ? [] : [{ title: "Lists", resources: lists }];
}

/** GPCM-SD-OC-040 to 046. */
function observationList(parts: DocumentParts, observations: readonly Resource[]): List {
  const display = "Miscellaneous record";
  return {
    resourceType: "List",
    ...identity(parts, profiles.list),
    status: "current",
    mode: "snapshot",
    title: display,
    code: { coding: [coding({ code: "826501000000100", display })] },
    subject: parts.patient,
    orderedBy: { coding: [{ system: systems.listOrder, code: "event-date" }] },
    entry: observations.map((item) => ({ item: referenceTo(item) })),
  };
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
