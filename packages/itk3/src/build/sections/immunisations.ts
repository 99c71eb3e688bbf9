import { extensions, profiles, systems } from "../../names.ts";
import type {
  Immunization,
  ImmunizationPractitioner,
  ImmunizationVaccinationProtocol,
  Reference,
} from "../../stu3/types.ts";
import { absent, all, between, fields, list, optional, type Shape } from "../../input/shapes.ts";
import { dateTime, flag, primitive, text, whole } from "../../input/values.ts";
import { reference } from "../seen.ts";
import {
  type Coded,
  type Concept,
  coding,
  concept,
  concepts,
  extensionsOf,
  given,
  maybe,
  notes,
  quantity,
  type QuantityInput,
} from "./pieces.ts";
import * as shapes from "./piece-shapes.ts";
import { type DocumentParts, identity, sectionOf } from "./parts.ts";
import type { StructuredSection } from "../structured-section.ts";

/** The series that a vaccine belongs to (GPCM-SD-GE-215 to 220). */
export interface VaccinationProtocolInput {
  /** At least one (GPCM-SD-GE-219). */
  targetDiseases: readonly Concept[];
  /** The place of this dose in the series, from 1, and how many doses the series has (GPCM-SD-GE-216, 218). */
  series?: { dose: number; doses?: number };
  description?: string;
}

/** A vaccine that was given, or reported as given (GPCM-SD-GE-203 to 208, 213). */
export interface VaccineGiven {
  notGiven: false;
  /** An Organization of the document: see `peopleSection` (GPCM-SD-GE-203). */
  manufacturer?: Reference;
  /** The batch, and the date after which it was not to be used: `yyyy-mm-dd`. */
  lotNumber?: string;
  expires?: string;
  site?: Concept;
  route?: Concept;
  dose?: QuantityInput;
  reasons?: readonly Concept[];
  protocol?: VaccinationProtocolInput;
}

/** A vaccine that was meant to be given (GPCM-SD-GE-206 to 208, 213 to 215). */
export interface VaccineNotGiven {
  notGiven: true;
  reasons?: readonly Concept[];
}

/** Told by whoever gave it, or by another: who, if it is known (GPCM-SD-GE-200, 201). */
export type ImmunisationSource = { primarySource: true } | { primarySource: false; reportOrigin?: Concept };

/** Dates are dates, or dates and times with a zone. */
export type ImmunisationInput = (VaccineGiven | VaccineNotGiven) &
  ImmunisationSource & {
    /** When it was entered (GPCM-SD-GE-192). */
    recorded: string;
    /** GPCM-SD-GE-193. */
    procedure: Coded;
    /** The product (GPCM-SD-GE-196). */
    vaccine: Concept;
    /** When it was given, or was to be; a year or month where no more is known (GPCM-SD-GE-199). */
    date?: string;
    /** Where: a Location of the document (GPCM-SD-GE-202). */
    location?: Reference;
    /** Who entered it; the practitioner of the document unless said (GPCM-SD-GE-209, 210). */
    recorder?: Reference;
    /** Who gave it, or was to; MUST be there where it was not the recorder (GPCM-SD-GE-209, 210). */
    administrator?: Reference;
    /** GPCM-SD-GE-191. */
    parentPresent?: boolean;
    /** GPCM-SD-GE-212. */
    notes?: readonly string[];
  };

/**
 * Vaccines given, and vaccines not given (GPCM-SD-GE-191 to 220).
 *
 * @throws Itk3Error `input-invalid`
 */
export function immunisationSection(parts: DocumentParts, inputs: readonly ImmunisationInput[]): StructuredSection {
  return sectionOf({ title: "Immunisations", name: "immunisations", entry }, parts, inputs, (input) =>
    immunisation(parts, input),
  );
}

const protocolShape = fields<VaccinationProtocolInput>({
  targetDiseases: list(shapes.concept, { least: 1 }),
  series: optional(
    fields<NonNullable<VaccinationProtocolInput["series"]>>({
      dose: whole("positiveInt"),
      doses: optional(whole("positiveInt")),
    }),
  ),
  description: optional(text),
});

/** What only a vaccine that was given has. */
const ofGiven = {
  manufacturer: optional(reference()),
  lotNumber: optional(text),
  expires: optional(primitive("date")),
  site: optional(shapes.concept),
  route: optional(shapes.concept),
  dose: optional(shapes.quantity),
  protocol: optional(protocolShape),
} satisfies Partial<Record<keyof VaccineGiven, Shape>>;

const entry = all(
  fields<ImmunisationInput>({
    ...ofGiven,
    notGiven: flag,
    reasons: optional(list(shapes.concept, { least: 1 })),
    primarySource: flag,
    reportOrigin: optional(shapes.concept),
    recorded: dateTime,
    procedure: shapes.coded,
    vaccine: shapes.concept,
    date: optional(dateTime),
    location: optional(reference()),
    recorder: optional(reference()),
    administrator: optional(reference()),
    parentPresent: optional(flag),
    notes: optional(shapes.texts),
  }),
  between<{ notGiven: boolean }>(["notGiven"], (input, at) => {
    if (!input.notGiven) return;
    for (const name of Object.keys(ofGiven)) {
      if (name in input) absent("the vaccine was not given")(input[name as keyof typeof input], at.field(name));
    }
  }),
  between<ImmunisationInput>(["primarySource", "reportOrigin"], (input, at) => {
    if (!input.primarySource) return;
    const { reportOrigin } = input as { reportOrigin?: unknown };
    absent("who tells of it gave it", "GPCM-SD-GE-201")(reportOrigin, at.field("reportOrigin"));
  }),
);

function immunisation(parts: DocumentParts, input: ImmunisationInput): Immunization {
  return {
    resourceType: "Immunization",
    ...identity(parts, profiles.immunization),
    extension: extensionsOf(
      maybe(input.parentPresent, (valueBoolean) => ({ url: extensions.parentPresent, valueBoolean })),
      { url: extensions.dateRecorded, valueDateTime: input.recorded },
      { url: extensions.vaccinationProcedure, valueCodeableConcept: { coding: [coding(input.procedure)] } },
    ),
    status: "completed",
    notGiven: input.notGiven,
    vaccineCode: concept(input.vaccine),
    patient: parts.patient,
    primarySource: input.primarySource,
    practitioner: [
      practitioner("EP", "Entering Provider", input.recorder ?? parts.practitioner),
      ...(input.administrator === undefined ? [] : [practitioner("AP", "Administering Provider", input.administrator)]),
    ],
    ...given({
      encounter: parts.encounter,
      date: input.date,
      reportOrigin: input.primarySource ? undefined : maybe(input.reportOrigin, concept),
      location: input.location,
      note: notes(input.notes),
    }),
    ...(input.notGiven ? reasonsAgainst(input) : administration(input)),
  };
}

function practitioner(code: "AP" | "EP", display: string, actor: Reference): ImmunizationPractitioner {
  return { role: { coding: [{ system: systems.immunisationRole, code, display }] }, actor };
}

function administration(input: VaccineGiven): Partial<Immunization> {
  return given({
    manufacturer: input.manufacturer,
    lotNumber: input.lotNumber,
    expirationDate: input.expires,
    site: maybe(input.site, concept),
    route: maybe(input.route, concept),
    doseQuantity: maybe(input.dose, quantity),
    explanation: maybe(input.reasons, (reasons) => ({ reason: concepts(reasons) })),
    vaccinationProtocol: maybe(input.protocol, (protocol) => [vaccinationProtocol(protocol)]),
  });
}

function reasonsAgainst({ reasons }: VaccineNotGiven): Partial<Immunization> {
  return given({ explanation: maybe(reasons, (held) => ({ reasonNotGiven: concepts(held) })) });
}

function vaccinationProtocol(input: VaccinationProtocolInput): ImmunizationVaccinationProtocol {
  const { targetDiseases, series, description } = input;
  return {
    ...given({ doseSequence: series?.dose, description, seriesDoses: series?.doses }),
    targetDisease: concepts(targetDiseases),
    doseStatus: { coding: [{ system: systems.vaccineDoseStatus, code: "count", display: "Counts" }] },
  };
}
