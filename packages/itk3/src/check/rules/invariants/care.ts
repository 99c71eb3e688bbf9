// Invariants of what is planned and done for a patient, and that no requirement of Send Document names.
import { systems } from "../../../names.ts";
import { endsBefore } from "../../../stu3/ends-before.ts";
import type { Quantity, Range } from "../../../stu3/types.ts";
import type { Rule } from "../../rule.ts";
import { invariantOfOther } from "./invariant.ts";
import { has, hasChoice } from "./values.ts";

export const careInvariants: readonly Rule[] = [
  invariantOfOther(
    "app-1",
    "Appointment.participant",
    "A participant of an Appointment must have a type or an actor",
    "A participant of an Appointment has neither type nor actor.",
    (participant) => has(participant, "type") || has(participant, "actor"),
  ),
  invariantOfOther(
    "app-2",
    "Appointment",
    "An Appointment must have both a start and an end, or neither",
    "An Appointment lacks its start or its end.",
    (appointment) => has(appointment, "start") === has(appointment, "end"),
  ),
  // One that has a start or an end alone is the finding before.
  invariantOfOther(
    "app-3",
    "Appointment",
    "An Appointment must have a start and an end unless it is proposed or cancelled",
    "An Appointment that is neither proposed nor cancelled has no start and no end.",
    (appointment) =>
      has(appointment, "start") || has(appointment, "end") || isOneOf(appointment["status"], "proposed", "cancelled"),
  ),
  invariantOfOther(
    "apr-1",
    "AppointmentResponse",
    "An AppointmentResponse must have a participantType or an actor",
    "An AppointmentResponse has neither participantType nor actor.",
    (response) => has(response, "participantType") || has(response, "actor"),
  ),
  invariantOfOther(
    "com-1",
    "Communication",
    "A Communication must have a notDoneReason only where it was not done",
    "A Communication was done and has a notDoneReason.",
    (communication) => communication["notDone"] === true || !has(communication, "notDoneReason"),
  ),
  invariantOfOther(
    "cpl-3",
    "CarePlan.activity",
    "An activity of a CarePlan must not have both a reference and a detail",
    "An activity of a CarePlan has both a reference and a detail.",
    (activity) => !has(activity, "reference") || !has(activity, "detail"),
  ),
  invariantOfOther(
    "gol-1",
    "Goal.target",
    "The target of a Goal must have a measure where it has a detail",
    "The target of a Goal has a detail and no measure.",
    (target) => !hasChoice(target, "detail") || has(target, "measure"),
  ),
  invariantOfOther(
    "imr-1",
    "ImmunizationRecommendation.recommendation",
    "A recommendation of immunization must have a vaccineCode or a targetDisease",
    "A recommendation of immunization has neither vaccineCode nor targetDisease.",
    (recommendation) => has(recommendation, "vaccineCode") || has(recommendation, "targetDisease"),
  ),
  invariantOfOther(
    "mad-1",
    "MedicationAdministration.dosage",
    "The dosage of a MedicationAdministration must have a dose or a rate",
    "The dosage of a MedicationAdministration has neither dose nor rate.",
    (dosage) => has(dosage, "dose") || hasChoice(dosage, "rate"),
  ),
  invariantOfOther(
    "mad-2",
    "MedicationAdministration",
    "A MedicationAdministration must have a reasonNotGiven only where the medicine was not given",
    "A MedicationAdministration has a reasonNotGiven and does not say that the medicine was not given.",
    (administration) => administration["notGiven"] === true || !has(administration, "reasonNotGiven"),
  ),
  // The expression takes false for a text, and so forbids a reason for what was given.
  invariantOfOther(
    "mad-3",
    "MedicationAdministration",
    "A MedicationAdministration must have a reasonCode only where the medicine was given",
    "A MedicationAdministration has a reasonCode and says that the medicine was not given.",
    (administration) => administration["notGiven"] !== true || !has(administration, "reasonCode"),
  ),
  invariantOfOther(
    "mdd-1",
    "MedicationDispense",
    "A medicine must not have been handed over before it was prepared",
    "A MedicationDispense was handed over before it was prepared.",
    ({ whenPrepared, whenHandedOver }) => !endsBefore(textOf(whenPrepared), textOf(whenHandedOver)),
  ),
  invariantOfOther(
    "nor-1",
    "NutritionOrder",
    "A NutritionOrder should have an oralDiet, a supplement or an enteralFormula",
    "A NutritionOrder has neither oralDiet, supplement nor enteralFormula.",
    (order) => has(order, "oralDiet") || has(order, "supplement") || has(order, "enteralFormula"),
    "warning",
  ),
  invariantOfOther(
    "pro-1",
    "Procedure",
    "A Procedure must have a notDoneReason only where it was not done",
    "A Procedure was done and has a notDoneReason.",
    (procedure) => procedure["notDone"] === true || !has(procedure, "notDoneReason"),
  ),
  invariantOfOther(
    "ras-1",
    "RiskAssessment.prediction",
    "The ends of a range of probability must be percentages, by UCUM's code",
    "An end of a range of probability is no percentage by UCUM's code.",
    ({ probabilityRange: range }) => {
      const { low, high } = (range ?? {}) as Range;
      return isPercentage(low) && isPercentage(high);
    },
  ),
  invariantOfOther(
    "ras-2",
    "RiskAssessment.prediction",
    "A probability must be no more than 100",
    "A probability is more than 100.",
    ({ probabilityDecimal: probability }) => probability === undefined || Number(probability) <= 100,
  ),
  invariantOfOther(
    "rqg-1",
    "RequestGroup.action",
    "An action of a RequestGroup must have either a resource or actions of its own",
    "An action of a RequestGroup has neither a resource nor actions, or has both.",
    (action) => has(action, "resource") !== has(action, "action"),
  ),
];

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function isPercentage(quantity: Quantity | undefined): boolean {
  return quantity === undefined || (quantity.code === "%" && quantity.system === systems.ucum);
}

/** True also where it is missing: that is a finding of its own. */
function isOneOf(value: unknown, ...values: readonly string[]): boolean {
  return value === undefined || values.some((one) => one === value);
}
