// Clinical resources with what they must not have, or with references to resources of another type.
import type { Resource, stu3 } from "@restante/itk3";
import { type Addition, first, type Held } from "./addition.ts";

const url = (name: string): string =>
  `https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-${name}-1`;

/** Changes the first resource of a type that `holds`, given a reference to the patient. */
function to<T extends Resource["resourceType"]>(
  type: T,
  what: string,
  change: (resource: Held<T>, patient: stu3.Reference) => void,
  holds?: (resource: Held<T>) => boolean,
): Addition {
  return [
    `${type} ${what}`,
    (message) => {
      const resource = first(message, type, holds);
      if (resource !== undefined) change(resource, message.composition?.subject ?? {});
    },
  ];
}

const isOrder = ({ intent }: stu3.MedicationRequest): boolean => intent === "order";
const isPlan = ({ intent }: stu3.MedicationRequest): boolean => intent === "plan";
/** Makes a prescription an acute one, whatever it was. */
function makeAcute({ extension }: stu3.MedicationRequest): void {
  for (const { url: name = "", valueCodeableConcept } of extension ?? []) {
    const [type] = name.includes("PrescriptionType") ? (valueCodeableConcept?.coding ?? []) : [];
    if (type !== undefined) type.code = "acute";
  }
}

const numbered = {
  url: url("GPC-MedicationRepeatInformation"),
  extension: [
    { url: "numberOfRepeatPrescriptionsAllowed", valuePositiveInt: 6 },
    { url: "numberOfRepeatPrescriptionsIssued", valueUnsignedInt: 1 },
  ],
};
const stopped = {
  url: url("GPC-MedicationStatusReason"),
  extension: [
    { url: "statusReason", valueCodeableConcept: { text: "Finished" } },
    { url: "statusChangeDate", valueDateTime: "2026-01-05" },
  ],
};

export const clinicalAdditions: readonly Addition[] = [
  ["sections that lead to attachments alone", ({ composition }) => void composition?.section?.splice(1)],
  to("AllergyIntolerance", "whose onset is in words", (allergy) => {
    delete allergy.onsetDateTime;
    allergy.onsetString = "long ago";
  }),
  to(
    "Immunization",
    "that was not given, with a reason for giving it",
    (immunization) => void (immunization.explanation = { reason: [{ text: "Travel" }] }),
    ({ notGiven }) => notGiven === true,
  ),
  to(
    "Immunization",
    "from a primary source, with the origin of a report",
    (immunization) => void (immunization.reportOrigin = { text: "Recollection" }),
    ({ primarySource }) => primarySource === true,
  ),
  to(
    "MedicationRequest",
    "that is an order, with repeat information",
    (order) => void order.extension?.push(numbered),
    isOrder,
  ),
  to(
    "MedicationRequest",
    "that is an order, with a status reason",
    (order) => void order.extension?.push(stopped),
    isOrder,
  ),
  to(
    "MedicationRequest",
    "for an acute prescription, with a number of repeats",
    (plan) => {
      makeAcute(plan);
      plan.extension?.push(numbered);
    },
    isPlan,
  ),
  to(
    "MedicationRequest",
    "that is a plan, based on something",
    (plan, patient) => void (plan.basedOn = [patient]),
    isPlan,
  ),
  to(
    "MedicationRequest",
    "that is a plan, dispensed by someone",
    (plan, patient) => void (plan.dispenseRequest = { ...plan.dispenseRequest, performer: patient }),
    isPlan,
  ),
  to("QuestionnaireResponse", "with an answer without a value", (response) => {
    const [item] = response.item ?? [];
    if (item !== undefined) item.answer = [{ id: "a" }];
  }),
  to("QuestionnaireResponse", "with an answer that names a resource and does not lead to it", (response) => {
    const [item] = response.item ?? [];
    if (item !== undefined) item.answer = [{ valueReference: { display: "x" } }];
  }),
  to("DocumentReference", "of a type from elsewhere, without words", (reference) => {
    reference.type = { coding: [{ system: "urn:x", code: "x" }] };
  }),
  to("MedicationRequest", "that says how many to dispense and not of what", (request) => {
    request.dispenseRequest = { ...request.dispenseRequest, quantity: { value: "28" } };
  }),
  to("FamilyMemberHistory", "known from a Condition", (history) => {
    history.contained = [{ resourceType: "Condition", id: "c1" }];
    history.reasonReference = [{ reference: "#c1" }];
  }),
  to("ReferralRequest", "to a HealthcareService", (referral) => {
    referral.contained = [{ resourceType: "HealthcareService", id: "h1" }];
    referral.recipient = [{ reference: "#h1" }];
  }),
  to("DiagnosticReport", "based on a ReferralRequest", (report) => {
    report.contained = [{ resourceType: "ReferralRequest", id: "r1" }];
    report.basedOn = [{ reference: "#r1" }];
  }),
  ...["GPC-ActualProblem", "GPC-RelatedClinicalContent"].map((name) =>
    to("Condition", `whose ${name} is the Patient`, (condition, patient) => {
      condition.extension?.push({ url: url(name), valueReference: patient });
    }),
  ),
];
