// A medicine: the product, its plan (authorisation), the plan's orders (issues), and the statement of it.
import { extensions, profiles, systems } from "../../names.ts";
import type { Medication, MedicationStatement, Resource } from "../../stu3/types.ts";
import { absent, all, fields, isRecord, list, optional, type Shape } from "../../input/shapes.ts";
import { dateTime, oneOf } from "../../input/values.ts";
import { referenceTo } from "../entry.ts";
import {
  medicationOrder,
  medicationPlan,
  type OrderInput,
  orderShape,
  type PlanInput,
  planShape,
} from "./medication-requests.ts";
import { type Concept, concept, extensionsOf, given, maybe, notes, period } from "./pieces.ts";
import * as shapes from "./piece-shapes.ts";
import { type DocumentParts, identity, sectionOf } from "./parts.ts";
import type { StructuredSection } from "../structured-section.ts";

const agencies = {
  "prescribed-at-gp-practice": "Prescribed at GP practice",
  "prescribed-by-another-organisation": "Prescribed by another organisation",
} as const;

/** Status, period, dosage and the rest are those of the plan (GPCM-SD-GE-180 to 190). */
export interface StatementInput {
  /** Where it was prescribed (GPCM-SD-GE-178). */
  prescribingAgency: keyof typeof agencies;
  /**
   * Of the latest order; not of repeat dispensing, nor of what was prescribed elsewhere (GPCM-SD-GE-177). A date, or a
   * date and time with a zone.
   */
  lastIssued?: string;
  /** Only where the dosage was changed in the life of the plan (GPCM-SD-GE-179). */
  dosageLastChanged?: string;
  /** GPCM-SD-GE-188. */
  notes?: readonly string[];
}

export interface MedicationInput {
  /** The product, by its dm+d code where it has one (GPCM-SD-GE-147). */
  code: Concept;
  /** The authorisation: every order and statement stands on one (GPCM-SD-GE-157, 180). */
  plan: PlanInput;
  /** The issues that were made of it. */
  orders?: readonly OrderInput[];
  statement?: StatementInput;
}

/**
 * Medicines and devices (GPCM-SD-GE-147 to 190): for each a Medication, its plan, its orders and its statement.
 *
 * @throws Itk3Error `input-invalid`
 */
export function medicationSection(parts: DocumentParts, inputs: readonly MedicationInput[]): StructuredSection {
  return sectionOf({ title: "Medications", name: "medications", entry }, parts, inputs, (input) =>
    medicine(parts, input),
  );
}

const statementShape = fields<StatementInput>({
  prescribingAgency: oneOf(...Object.keys(agencies)),
  lastIssued: optional(dateTime),
  dosageLastChanged: optional(dateTime),
  notes: optional(shapes.texts),
});

const entry: Shape = all(
  fields<MedicationInput>({
    code: shapes.concept,
    plan: planShape,
    orders: optional(list(orderShape)),
    statement: optional(statementShape),
  }),
  (value, at) => {
    if (!isRecord(value) || !isRecord(value["plan"]) || !isRecord(value["statement"])) return;
    const place = at.field("statement").field("lastIssued");
    if (value["statement"]["lastIssued"] === undefined || !place.isRight()) return;
    const type = at.field("plan").field("prescriptionType").isRight() && value["plan"]["prescriptionType"];
    const agency =
      at.field("statement").field("prescribingAgency").isRight() && value["statement"]["prescribingAgency"];
    if (type === "repeat-dispensing" || (agency !== false && agency !== "prescribed-at-gp-practice")) {
      const why = "what is dispensed repeatedly or issued elsewhere has no date of last issue";
      absent(why, "GPCM-SD-GE-177")(value["statement"]["lastIssued"], place);
    }
  },
);

function medicine(parts: DocumentParts, input: MedicationInput): Resource[] {
  const medication: Medication = {
    resourceType: "Medication",
    ...identity(parts, profiles.medication),
    code: concept(input.code),
  };
  const plan = medicationPlan(parts, referenceTo(medication), input.plan);
  const stated = maybe(input.statement, (statement) =>
    medicationStatement(parts, input.plan, statement, {
      basedOn: [referenceTo(plan)],
      medicationReference: referenceTo(medication),
    }),
  );
  return [
    medication,
    plan,
    ...(input.orders ?? []).map((order) =>
      medicationOrder(parts, referenceTo(medication), { plan: input.plan, planned: referenceTo(plan), order }),
    ),
    ...(stated === undefined ? [] : [stated]),
  ];
}

function medicationStatement(
  parts: DocumentParts,
  plan: PlanInput,
  input: StatementInput,
  links: Pick<MedicationStatement, "basedOn" | "medicationReference">,
): MedicationStatement {
  const { prescribingAgency: code } = input;
  return {
    resourceType: "MedicationStatement",
    ...identity(parts, profiles.medicationStatement),
    extension: extensionsOf(
      {
        url: extensions.prescribingAgency,
        valueCodeableConcept: { coding: [{ system: systems.prescribingAgency, code, display: agencies[code] }] },
      },
      maybe(input.lastIssued, (valueDateTime) => ({ url: extensions.lastIssueDate, valueDateTime })),
      maybe(input.dosageLastChanged, (valueDateTime) => ({ url: extensions.dosageLastChanged, valueDateTime })),
    ),
    ...links,
    ...given({ context: parts.encounter, note: notes(input.notes) }),
    status: plan.status,
    effectivePeriod: period(plan.valid),
    dateAsserted: plan.authorised,
    subject: parts.patient,
    taken: "unk",
    dosage: [{ text: plan.dosage, ...given({ patientInstruction: plan.patientInstruction }) }],
  };
}
