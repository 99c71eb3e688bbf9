// Medication, MedicationRequest, MedicationStatement (GPCM-SD-GE-147 to 189).
import type { CheckContext, Rule } from "../../rule.ts";
import { demand, generic, has, hasEach, isConcept, isOneOf, lacks, should, type When } from "./demand.ts";
import { everyAt, isAt, type Value } from "./paths.ts";
import { isThePatient, leadsTo, ledToFrom } from "./references.ts";

const repeatInformation = "extension:RepeatInformation";
const statusReason = "extension:StatusReason";
const statusChangeDate = `${statusReason}.extension:statusChangeDate.value[x]`;

const isPlan: When["holds"] = (request) => request["intent"] === "plan";
const isStoppedPlan = (request: Value): boolean => request["intent"] === "plan" && request["status"] === "stopped";
const isOrder: When["holds"] = (request) => request["intent"] === "order";

/** Prescribed as one of these: codes of CareConnect-PrescriptionType-1. */
const isPrescribed =
  (...codes: readonly string[]) =>
  (request: Value): boolean =>
    everyAt(request, "extension:PrescriptionType.value[x].coding.code").some((code) => codes.includes(code as string));
const isRepeat = isPrescribed("repeat", "repeat-dispensing");

const whenPlan: When = { said: "is a plan", holds: isPlan };
const whenOrder: When = { said: "is an order", holds: isOrder };
const whenStoppedPlan: When = { said: "is a stopped plan", holds: isStoppedPlan };
const whenAcute: When = { said: "is for an acute prescription", holds: isPrescribed("acute", "acute-handwritten") };
const whenRepeat: When = { said: "is for a repeat prescription", holds: isRepeat };

const isBasedOnPlan = (resource: Value, context: CheckContext): boolean =>
  ledToFrom(resource, "basedOn", context).some(
    (found) => found.resourceType === "MedicationRequest" && found.intent === "plan",
  );

export const medicationRules: readonly Rule[] = [
  isConcept(generic("147"), "Medication", "code"),
  lacks(generic("148"), "MedicationRequest", repeatInformation, {
    ...should,
    when: whenOrder,
    alsoShows: ["GPCM-SD-GE-151"],
  }),
  has(generic("148"), "MedicationRequest", repeatInformation, {
    ...should,
    when: {
      said: "is a plan for a repeat prescription",
      holds: (request, context) => isPlan(request, context) && isRepeat(request),
    },
  }),
  lacks(generic("149"), "MedicationRequest", `${repeatInformation}.extension:numberOfRepeatPrescriptionsAllowed`, {
    when: whenAcute,
  }),
  hasEach(
    generic("150"),
    "MedicationRequest",
    repeatInformation,
    "extension:numberOfRepeatPrescriptionsIssued.value[x]",
    should,
  ),
  has(generic("152"), "MedicationRequest", statusReason, { when: whenStoppedPlan }),
  lacks(generic("152"), "MedicationRequest", statusReason, { ...should, when: whenOrder }),
  has(generic("153"), "MedicationRequest", statusChangeDate, {
    when: {
      said: "is a stopped plan or has extension(StatusReason)",
      holds: (request) => isStoppedPlan(request) || isAt(request, statusReason),
    },
  }),
  has(generic("154"), "MedicationRequest", `${statusReason}.extension:statusReason.value[x]`, {
    when: {
      said: "has extension(StatusReason).extension(statusChangeDate)",
      holds: (request) => isAt(request, statusChangeDate),
    },
  }),
  has(generic("155"), "MedicationRequest", "extension:PrescriptionType.value[x]"),
  demand(
    generic("156"),
    "MedicationRequest",
    "identifier",
    {
      asked: "have both a system and a value",
      wrong: "No MedicationRequest.identifier has both a system and a value.",
    },
    (request) =>
      everyAt(request, "identifier").some((found) => isAt(found as Value, "system") && isAt(found as Value, "value")),
  ),
  lacks(generic("157"), "MedicationRequest", "basedOn", { when: whenPlan }),
  demand(
    generic("157"),
    "MedicationRequest",
    "basedOn",
    {
      asked: "lead to a MedicationRequest that is a plan",
      wrong: "The MedicationRequest is an order, and basedOn does not lead to one that is a plan.",
    },
    isBasedOnPlan,
    { ...should, when: whenOrder, leads: true },
  ),
  hasEach(generic("158"), "MedicationRequest", "groupIdentifier", "value"),
  has(generic("158"), "MedicationRequest", "groupIdentifier", { when: whenRepeat }),
  isOneOf(generic("159"), "MedicationRequest", "status", ["active", "completed", "stopped"]),
  isOneOf(generic("160"), "MedicationRequest", "intent", ["plan", "order"]),
  leadsTo(generic("161"), "MedicationRequest", "medicationReference", ["Medication"]),
  isThePatient(generic("162"), "MedicationRequest", "subject"),
  leadsTo(generic("163"), "MedicationRequest", "context", ["Encounter"], should),
  has(generic("164"), "MedicationRequest", "authoredOn"),
  demand(
    generic("165"),
    "MedicationRequest",
    "requester",
    {
      asked: "lead to a person and to an Organization, by agent and onBehalfOf",
      wrong: "MedicationRequest.requester does not lead to both a person and an Organization.",
    },
    (request, context) => {
      const found = ["agent", "onBehalfOf"].flatMap((name) => ledToFrom(request, `requester.${name}`, context));
      const types = new Set(found.map(({ resourceType }) => resourceType));
      return (
        types.has("Organization") &&
        (["Practitioner", "Patient", "RelatedPerson"] as const).some((person) => types.has(person))
      );
    },
    { ...should, leads: true },
  ),
  leadsTo(generic("166"), "MedicationRequest", "recorder", ["Practitioner"]),
  has(generic("168"), "MedicationRequest", "dosageInstruction"),
  hasEach(generic("169"), "MedicationRequest", "dosageInstruction", "text"),
  has(generic("171"), "MedicationRequest", "dispenseRequest.validityPeriod.start"),
  demand(
    generic("172"),
    "MedicationRequest",
    "dispenseRequest",
    {
      of: "MedicationRequest",
      asked: "say how much to dispense, by dispenseRequest.quantity.value or by extension(quantityText)",
      wrong: "MedicationRequest does not say how much to dispense.",
    },
    (request) => isAt(request, "dispenseRequest.quantity.value") || hasQuantityText(request),
    should,
  ),
  demand(
    generic("173"),
    "MedicationRequest",
    "dispenseRequest.quantity",
    {
      asked: "give its unit, by unit or by extension(quantityText)",
      wrong: "MedicationRequest.dispenseRequest.quantity has a value and does not give its unit.",
    },
    (request) => isAt(request, "dispenseRequest.quantity.unit") || hasQuantityText(request),
    {
      ...should,
      when: {
        said: "has dispenseRequest.quantity.value",
        holds: (request) => isAt(request, "dispenseRequest.quantity.value"),
      },
    },
  ),
  has(generic("174"), "MedicationRequest", "dispenseRequest.expectedSupplyDuration", should),
  lacks(generic("175"), "MedicationRequest", "dispenseRequest.performer", { ...should, when: whenPlan }),
];

// The guide shows the extension on the quantity; the requirement names it on dispenseRequest.
function hasQuantityText(request: Value): boolean {
  return ["dispenseRequest", "dispenseRequest.quantity"].some((path) =>
    isAt(request, `${path}.extension:quantityText.value[x]`),
  );
}

export const statementRules: readonly Rule[] = [
  has(generic("178"), "MedicationStatement", "extension:PrescribingAgency.value[x]"),
  demand(
    generic("180"),
    "MedicationStatement",
    "basedOn",
    {
      asked: "lead to a MedicationRequest that is a plan",
      wrong: "MedicationStatement.basedOn does not lead to a MedicationRequest that is a plan.",
    },
    isBasedOnPlan,
    { leads: true },
  ),
  leadsTo(generic("181"), "MedicationStatement", "context", ["Encounter"], should),
  isOneOf(generic("182"), "MedicationStatement", "status", ["active", "completed", "stopped"]),
  leadsTo(generic("183"), "MedicationStatement", "medicationReference", ["Medication"]),
  has(generic("184"), "MedicationStatement", "effectivePeriod"),
  has(generic("185"), "MedicationStatement", "dateAsserted"),
  isThePatient(generic("186"), "MedicationStatement", "subject"),
  isOneOf(generic("187"), "MedicationStatement", "taken", ["unk"]),
  has(generic("189"), "MedicationStatement", "dosage"),
  hasEach(generic("189"), "MedicationStatement", "dosage", "text"),
];
