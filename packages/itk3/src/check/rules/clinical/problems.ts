// Condition (problem header), ProcedureRequest, DiagnosticReport, Specimen (GPCM-SD-GE-221 to 265).
import type { Rule } from "../../rule.ts";
import { demand, generic, has, hasEach, isCoded, isConcept, isOneOf, should } from "./demand.ts";
import { everyAt, isAt, type Value } from "./paths.ts";
import { eachLeadsTo, isThePatient, leadsOnlyTo, leadsTo } from "./references.ts";

const related = "extension:RelatedProblemHeader";
const items = ["MedicationRequest", "AllergyIntolerance", "Immunization", "Observation"] as const;

export const problemRules: readonly Rule[] = [
  leadsOnlyTo(generic("221"), "Condition", "extension:ActualProblem.value[x]", items, should),
  demand(
    generic("223"),
    "Condition",
    related,
    {
      of: "In every Condition.extension(RelatedProblemHeader), extension(type).value",
      asked: "be parent, child or sibling",
      wrong:
        "In a Condition.extension(RelatedProblemHeader), extension(type).value is missing, or not parent, child or sibling.",
    },
    (condition) =>
      everyAt(condition, related).every((extension) => {
        const types = everyAt(extension as Value, "extension:type.value[x]");
        return types.length > 0 && types.every((type) => type === "parent" || type === "child" || type === "sibling");
      }),
  ),
  eachLeadsTo(generic("224"), "Condition", related, "extension:target.value[x]", ["Condition"]),
  leadsOnlyTo(
    generic("225"),
    "Condition",
    "extension:RelatedClinicalContent.value[x]",
    ["Encounter", ...items],
    should,
  ),
  isOneOf(generic("226"), "Condition", "extension:ProblemSignificance.value[x]", ["major", "minor"]),
  isOneOf(generic("227"), "Condition", "clinicalStatus", ["active", "inactive"]),
  isCoded(generic("228"), "Condition", "category", { code: "problem-list-item" }),
  isConcept(generic("229"), "Condition", "code"),
  isThePatient(generic("230"), "Condition", "subject"),
  leadsTo(generic("231"), "Condition", "context", ["Encounter"], should),
  has(generic("232"), "Condition", "onsetDateTime", should),
  has(generic("233"), "Condition", "abatementDateTime", {
    ...should,
    when: { said: "is inactive", holds: (condition) => condition["clinicalStatus"] === "inactive" },
  }),
  has(generic("234"), "Condition", "assertedDate"),
  leadsTo(generic("235"), "Condition", "asserter", ["Practitioner"]),
];

const someone = ["Practitioner", "Organization"] as const;

export const requestRules: readonly Rule[] = [
  isOneOf(generic("237"), "ProcedureRequest", "status", ["active"]),
  isOneOf(generic("238"), "ProcedureRequest", "intent", ["order"]),
  demand(
    generic("239"),
    "ProcedureRequest",
    "code",
    {
      asked: "hold a code, or the text 'No code available'",
      wrong: "ProcedureRequest.code holds neither a code nor the text 'No code available'.",
    },
    (request) =>
      isAt(request, "code.coding.code") || everyAt(request, "code.text").some((text) => text === "No code available"),
  ),
  isThePatient(generic("240"), "ProcedureRequest", "subject"),
  leadsTo(generic("241"), "ProcedureRequest", "performer", someone, should),
  leadsTo(generic("242"), "ProcedureRequest", "requester.agent", someone, should),
  has(generic("243"), "ProcedureRequest", "reasonCode", should),
];

export const diagnosticRules: readonly Rule[] = [
  leadsOnlyTo(generic("246"), "DiagnosticReport", "basedOn", ["ProcedureRequest"], should),
  isOneOf(generic("247"), "DiagnosticReport", "status", ["registered", "partial", "preliminary", "final"]),
  has(generic("248"), "DiagnosticReport", "category", should),
  isConcept(generic("249"), "DiagnosticReport", "code"),
  isThePatient(generic("250"), "DiagnosticReport", "subject"),
  has(generic("251"), "DiagnosticReport", "issued"),
  leadsTo(generic("252"), "DiagnosticReport", "performer.actor", someone, should),
  leadsTo(generic("253"), "DiagnosticReport", "specimen", ["Specimen"], should),
  leadsTo(generic("254"), "DiagnosticReport", "result", ["Observation"], should),
  has(generic("257"), "Specimen", "accessionIdentifier", should),
  isOneOf(generic("258"), "Specimen", "status", ["available", "unavailable", "unsatisfactory", "entered-in-error"]),
  has(generic("259"), "Specimen", "type", should),
  isThePatient(generic("260"), "Specimen", "subject"),
  has(generic("261"), "Specimen", "receivedTime"),
  has(generic("262"), "Specimen", "collection", should),
  eachLeadsTo(generic("264"), "Specimen", "collection", "collector", ["Practitioner"], should),
  hasEach(generic("265"), "Specimen", "collection", "quantity", should),
];
