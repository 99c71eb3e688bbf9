// Structured entries: what a document says beside its attachments, for systems to read.
import { profiles, systems } from "../names.ts";
import type {
  CodeableConcept,
  Decimal,
  List,
  Observation,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
  QuestionnaireResponseItemAnswer,
  Reference,
  Resource,
} from "../stu3/types.ts";
import { referenceTo, uuidIdentifier } from "./entry.ts";

/** What the resources of a section may refer to and be named by. */
export interface DocumentParts {
  patient: Reference;
  practitioner: Reference;
  organisation: Reference;
  /** Undefined where the document holds no Encounter. */
  encounter: Reference | undefined;
  ids: () => string;
}

/** One section of the Composition. Each resource has an id, a profile in its meta, and goes into the document. */
export interface StructuredSection {
  title: string;
  resources: readonly Resource[];
}

export interface ObservationInput {
  /** A SNOMED CT concept. */
  code: { code: string; display: string };
  /** An instant: when it was recorded. */
  issued: string;
  /** `85.0` stays `85.0`. */
  value?: { quantity: Decimal; unit: string; ucum?: string } | { text: string } | { concept: CodeableConcept };
  category?: { code: string; display: string };
  /** `preliminary` until a clinician has checked it. */
  status?: "preliminary" | "final";
}

/** Observations that the patient entered, and the List of them (GPCM-SD-OC-040 to 053). */
export function observationSection(parts: DocumentParts, inputs: readonly ObservationInput[]): StructuredSection {
  const observations = inputs.map((input) => observation(parts, input));
  return { title: "Observations", resources: [observationList(parts, observations), ...observations] };
}

export interface AnswerInput {
  linkId: string;
  /** The question. */
  text: string;
  /** Undefined for a heading. */
  answer?: string | boolean | { code: string; display: string; system: string };
  items?: readonly AnswerInput[];
}

/** The questions that were asked and the answers given (GPCM-SD-OC-063 to 069). */
export function questionnaireSection(
  parts: DocumentParts,
  input: { authored: string; items: readonly AnswerInput[] },
): StructuredSection {
  const response: QuestionnaireResponse = {
    resourceType: "QuestionnaireResponse",
    id: parts.ids(),
    meta: { profile: [profiles.questionnaireResponse] },
    status: "completed",
    subject: parts.patient,
    ...(parts.encounter === undefined ? {} : { context: parts.encounter }),
    authored: input.authored,
    item: input.items.map(questionnaireItem),
  };
  return { title: "Questionnaire response", resources: [response] };
}

function observation(parts: DocumentParts, input: ObservationInput): Observation {
  const id = parts.ids();
  const category = input.category;
  return {
    resourceType: "Observation",
    id,
    meta: { profile: [profiles.observation] },
    identifier: [uuidIdentifier(id)],
    status: input.status ?? "final",
    ...(category === undefined
      ? {}
      : { category: [{ coding: [{ system: "http://hl7.org/fhir/observation-category", ...category }] }] }),
    code: { coding: [{ system: systems.snomed, ...input.code }] },
    subject: parts.patient,
    ...(parts.encounter === undefined ? {} : { context: parts.encounter }),
    issued: input.issued,
    performer: [parts.patient],
    ...observationValue(input.value),
  };
}

function observationValue(value: ObservationInput["value"]): Partial<Observation> {
  if (value === undefined) return {};
  if ("text" in value) return { valueString: value.text };
  if ("concept" in value) return { valueCodeableConcept: value.concept };
  const { quantity, unit, ucum } = value;
  const code = ucum === undefined ? {} : { system: "http://unitsofmeasure.org", code: ucum };
  return { valueQuantity: { value: quantity, unit, ...code } };
}

function observationList(parts: DocumentParts, observations: readonly Observation[]): List {
  const display = "Miscellaneous record";
  return {
    resourceType: "List",
    id: parts.ids(),
    meta: { profile: [profiles.list] },
    status: "current",
    mode: "snapshot",
    title: display,
    code: { coding: [{ system: systems.snomed, code: "826501000000100", display }] },
    subject: parts.patient,
    orderedBy: { coding: [{ system: systems.listOrder, code: "event-date" }] },
    entry: observations.map((item) => ({ item: referenceTo(item) })),
  };
}

function questionnaireItem(input: AnswerInput): QuestionnaireResponseItem {
  return {
    linkId: input.linkId,
    text: input.text,
    ...(input.answer === undefined ? {} : { answer: [answerValue(input.answer)] }),
    ...(input.items === undefined ? {} : { item: input.items.map(questionnaireItem) }),
  };
}

function answerValue(answer: NonNullable<AnswerInput["answer"]>): QuestionnaireResponseItemAnswer {
  if (typeof answer === "string") return { valueString: answer };
  return typeof answer === "boolean" ? { valueBoolean: answer } : { valueCoding: answer };
}
