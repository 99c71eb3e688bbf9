/** Every resource that Send Document can carry or that carries it (GP Connect Messaging 1.6.0, payload structure). */
export const resources = [
  "AllergyIntolerance",
  "Binary",
  "Bundle",
  "Composition",
  "Condition",
  "Consent",
  "Device",
  "DiagnosticReport",
  "DocumentReference",
  "Encounter",
  "FamilyMemberHistory",
  "Immunization",
  "List",
  "Location",
  "Medication",
  "MedicationRequest",
  "MedicationStatement",
  "MessageHeader",
  "Observation",
  "OperationOutcome",
  "Organization",
  "Patient",
  "Practitioner",
  "ProcedureRequest",
  "Questionnaire",
  "QuestionnaireResponse",
  "ReferralRequest",
  "RelatedPerson",
  "Specimen",
  "Task",
] as const;

export const primitives: ReadonlySet<string> = new Set([
  "base64Binary",
  "boolean",
  "code",
  "date",
  "dateTime",
  "decimal",
  "id",
  "instant",
  "integer",
  "markdown",
  "oid",
  "positiveInt",
  "string",
  "time",
  "unsignedInt",
  "uri",
  "uuid",
  "xhtml",
]);

/** Choices that must be there: none of the three sources can say that one of several elements is required. */
export const requiredChoices: ReadonlySet<string> = new Set([
  "Composition.relatesTo.target",
  "Medication.ingredient.item",
  "Medication.package.content.item",
  "MedicationRequest.medication",
  "MedicationStatement.medication",
  "Questionnaire.item.option.value",
  "Signature.who",
  "Task.input.value",
  "Task.output.value",
  "UsageContext.value",
]);

const requestStatus = ["draft", "active", "suspended", "completed", "entered-in-error", "cancelled", "unknown"];
const requestPriority = ["routine", "urgent", "asap", "stat"];
const requestIntent = [
  "proposal",
  "plan",
  "order",
  "original-order",
  "reflex-order",
  "filler-order",
  "instance-order",
  "option",
];

/** Required code lists that the JSON schema leaves out. */
export const codeLists: Readonly<Record<string, readonly string[]>> = {
  "Composition.confidentiality": ["U", "L", "M", "N", "R", "V"],
  "Composition.relatesTo.code": ["replaces", "transforms", "signs", "appends"],
  "Composition.section.mode": ["working", "snapshot", "changes"],
  "Condition.clinicalStatus": ["active", "recurrence", "inactive", "remission", "resolved"],
  "DocumentReference.docStatus": ["preliminary", "final", "amended", "entered-in-error"],
  "Immunization.status": ["completed", "entered-in-error"],
  "ProcedureRequest.status": requestStatus,
  "ProcedureRequest.intent": requestIntent,
  "ProcedureRequest.priority": requestPriority,
  "ReferralRequest.status": requestStatus,
  "ReferralRequest.intent": requestIntent,
  "ReferralRequest.priority": requestPriority,
  "Task.intent": requestIntent,
  "Task.priority": requestPriority,
};
