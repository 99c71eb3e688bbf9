// Medication, MedicationRequest, MedicationStatement, Immunization (GPCM-SD-GE-147 to 220).
import type { Rule } from "../../rule.ts";
import {
  demand,
  everyAt,
  generic,
  has,
  hasEach,
  isConcept,
  isOneOf,
  isThePatient,
  lacks,
  leadsTo,
  should,
} from "./demand.ts";

type Value = Readonly<Record<string, unknown>>;

const isStopped = (request: Value): boolean => request["status"] === "stopped";
const isOrder = (request: Value): boolean => request["intent"] === "order";
const hasStatusReason = (request: Value): boolean => everyAt(request, "extension:StatusReason").length > 0;

export const medicationRules: readonly Rule[] = [
  isConcept(generic("147"), "Medication", "code"),
  lacks(
    generic("148"),
    "MedicationRequest",
    "extension:RepeatInformation",
    "A MedicationRequest that is an order has repeat information.",
    { ...should, when: isOrder, alsoShows: ["GPCM-SD-GE-151"] },
  ),
  has(generic("152"), "MedicationRequest", "extension:StatusReason", { ...should, when: isStopped }),
  has(generic("153"), "MedicationRequest", "extension:StatusReason.extension:statusChangeDate", {
    when: hasStatusReason,
  }),
  has(generic("154"), "MedicationRequest", "extension:StatusReason.extension:statusReason", {
    ...should,
    when: hasStatusReason,
  }),
  has(generic("155"), "MedicationRequest", "extension:PrescriptionType"),
  has(generic("156"), "MedicationRequest", "identifier.value"),
  has(generic("157"), "MedicationRequest", "basedOn", { ...should, when: isOrder }),
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
    "MedicationRequest does not say how much to dispense.",
    (request) =>
      everyAt(request, "dispenseRequest.quantity").length > 0 ||
      everyAt(request, "dispenseRequest.extension:quantityText").length > 0,
    should,
  ),
  has(generic("174"), "MedicationRequest", "dispenseRequest.expectedSupplyDuration", should),
  has(generic("178"), "MedicationStatement", "extension:PrescribingAgency"),
  leadsTo(generic("180"), "MedicationStatement", "basedOn", ["MedicationRequest"]),
  has(generic("181"), "MedicationStatement", "context", should),
  isOneOf(generic("182"), "MedicationStatement", "status", ["active", "completed", "stopped"]),
  leadsTo(generic("183"), "MedicationStatement", "medicationReference", ["Medication"]),
  has(generic("184"), "MedicationStatement", "effective[x]"),
  has(generic("185"), "MedicationStatement", "dateAsserted"),
  isThePatient(generic("186"), "MedicationStatement", "subject"),
  isOneOf(generic("187"), "MedicationStatement", "taken", ["unk"]),
  demand(
    generic("189"),
    "MedicationStatement",
    "dosage",
    "MedicationStatement has no dosage in words.",
    (statement) => everyAt(statement, "dosage.text").length > 0,
  ),
];

const isGiven = (immunization: Value): boolean => immunization["notGiven"] === false;
const isNotGiven = (immunization: Value): boolean => immunization["notGiven"] === true;
const whenGiven = { ...should, when: isGiven };

/** An element that MUST be absent where the vaccine was not given. */
const onlyWhenGiven = (number: string, path: string): Rule =>
  lacks(generic(number), "Immunization", path, `An Immunization that was not given has ${path}.`, { when: isNotGiven });

export const immunizationRules: readonly Rule[] = [
  has(generic("192"), "Immunization", "extension:DateRecorded"),
  has(generic("193"), "Immunization", "extension:VaccinationProcedure"),
  isOneOf(generic("194"), "Immunization", "status", ["completed"]),
  isOneOf(generic("195"), "Immunization", "notGiven", [true, false]),
  isConcept(generic("196"), "Immunization", "vaccineCode"),
  isThePatient(generic("197"), "Immunization", "patient"),
  has(generic("198"), "Immunization", "encounter", should),
  has(generic("199"), "Immunization", "date", should),
  isOneOf(generic("200"), "Immunization", "primarySource", [true, false]),
  has(generic("203"), "Immunization", "manufacturer", whenGiven),
  has(generic("204"), "Immunization", "lotNumber", whenGiven),
  has(generic("205"), "Immunization", "expirationDate", whenGiven),
  onlyWhenGiven("206", "site"),
  onlyWhenGiven("207", "route"),
  onlyWhenGiven("208", "doseQuantity"),
  has(generic("209"), "Immunization", "practitioner", should),
  hasEach(generic("211"), "Immunization", "practitioner", "actor", should),
  onlyWhenGiven("213", "explanation.reason"),
  lacks(
    generic("214"),
    "Immunization",
    "explanation.reasonNotGiven",
    "An Immunization that was given has a reason for not being given.",
    { when: isGiven },
  ),
  onlyWhenGiven("215", "vaccinationProtocol"),
  hasEach(generic("219"), "Immunization", "vaccinationProtocol", "targetDisease"),
  demand(
    generic("220"),
    "Immunization",
    "vaccinationProtocol",
    "A vaccinationProtocol's doseStatus is not count.",
    (immunization) =>
      everyAt(immunization, "vaccinationProtocol").every((protocol) =>
        everyAt(protocol as Value, "doseStatus.coding.code").includes("count"),
      ),
  ),
];
