// Medication, MedicationRequest, MedicationStatement (GPCM-SD-GE-147 to 189).
import type { Rule } from "../../rule.ts";
import { demand, generic, has, hasEach, isConcept, isOneOf, lacks, should, type When } from "./demand.ts";
import { isAt } from "./paths.ts";
import { isThePatient, leadsTo } from "./references.ts";

const repeatInformation = "extension:RepeatInformation";
const statusReason = "extension:StatusReason";

const whenOrder: When = { said: "that is an order", holds: (request) => request["intent"] === "order" };
const whenStopped: When = { said: "that is stopped", holds: (request) => request["status"] === "stopped" };
const whenStatusReason: When = {
  said: "that has extension(StatusReason)",
  holds: (request) => isAt(request, statusReason),
};

export const medicationRules: readonly Rule[] = [
  isConcept(generic("147"), "Medication", "code"),
  lacks(generic("148"), "MedicationRequest", repeatInformation, {
    ...should,
    when: whenOrder,
    alsoShows: ["GPCM-SD-GE-151"],
  }),
  has(generic("152"), "MedicationRequest", statusReason, { ...should, when: whenStopped }),
  has(generic("153"), "MedicationRequest", `${statusReason}.extension:statusChangeDate`, { when: whenStatusReason }),
  has(generic("154"), "MedicationRequest", `${statusReason}.extension:statusReason`, {
    ...should,
    when: whenStatusReason,
  }),
  has(generic("155"), "MedicationRequest", "extension:PrescriptionType"),
  has(generic("156"), "MedicationRequest", "identifier.value"),
  has(generic("157"), "MedicationRequest", "basedOn", { ...should, when: whenOrder }),
  hasEach(generic("158"), "MedicationRequest", "groupIdentifier", "value", should),
  isOneOf(generic("159"), "MedicationRequest", "status", ["active", "completed", "stopped"]),
  isOneOf(generic("160"), "MedicationRequest", "intent", ["plan", "order"]),
  leadsTo(generic("161"), "MedicationRequest", "medicationReference", ["Medication"]),
  isThePatient(generic("162"), "MedicationRequest", "subject"),
  has(generic("163"), "MedicationRequest", "context", should),
  has(generic("164"), "MedicationRequest", "authoredOn"),
  has(generic("165"), "MedicationRequest", "requester", should),
  leadsTo(generic("166"), "MedicationRequest", "recorder", ["Practitioner"]),
  has(generic("168"), "MedicationRequest", "dosageInstruction"),
  hasEach(generic("169"), "MedicationRequest", "dosageInstruction", "text"),
  has(generic("171"), "MedicationRequest", "dispenseRequest.validityPeriod.start"),
  demand(
    generic("172"),
    "MedicationRequest",
    "dispenseRequest",
    {
      asked: "have how much to dispense, as dispenseRequest.quantity or as extension(quantityText)",
      wrong: "MedicationRequest does not say how much to dispense.",
    },
    (request) => isAt(request, "dispenseRequest.quantity") || isAt(request, "dispenseRequest.extension:quantityText"),
    should,
  ),
  has(generic("174"), "MedicationRequest", "dispenseRequest.expectedSupplyDuration", should),
];

export const statementRules: readonly Rule[] = [
  has(generic("178"), "MedicationStatement", "extension:PrescribingAgency"),
  leadsTo(generic("180"), "MedicationStatement", "basedOn", ["MedicationRequest"]),
  has(generic("181"), "MedicationStatement", "context", should),
  isOneOf(generic("182"), "MedicationStatement", "status", ["active", "completed", "stopped"]),
  leadsTo(generic("183"), "MedicationStatement", "medicationReference", ["Medication"]),
  has(generic("184"), "MedicationStatement", "effective[x]"),
  has(generic("185"), "MedicationStatement", "dateAsserted"),
  isThePatient(generic("186"), "MedicationStatement", "subject"),
  isOneOf(generic("187"), "MedicationStatement", "taken", ["unk"]),
  has(generic("189"), "MedicationStatement", "dosage.text"),
];
