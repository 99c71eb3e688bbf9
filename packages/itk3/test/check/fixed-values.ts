// What a profile of ITK3, CareConnect or a requirement fixes, beside the codes of STU3's own lists: where, of which
// documents, and a value that STU3 would take in its place.
import type { Subject } from "./subjects.ts";

type Options = Subject["options"];
type Holder = Readonly<Record<string, unknown>>;
type Row = readonly [place: string, other: unknown, where?: (holder: Holder) => boolean];

const first = ({ generation }: Options): boolean => generation === 1;
const titled = ({ generation, useCase }: Options): boolean => generation === 1 && useCase !== "generic";
const typed = ({ generation, useCase }: Options): boolean => generation === 2 || useCase !== "generic";
/** Those whose resources have requirements of their own: an online consultation and a generic document of 1.x. */
const structured = ({ generation, useCase }: Options): boolean =>
  generation === 1 && useCase !== "consultation-summary";
const generic = ({ generation, useCase }: Options): boolean => generation === 1 && useCase === "generic";
const all = (): boolean => true;

/** A List may hold other resources, and is asked less of then. */
const ofObservations = ({ code }: Holder): boolean => JSON.stringify([code]).includes("826501000000100");

const other = "https://example.org/other";

const fixed: readonly (readonly [of: (options: Options) => boolean, rows: readonly Row[]])[] = [
  [
    all,
    [
      ["message Bundle.type", "collection"],
      ["document Bundle.type", "collection"],
      ["MessageHeader.event.system", other],
      ["MessageHeader.event.code", "ITK001X"],
      ["MessageHeader.event.display", "Other"],
      ["MessageHeader.extension.url", other],
      ["MessageHeader.extension.extension.url", other],
      ["MessageHeader.extension.extension.valueCoding.system", other],
      ["MessageHeader.extension.extension.valueCoding.code", "FX"],
      ["MessageHeader.extension.extension.valueCoding.display", "Other"],
      ["MessageHeader.extension.extension.valueReference.reference", other],
      ["header Organization.identifier.system", other],
      ["Composition.type.coding.system", other],
      ["Composition.relatesTo.code", "appends"],
      ["Patient.identifier.system", other],
      ["Patient.identifier.extension.url", other],
      ["Patient.identifier.extension.valueCodeableConcept.coding.system", other],
      ["Patient.identifier.extension.valueCodeableConcept.coding.code", "99"],
      ["Patient.name.use", "usual"],
    ],
  ],
  [
    first,
    [
      ["Composition.confidentiality", "V"],
      ["Composition.status", "preliminary"],
    ],
  ],
  [titled, [["Composition.title", "Other"]]],
  [typed, [["Composition.type.coding.code", "75367002"]]],
  [
    structured,
    [
      ["AllergyIntolerance.category", "food"],
      ["AllergyIntolerance.clinicalStatus", "inactive"],
      ["AllergyIntolerance.extension.url", other],
      ["AllergyIntolerance.verificationStatus", "confirmed"],
      ["Consent.status", "inactive"],
      ["Device.type.coding.system", other],
      ["DocumentReference.status", "not-of-the-list"],
      ["Encounter.status", "planned"],
      ["Encounter.type.coding.system", other],
      ["FamilyMemberHistory.status", "not-of-the-list"],
      ["List.code.coding.code", "75367002"],
      ["List.code.coding.system", other],
      ["List.mode", "working", ofObservations],
      ["List.status", "retired", ofObservations],
      ["Location.identifier.system", other],
      ["Location.status", "suspended"],
      ["Observation.status", "amended"],
      ["Practitioner.identifier.system", other],
      ["Questionnaire.status", "draft"],
      ["QuestionnaireResponse.status", "amended"],
      ["ReferralRequest.intent", "plan"],
      ["ReferralRequest.status", "active"],
      ["Task.intent", "option"],
      ["Task.priority", "not-of-the-list"],
      ["Task.status", "draft"],
    ],
  ],
  [
    generic,
    [
      ["Condition.clinicalStatus", "recurrence"],
      ["DiagnosticReport.status", "amended"],
      ["Immunization.status", "entered-in-error"],
      ["MedicationRequest.extension.url", other],
      ["MedicationRequest.intent", "proposal"],
      ["MedicationRequest.status", "on-hold"],
      ["MedicationStatement.status", "intended"],
      ["MedicationStatement.taken", "y"],
      ["ProcedureRequest.intent", "plan"],
      ["ProcedureRequest.status", "draft"],
      ["Specimen.status", "not-of-the-list"],
    ],
  ],
];

/** A profile of a type that none of the resources has. */
const ofAnotherType = "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-Basic-1";

/** What to put in the place of a value that is fixed in such a document; undefined where it is not fixed. */
export function unfixed(place: string, holder: Holder, options: Options): unknown {
  if (place.endsWith(".meta.profile")) return ofAnotherType;
  for (const [of, rows] of fixed) {
    const row = of(options) ? rows.find(([name]) => name === place) : undefined;
    if (row !== undefined && row[2]?.(holder) !== false) return row[1];
  }
  return undefined;
}
