// The plan of a medicine, which authorises it, and the orders that are issued under it (GPCM-SD-GE-148 to 176).
import { extensions, profiles, systems } from "../../names.ts";
import type { CodeableConcept, Extension, MedicationRequest, Quantity, Reference } from "../../stu3/types.ts";
import { absent, all, between, fields, isRecord, optional, type Shape } from "../../input/shapes.ts";
import { dateTime, oneOf, primitive, text, whole } from "../../input/values.ts";
import { reference } from "../seen.ts";
import {
  type Concept,
  concept,
  extensionsOf,
  given,
  identifier,
  type IdentifierInput,
  maybe,
  noInformation,
  notes,
  period,
  type PeriodInput,
} from "./pieces.ts";
import * as shapes from "./piece-shapes.ts";
import { type DocumentParts, identity } from "./parts.ts";

/** How much, as a number and its unit (`32`, `tablet`), or in words where there is no number (GPCM-SD-GE-172, 173). */
export type SupplyInput = { value: string; unit: string } | { text: string };

/** What a plan and an order both say. Dates are dates, or dates and times with a zone. */
interface RequestInput {
  /** The sender's own, which stays the same in every message (GPCM-SD-GE-156). */
  identifier: IdentifierInput;
  /** When it was authorised (GPCM-SD-GE-164). */
  authorised: string;
  /** The end MUST be there where it is defined (GPCM-SD-GE-171). */
  valid: PeriodInput;
  quantity?: SupplyInput;
  /** Days that one supply lasts (GPCM-SD-GE-174). */
  supplyDays?: number;
  /** The practitioner of the document unless said (GPCM-SD-GE-166). */
  recorder?: Reference;
  /** Who asked; the practitioner and the organisation of the document unless said (GPCM-SD-GE-165). */
  requester?: { agent: Reference; onBehalfOf?: Reference };
  /** GPCM-SD-GE-167. */
  notes?: readonly string[];
}

/** How it is prescribed; `noInformation` in an older record (GPCM-SD-GE-149, 150, 151, 155, 158). */
export type Prescribing =
  | {
      prescriptionType: "acute" | "acute-handwritten" | "delayed-prescribing" | typeof noInformation;
      groupIdentifier?: IdentifierInput;
      repeat?: never;
    }
  | {
      prescriptionType: "repeat" | "repeat-dispensing";
      /** Shared by the plan and its orders. */
      groupIdentifier: IdentifierInput;
      /** `allowed` only where a number of issues is authorised; `issued` is 0 before the first. */
      repeat: { issued: number; allowed?: number; expires?: string };
    };

/** Running, run its course, or stopped: when, and why (`noInformation` in an older record; GPCM-SD-GE-152 to 154). */
export type PlanStatus =
  | { status: "active" | "completed"; stopped?: never }
  | { status: "stopped"; stopped: { date: string; reason: Concept } };

export type PlanInput = RequestInput &
  Prescribing &
  PlanStatus & {
    /** The whole of it in words; `noInformation` in an older record (GPCM-SD-GE-169). */
    dosage: string;
    /** What else the patient is told (GPCM-SD-GE-170). */
    patientInstruction?: string;
    /** The authorisation that this one follows: another entry of the document (GPCM-SD-GE-176). */
    priorPrescription?: Reference;
  };

export interface OrderInput extends RequestInput {
  status: "active" | "completed" | "stopped";
  /** That of the plan unless said. */
  dosage?: string;
  patientInstruction?: string;
  /** Who dispensed it, only where the sender knows (GPCM-SD-GE-175). */
  dispenser?: Reference;
}

const supplyShape: Shape = (value, at) => {
  const shape =
    isRecord(value) && "text" in value
      ? fields<{ text: string }>({ text })
      : fields<{ value: string; unit: string }>({ value: primitive("decimal"), unit: text });
  shape(value, at);
};

const requesterShape = fields<NonNullable<RequestInput["requester"]>>({
  agent: reference(),
  onBehalfOf: optional(reference()),
});

const supplyDays: Shape = (value, at) => {
  if (!Number.isSafeInteger(value) || (value as number) < 1) at.tell("must be a whole number of days, from 1");
};

const requestShapes = {
  identifier: shapes.identifier,
  authorised: dateTime,
  valid: shapes.period,
  quantity: optional(supplyShape),
  supplyDays: optional(supplyDays),
  recorder: optional(reference({ types: ["Practitioner"], numbers: { ge: "166" } })),
  requester: optional(requesterShape),
  notes: optional(shapes.texts),
} satisfies Record<keyof RequestInput, Shape>;

const repeatShape = fields<NonNullable<PlanInput["repeat"]>>({
  issued: whole("unsignedInt"),
  allowed: optional(whole("unsignedInt")),
  expires: optional(dateTime),
});

const stoppedShape = fields<NonNullable<PlanInput["stopped"]>>({ date: dateTime, reason: shapes.concept });

/** The kinds of prescription that repeat, and those that do not. */
const repeated = ["repeat", "repeat-dispensing"] as const;
const single = ["acute", "acute-handwritten", "delayed-prescribing", noInformation] as const;

export const planShape: Shape = all(
  fields<PlanInput>({
    ...requestShapes,
    prescriptionType: oneOf(...single, ...repeated),
    groupIdentifier: optional(shapes.identifier),
    repeat: optional(repeatShape),
    status: oneOf("active", "completed", "stopped"),
    stopped: optional(stoppedShape),
    dosage: text,
    patientInstruction: optional(text),
    priorPrescription: optional(reference()),
  }),
  between<PlanInput>(["prescriptionType", "repeat"], ({ prescriptionType, repeat }, at) => {
    const place = at.field("repeat");
    if (!repeated.some((type) => type === prescriptionType)) {
      absent("the prescription is not repeated", "GPCM-SD-GE-149")(repeat, place);
    } else if (repeat === undefined) place.tell("must be given: the prescription is repeated", "GPCM-SD-GE-148");
  }),
  between<PlanInput>(["prescriptionType", "groupIdentifier"], ({ prescriptionType, groupIdentifier }, at) => {
    if (groupIdentifier === undefined && repeated.some((type) => type === prescriptionType)) {
      at.field("groupIdentifier").tell("must be given: the prescription is repeated", "GPCM-SD-GE-158");
    }
  }),
  between<PlanInput>(["status", "stopped"], ({ status, stopped }, at) => {
    const place = at.field("stopped");
    if (status !== "stopped") absent("the plan was not stopped")(stopped, place);
    else if (stopped === undefined) place.tell("must be given: the plan was stopped", "GPCM-SD-GE-152");
  }),
);

export const orderShape: Shape = fields<OrderInput>({
  ...requestShapes,
  status: oneOf("active", "completed", "stopped"),
  dosage: optional(text),
  patientInstruction: optional(text),
  dispenser: optional(reference()),
});

export function medicationPlan(parts: DocumentParts, medication: Reference, input: PlanInput): MedicationRequest {
  return {
    ...request(parts, medication, input, input),
    extension: extensionsOf(
      maybe(input.repeat, repeatInformation),
      maybe(input.stopped, statusReason),
      prescriptionType(input.prescriptionType),
    ),
    intent: "plan",
    status: input.status,
    ...given({ priorPrescription: input.priorPrescription }),
  };
}

/** An order of a plan says nothing of repeats, and not why it was stopped (GPCM-SD-GE-148, 152). */
export function medicationOrder(
  parts: DocumentParts,
  medication: Reference,
  { plan, planned, order }: { plan: PlanInput; planned: Reference; order: OrderInput },
): MedicationRequest {
  const made = request(parts, medication, plan, order);
  return {
    ...made,
    extension: [prescriptionType(plan.prescriptionType)],
    basedOn: [planned],
    intent: "order",
    status: order.status,
    dispenseRequest: { ...made.dispenseRequest, ...given({ performer: order.dispenser }) },
  };
}

function request(
  parts: DocumentParts,
  medication: Reference,
  plan: PlanInput,
  input: RequestInput & { dosage?: string; patientInstruction?: string },
): MedicationRequest {
  const { requester = { agent: parts.practitioner, onBehalfOf: parts.organisation } } = input;
  return {
    resourceType: "MedicationRequest",
    ...identity(parts, profiles.medicationRequest),
    identifier: [identifier(input.identifier)],
    ...given({
      groupIdentifier: maybe(plan.groupIdentifier, identifier),
      context: parts.encounter,
      note: notes(input.notes),
    }),
    medicationReference: medication,
    subject: parts.patient,
    authoredOn: input.authorised,
    requester,
    recorder: input.recorder ?? parts.practitioner,
    dosageInstruction: [
      {
        text: input.dosage ?? plan.dosage,
        ...given({ patientInstruction: input.patientInstruction ?? plan.patientInstruction }),
      },
    ],
    dispenseRequest: {
      validityPeriod: period(input.valid),
      ...given({
        quantity: maybe(input.quantity, supply),
        expectedSupplyDuration: maybe(input.supplyDays, (days) => ({
          value: String(days),
          unit: "day",
          system: systems.ucum,
          code: "d",
        })),
      }),
    },
  };
}

function supply(input: SupplyInput): Quantity {
  const text = "text" in input ? input.text : input.unit;
  const extension = [{ url: extensions.quantityText, valueString: text }];
  return "text" in input ? { extension } : { extension, value: input.value, unit: input.unit };
}

function repeatInformation({ issued, allowed, expires }: NonNullable<PlanInput["repeat"]>): Extension {
  return {
    url: extensions.repeatInformation,
    extension: extensionsOf(
      maybe(allowed, (valueUnsignedInt) => ({ url: "numberOfRepeatPrescriptionsAllowed", valueUnsignedInt })),
      { url: "numberOfRepeatPrescriptionsIssued", valueUnsignedInt: issued },
      maybe(expires, (valueDateTime) => ({ url: "authorisationExpiryDate", valueDateTime })),
    ),
  };
}

function statusReason({ date, reason }: NonNullable<PlanInput["stopped"]>): Extension {
  return {
    url: extensions.statusReason,
    extension: [
      { url: "statusReason", valueCodeableConcept: concept(reason) },
      { url: "statusChangeDate", valueDateTime: date },
    ],
  };
}

const prescriptionTypes = {
  acute: "Acute",
  repeat: "Repeat",
  "repeat-dispensing": "Repeat dispensing",
  "delayed-prescribing": "Delayed prescribing",
} as const;

function prescriptionType(type: PlanInput["prescriptionType"]): Extension {
  return { url: extensions.prescriptionType, valueCodeableConcept: prescriptionConcept(type) };
}

function prescriptionConcept(code: PlanInput["prescriptionType"]): CodeableConcept {
  // CareConnect's list has no code for it.
  if (code === "acute-handwritten") return { text: "Acute (handwritten)" };
  if (code === noInformation) return { text: code };
  return { coding: [{ system: systems.prescriptionType, code, display: prescriptionTypes[code] }] };
}
