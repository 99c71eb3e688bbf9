// Invariants of clinical resources.
import type { Coding } from "../../../stu3/types.ts";
import type { Rule } from "../../rule.ts";
import { invariant } from "./invariant.ts";
import { has, hasChoice } from "./values.ts";

export const clinicalInvariants: readonly Rule[] = [
  invariant(
    "obs-3",
    "Observation.referenceRange",
    "A reference range must have low, high or text",
    "A reference range has neither low, high nor text.",
    (range) => has(range, "low") || has(range, "high") || has(range, "text"),
  ),
  invariant(
    "obs-6",
    "Observation",
    "An Observation must have a dataAbsentReason only where it has no value",
    "An Observation has a value and a dataAbsentReason.",
    (observation) => !has(observation, "dataAbsentReason") || !hasChoice(observation, "value"),
  ),
  // In the sense of the XPath: one coding that both have.
  invariant(
    "obs-7",
    "Observation",
    "An Observation must not have a value where a component has its code",
    "An Observation has a value beside a component of the same code.",
    (observation) => {
      if (!hasChoice(observation, "value") || !has(observation, "component")) return true;
      const codes = new Set((observation.code?.coding ?? []).flatMap(nameOf));
      return (observation.component ?? []).every(({ code }) =>
        (code?.coding ?? []).flatMap(nameOf).every((name) => !codes.has(name)),
      );
    },
  ),
  invariant(
    "con-1",
    "Condition.stage",
    "A stage of a Condition must have a summary or an assessment",
    "A stage of a Condition has neither summary nor assessment.",
    (stage) => has(stage, "summary") || has(stage, "assessment"),
  ),
  invariant(
    "con-2",
    "Condition.evidence",
    "Evidence of a Condition must have a code or a detail",
    "Evidence of a Condition has neither code nor detail.",
    (evidence) => has(evidence, "code") || has(evidence, "detail"),
  ),
  invariant(
    "con-3",
    "Condition",
    "A Condition must have a clinicalStatus unless it was entered in error",
    "A Condition has no clinicalStatus.",
    (condition) => condition.verificationStatus === "entered-in-error" || has(condition, "clinicalStatus"),
    { path: "clinicalStatus" },
  ),
  invariant(
    "con-4",
    "Condition",
    "A Condition that has abated must be inactive, resolved or in remission",
    "A Condition has abated and is not inactive, resolved or in remission.",
    (condition) =>
      !hasChoice(condition, "abatement") ||
      condition.abatementBoolean === false ||
      // That it is missing is con-3.
      (!has(condition, "clinicalStatus") && condition.verificationStatus !== "entered-in-error") ||
      ["inactive", "resolved", "remission"].includes(condition.clinicalStatus ?? ""),
    { path: "clinicalStatus" },
  ),
  invariant(
    "ait-1",
    "AllergyIntolerance",
    "An AllergyIntolerance must have a clinicalStatus unless it was entered in error",
    "An AllergyIntolerance has no clinicalStatus.",
    (allergy) => allergy.verificationStatus === "entered-in-error" || has(allergy, "clinicalStatus"),
    { path: "clinicalStatus" },
  ),
  invariant(
    "ait-2",
    "AllergyIntolerance",
    "An AllergyIntolerance that was entered in error must not have a clinicalStatus",
    "An AllergyIntolerance was entered in error and has a clinicalStatus.",
    (allergy) => allergy.verificationStatus !== "entered-in-error" || !has(allergy, "clinicalStatus"),
    { path: "verificationStatus" },
  ),
  invariant(
    "imm-1",
    "Immunization",
    "An Immunization that was not given must have neither a reaction nor a reason for being given",
    "An Immunization that was not given has a reaction or a reason for being given.",
    (immunization) =>
      immunization.notGiven !== true || (!has(immunization, "reaction") && !has(immunization.explanation, "reason")),
  ),
  invariant(
    "imm-2",
    "Immunization",
    "An Immunization that was given must not have a reason for not being given",
    "An Immunization was given and has a reason for not being given.",
    // That notGiven is missing is a finding of its own.
    (immunization) => immunization.notGiven !== false || !has(immunization.explanation, "reasonNotGiven"),
    { path: "explanation" },
  ),
  invariant(
    "mst-1",
    "MedicationStatement",
    "A MedicationStatement must have a reasonNotTaken only where the medicine is not taken",
    "A MedicationStatement has a reasonNotTaken and does not say that the medicine is not taken.",
    (statement) => statement.taken === "n" || !has(statement, "reasonNotTaken"),
    { path: "taken" },
  ),
  invariant(
    "fhs-1",
    "FamilyMemberHistory",
    "A FamilyMemberHistory must not have both an age and a birth",
    "A FamilyMemberHistory has both an age and a birth.",
    (history) => !hasChoice(history, "age") || !hasChoice(history, "born"),
  ),
  invariant(
    "fhs-2",
    "FamilyMemberHistory",
    "A FamilyMemberHistory must have estimatedAge only where it has an age",
    "A FamilyMemberHistory has estimatedAge and no age.",
    (history) => !has(history, "estimatedAge") || hasChoice(history, "age"),
  ),
  invariant(
    "fhs-3",
    "FamilyMemberHistory",
    "A FamilyMemberHistory must have a notDoneReason only where it was not done",
    "A FamilyMemberHistory was done and has a notDoneReason.",
    (history) => history.notDone === true || !has(history, "notDoneReason"),
  ),
];

function nameOf({ system, code }: Coding): readonly string[] {
  return code === undefined ? [] : [`${system ?? ""}|${code}`];
}
