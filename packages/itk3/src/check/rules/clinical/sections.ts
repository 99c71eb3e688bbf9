// What the document holds, its sections lead to (GPCM-SD-006 to 024, 078): a reader of sections alone misses nothing.
import { sectionEntries } from "../../../message/sections.ts";
import type { Resource } from "../../../stu3/types.ts";
import { none, ofType, onComposition, unless } from "../../look.ts";
import type { CheckContext, Rule } from "../../rule.ts";

const kinds: readonly (readonly [core: string, type: Resource["resourceType"]])[] = [
  ["009", "Questionnaire"],
  ["010", "QuestionnaireResponse"],
  ["011", "ReferralRequest"],
  ["012", "DocumentReference"],
  ["013", "AllergyIntolerance"],
  ["014", "FamilyMemberHistory"],
  ["015", "Task"],
  ["016", "Consent"],
  ["017", "Location"],
  ["018", "Medication"],
  ["019", "MedicationRequest"],
  ["020", "MedicationStatement"],
  ["078", "Immunization"],
  ["021", "Condition"],
  ["022", "ProcedureRequest"],
  ["023", "DiagnosticReport"],
  ["024", "Specimen"],
];

function rule(core: string, requirement: string, text: string, breaches: Rule["breaches"]): Rule {
  return {
    numbers: { core },
    severity: "warning",
    responseCode: "20009",
    issueCode: "structure",
    requirement,
    text,
    breaches,
  };
}

function ledTo({ message, references }: CheckContext): ReadonlySet<Resource> {
  return new Set(sectionEntries(message.composition, references));
}

export const sectionRules: readonly Rule[] = [
  rule(
    "006",
    "Composition should refer to the Encounter of the document by encounter.",
    "The document holds an Encounter that Composition.encounter does not lead to.",
    onComposition((composition, { inner, references }) => {
      const encounters = ofType(inner, "Encounter");
      if (encounters.length === 0) return none;
      const found = references.candidates(composition.encounter);
      return unless(
        encounters.some((encounter) => found.includes(encounter)),
        composition,
        "encounter",
      );
    }),
  ),
  rule(
    "007",
    "A section should lead to a List where the document has Observations.",
    "The document holds Observations and no section leads to a List of them.",
    onComposition((composition, context) => {
      if (ofType(context.inner, "Observation").length === 0) return none;
      return unless(
        [...ledTo(context)].some(({ resourceType }) => resourceType === "List"),
        composition,
        "section",
      );
    }),
  ),
  rule(
    "008",
    "A section should lead to each Observation of the document.",
    "No section leads to an Observation of the document.",
    (context) => {
      const led = ledTo(context);
      return ofType(context.inner, "Observation").flatMap((observation) => unless(led.has(observation), observation));
    },
  ),
  ...kinds.map(([core, type]) =>
    rule(
      core,
      `A section should lead to ${type} where the document has any.`,
      `The document holds a resource of type ${type} and no section leads to one.`,
      onComposition((composition, context) => {
        if (ofType(context.inner, type).length === 0) return none;
        return unless(
          [...ledTo(context)].some(({ resourceType }) => resourceType === type),
          composition,
          "section",
        );
      }),
    ),
  ),
];
