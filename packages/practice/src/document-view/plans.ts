// Which column each part of an entry stands in, by the kind of entry. What is named here nowhere stands under `more`.
import type { EntryKind } from "../document-view.ts";

/** A part of an entry, such as `status`; `onset[x]` is whichever of onsetDateTime, onsetAge and so on there is. */
interface Column {
  part: string;
  /** Instead of its own name; empty where the column says what it is. */
  called?: string;
}

export interface EntryPlan {
  kind: EntryKind;
  /** What the entry is of: the first of these that there is. */
  term: readonly string[];
  value?: readonly Column[];
  range?: readonly Column[];
  interpretation?: readonly Column[];
  status?: readonly Column[];
  dates?: readonly Column[];
}

const medication = ["medicationCodeableConcept", "medicationReference"];
const status: readonly Column[] = [{ part: "status", called: "" }];

const plans: Readonly<Record<string, EntryPlan>> = {
  MedicationStatement: {
    kind: "medicines",
    term: medication,
    value: [{ part: "dosage", called: "" }],
    status: [...status, { part: "taken" }],
    dates: [
      { part: "effective[x]", called: "taken" },
      { part: "dateAsserted", called: "recorded" },
    ],
  },
  MedicationRequest: {
    kind: "medicines",
    term: medication,
    value: [{ part: "dosageInstruction", called: "" }],
    status: [...status, { part: "intent" }],
    dates: [{ part: "authoredOn", called: "written" }],
  },
  MedicationAdministration: {
    kind: "medicines",
    term: medication,
    value: [{ part: "dosage", called: "" }],
    status,
    dates: [{ part: "effective[x]", called: "given" }],
  },
  MedicationDispense: {
    kind: "medicines",
    term: medication,
    value: [{ part: "dosageInstruction", called: "" }, { part: "quantity" }],
    status,
    dates: [{ part: "whenPrepared" }, { part: "whenHandedOver" }],
  },
  AllergyIntolerance: {
    kind: "allergies",
    term: ["code"],
    value: [{ part: "reaction", called: "" }],
    status: [{ part: "clinicalStatus", called: "" }, { part: "verificationStatus" }, { part: "criticality" }],
    dates: [
      { part: "onset[x]", called: "began" },
      { part: "lastOccurrence", called: "last happened" },
      { part: "assertedDate", called: "recorded" },
    ],
  },
  Condition: {
    kind: "conditions",
    term: ["code"],
    value: [{ part: "severity" }, { part: "bodySite" }, { part: "stage" }],
    status: [{ part: "clinicalStatus", called: "" }, { part: "verificationStatus" }],
    dates: [
      { part: "onset[x]", called: "began" },
      { part: "abatement[x]", called: "ended" },
      { part: "assertedDate", called: "recorded" },
    ],
  },
  Observation: {
    kind: "observations",
    term: ["code"],
    value: [
      { part: "value[x]", called: "" },
      { part: "dataAbsentReason", called: "no value" },
      { part: "component", called: "" },
    ],
    range: [{ part: "referenceRange", called: "" }],
    interpretation: [{ part: "interpretation", called: "" }],
    status,
    dates: [{ part: "effective[x]", called: "" }, { part: "issued" }],
  },
  Procedure: {
    kind: "procedures",
    term: ["code"],
    value: [{ part: "outcome" }, { part: "bodySite" }, { part: "complication" }],
    status,
    dates: [{ part: "performed[x]", called: "" }],
  },
  Immunization: {
    kind: "immunisations",
    term: ["vaccineCode"],
    value: [{ part: "doseQuantity", called: "dose" }, { part: "site" }, { part: "route" }, { part: "explanation" }],
    status,
    dates: [
      { part: "date", called: "" },
      { part: "expirationDate", called: "expires" },
    ],
  },
  QuestionnaireResponse: {
    kind: "answers",
    term: ["questionnaire"],
    status,
    dates: [{ part: "authored", called: "answered" }],
  },
  Encounter: {
    kind: "encounters",
    term: ["type", "class"],
    value: [{ part: "reason" }, { part: "class" }],
    status,
    dates: [{ part: "period", called: "" }],
  },
};

/** A kind that is known to FHIR, and of which there is no table of its own. */
const otherPlan: EntryPlan = {
  kind: "other",
  term: ["code", "title", "name", "relationship", "type", "vaccineCode", "category", "description"],
  value: [{ part: "conclusion" }, { part: "emptyReason", called: "why it is empty" }, { part: "description" }],
  status: [...status, { part: "intent" }],
  dates: [
    { part: "date", called: "" },
    { part: "effective[x]", called: "" },
    { part: "occurrence[x]" },
    { part: "authoredOn", called: "written" },
    { part: "issued" },
    { part: "period", called: "" },
  ],
};

export function planOf(type: string): EntryPlan {
  return Object.hasOwn(plans, type) ? (plans[type] ?? otherPlan) : otherPlan;
}

/** Who is named, and where: they stand in no table, but by their names in those of others. */
export const people: ReadonlySet<string> = new Set([
  "Practitioner",
  "PractitionerRole",
  "Organization",
  "Location",
  "RelatedPerson",
  "Device",
  "HealthcareService",
  "Person",
]);
