// What the document holds, its sections lead to (GPCM-SD-006 to 024, 026, 078): a reader of sections alone misses
// nothing.
import type { Resource } from "../../../stu3/types.ts";
import { none, ofType, onComposition, unless } from "../../look.ts";
import type { Breach, CheckContext, Rule } from "../../rule.ts";
import { ofDocuments, ruleMaker } from "../../rule-maker.ts";
import { listedBy, listsEveryObservation } from "./observations.ts";
import { everyAt, type Value } from "./paths.ts";

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

const make = ruleMaker({ responseCode: "20009", issueCode: "structure" }, ofDocuments);

function rule(
  core: string,
  requirement: string,
  text: string,
  breaches: Rule["breaches"],
  rest?: Pick<Rule, "leads">,
): Rule {
  return make({ core }, requirement, text, breaches, { severity: "warning", unled: true, ...rest });
}

interface Reach {
  /** What the sections lead to. */
  led: ReadonlySet<Resource>;
  /** What is in the Lists among it. */
  listed: ReadonlySet<Resource>;
}

const reaches = new WeakMap<CheckContext, Reach>();

// Found once a check: every rule of this file asks for it, and a section may lead to many thousand resources.
function reachOf(context: CheckContext): Reach {
  const known = reaches.get(context);
  if (known !== undefined) return known;
  const { led } = context;
  const listed = new Set(ofType([...led], "List").flatMap((list) => listedBy(list, context)));
  const reach = { led, listed };
  reaches.set(context, reach);
  return reach;
}

export const sectionRules: readonly Rule[] = [
  rule(
    "006",
    "Composition.encounter should lead to the Encounter of the document.",
    "The document holds an Encounter that Composition.encounter does not lead to.",
    onComposition((composition, { inner, references }) => {
      const encounters = inner.ofType("Encounter");
      if (encounters.length === 0) return none;
      const found = references.candidates(composition.encounter);
      return unless(
        encounters.some((encounter) => found.includes(encounter)),
        composition,
        "encounter",
      );
    }),
    { leads: true },
  ),
  rule(
    "007",
    "A section should lead to a List of every Observation of the document.",
    "The document holds Observations and no section leads to a List of them all.",
    onComposition((composition, context) => {
      const lists = context.inner.ofType("List");
      // Where there must be such a List there is a finding that there is none (040).
      const isAsked = context.useCase !== "consultation-summary";
      const isThere = lists.some((list) => listsEveryObservation(list, context));
      if (context.inner.ofType("Observation").length === 0 || (isAsked && !isThere)) return none;
      return unless(
        ofType([...reachOf(context).led], "List").some((list) => listsEveryObservation(list, context)),
        composition,
        "section",
      );
    }),
  ),
  rule(
    "008",
    "A section should lead to each Observation that a List leads to.",
    "A List leads to an Observation that no section leads to.",
    (context) => {
      const { led } = reachOf(context);
      return context.inner
        .ofType("Observation")
        .flatMap((observation) => unless(led.has(observation) || !context.listed.has(observation), observation));
    },
  ),
  ...kinds.map(([core, type]) =>
    rule(
      core,
      type === "Condition"
        ? "A section should lead, itself or by a List, to each Condition of the document that is a problem."
        : `A section should lead, itself or by a List, to each ${type} of the document.`,
      `No section leads to this ${type} of the document.`,
      onComposition((_, context) => {
        const { led, listed } = reachOf(context);
        return context.inner
          .ofType(type)
          .filter((resource) => type !== "Condition" || isProblem(resource as unknown as Value))
          .flatMap((resource) => unless(led.has(resource) || listed.has(resource), resource));
      }),
    ),
  ),
  rule(
    "026",
    "Resources of one type and of one Encounter should be in a List that a section leads to.",
    "No List that a section leads to holds this resource, and there are others of its type and Encounter.",
    onComposition((_, context) => unlisted(context)),
  ),
];

function isProblem(condition: Value): boolean {
  return (
    everyAt(condition, "meta.profile").some((profile) => String(profile).includes("ProblemHeader")) ||
    everyAt(condition, "category.coding.code").includes("problem-list-item")
  );
}

// Observations have a List of their own (GPCM-SD-007), and are not among the kinds.
function unlisted(context: CheckContext): readonly Breach[] {
  const { listed } = reachOf(context);
  const types = new Set(kinds.map(([, type]) => type));
  const groups = Map.groupBy(
    context.inner.all.filter(({ resourceType }) => types.has(resourceType)),
    (resource) => {
      const encounter = encounterOf(resource as unknown as Value, context);
      return encounter === undefined ? undefined : `${resource.resourceType} ${encounter}`;
    },
  );
  return [...groups].flatMap(([key, resources]) =>
    key === undefined || resources.length < 2
      ? none
      : resources.flatMap((resource) => unless(listed.has(resource), resource)),
  );
}

const encounterPaths = ["encounter", "context", "context.encounter", "extension:associatedEncounter.value[x]"];

/** One name for the Encounter of a resource, by whatever name the resource refers to it. */
function encounterOf(resource: Value, { references }: CheckContext): string | undefined {
  for (const path of encounterPaths) {
    for (const found of everyAt(resource, path)) {
      const { reference } = found as { reference?: string };
      if (reference !== undefined) return references.resolve(found as object)?.id ?? reference;
    }
  }
  return undefined;
}
