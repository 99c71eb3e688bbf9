// A report of tests, with the specimens they were done on and their results.
import { extensions, profiles, systems } from "../../names.ts";
import type { DiagnosticReport, Reference, Specimen, SpecimenCollection } from "../../stu3/types.ts";
import { all, fields, filled, isRecord, list, optional, type Shape } from "../../input/shapes.ts";
import { dateTime, instant, oneOf, position, text } from "../../input/values.ts";
import { referenceTo } from "../entry.ts";
import type { Made } from "../gathering.ts";
import { reference } from "../seen.ts";
import { observation, type ObservationInput, observationShapes, observedOnce } from "./observations.ts";
import {
  type Concept,
  concept,
  concepts,
  given,
  identifier,
  type IdentifierInput,
  maybe,
  notes,
  quantity,
  type QuantityInput,
} from "./pieces.ts";
import * as shapes from "./piece-shapes.ts";
import { type DocumentParts, identity, section } from "./parts.ts";
import type { StructuredSection } from "../structured-section.ts";

/** Dates are dates, or dates and times with a zone. */
export interface SpecimenInput {
  /** GPCM-SD-GE-258. */
  status: "available" | "unavailable" | "unsatisfactory" | "entered-in-error";
  /** When it came to the laboratory (GPCM-SD-GE-261). */
  received: string;
  /** The laboratory's own (GPCM-SD-GE-257). */
  accession?: IdentifierInput;
  /** GPCM-SD-GE-259. */
  type?: Concept;
  /** GPCM-SD-GE-262 to 266; `fasting` is whether the patient had abstained from food or drink. */
  collection?: {
    collector?: Reference;
    date?: string;
    quantity?: QuantityInput;
    bodySite?: Concept;
    fasting?: Concept;
  };
  /** GPCM-SD-GE-267. */
  notes?: readonly string[];
}

export interface DiagnosticReportInput {
  /** GPCM-SD-GE-247. */
  status: "registered" | "partial" | "preliminary" | "final";
  /** GPCM-SD-GE-249. */
  code: Concept;
  /** An instant: when the laboratory issued it (GPCM-SD-GE-251). */
  issued: string;
  /** Laboratory unless said (GPCM-SD-GE-248). */
  category?: Concept;
  /** The organisations or practitioners of the document that made it (GPCM-SD-GE-252). */
  performers?: readonly Reference[];
  /** Requests of the document that it answers (GPCM-SD-GE-246). */
  requests?: readonly Reference[];
  /** GPCM-SD-GE-253. */
  specimens?: readonly SpecimenInput[];
  /** `specimen`: the place of the specimen among `specimens`, from 0 (GPCM-SD-GE-254). */
  results?: readonly (ObservationInput & { specimen?: number })[];
  /** GPCM-SD-GE-255. */
  diagnoses?: readonly Concept[];
  /** What the laboratory makes of it, in words (GPCM-SD-GE-256). */
  conclusion?: string;
}

/**
 * One report, its specimens and its results (GPCM-SD-GE-246 to 267). The document lists them with all its Observations.
 *
 * @throws Itk3Error `input-invalid`
 */
export function diagnosticReportSection(parts: DocumentParts, input: DiagnosticReportInput): StructuredSection {
  return section({ title: "Diagnostic report", name: "diagnosticReport", shape }, parts, input, () =>
    diagnosticReport(parts, input),
  );
}

const collectionShape = filled(
  fields<NonNullable<SpecimenInput["collection"]>>({
    collector: optional(reference()),
    date: optional(dateTime),
    quantity: optional(shapes.quantity),
    bodySite: optional(shapes.concept),
    fasting: optional(shapes.concept),
  }),
);

const specimenShape = fields<SpecimenInput>({
  status: oneOf("available", "unavailable", "unsatisfactory", "entered-in-error"),
  received: dateTime,
  accession: optional(shapes.identifier),
  type: optional(shapes.concept),
  collection: optional(collectionShape),
  notes: optional(shapes.texts),
});

const resultShape: Shape = all(
  fields<ObservationInput & { specimen?: number }>({ ...observationShapes, specimen: optional(position) }),
  observedOnce,
);

const shape: Shape = all(
  fields<DiagnosticReportInput>({
    status: oneOf("registered", "partial", "preliminary", "final"),
    code: shapes.concept,
    issued: instant,
    category: optional(shapes.concept),
    performers: optional(list(reference())),
    requests: optional(list(reference())),
    specimens: optional(list(specimenShape)),
    results: optional(list(resultShape)),
    diagnoses: optional(shapes.concepts),
    conclusion: optional(text),
  }),
  (value, at) => {
    if (!isRecord(value) || !Array.isArray(value["results"])) return;
    const { specimens, results } = value;
    // Those that are no list are told of already.
    if (specimens !== undefined && !Array.isArray(specimens)) return;
    const count = specimens?.length ?? 0;
    for (const [index, result] of results.entries()) {
      const place = at.field("results").item(index).field("specimen");
      const wanted: unknown = isRecord(result) ? result["specimen"] : undefined;
      if (typeof wanted === "number" && wanted >= count && place.isRight())
        place.tell("is of a specimen that is not there");
    }
  },
);

function diagnosticReport(parts: DocumentParts, input: DiagnosticReportInput): Made[] {
  const specimens = (input.specimens ?? []).map((held) => specimen(parts, held));
  const results = (input.results ?? []).map(({ specimen: place, ...result }) =>
    observation(parts, result, {
      specimen: maybe(place === undefined ? undefined : specimens[place], referenceTo),
      performers: input.performers,
    }),
  );
  const report: DiagnosticReport = {
    resourceType: "DiagnosticReport",
    ...identity(parts, profiles.diagnosticReport),
    status: input.status,
    category: concept(input.category ?? { system: systems.diagnosticService, code: "LAB", display: "Laboratory" }),
    code: concept(input.code),
    subject: parts.patient,
    issued: input.issued,
    ...given({
      basedOn: input.requests?.slice(),
      context: parts.encounter,
      performer: input.performers?.map((actor) => ({ actor })),
      specimen: specimens.map(referenceTo),
      result: results.map(referenceTo),
      conclusion: input.conclusion,
      codedDiagnosis: concepts(input.diagnoses),
    }),
  };
  return [
    { resource: report, path: "diagnosticReport" },
    ...specimens.map((resource, index) => ({ resource, path: `diagnosticReport.specimens[${index}]` })),
    ...results.map((resource, index) => ({ resource, path: `diagnosticReport.results[${index}]` })),
  ];
}

function specimen(parts: DocumentParts, input: SpecimenInput): Specimen {
  return {
    resourceType: "Specimen",
    ...identity(parts, profiles.specimen),
    status: input.status,
    subject: parts.patient,
    receivedTime: input.received,
    ...given({
      accessionIdentifier: maybe(input.accession, identifier),
      type: maybe(input.type, concept),
      collection: maybe(input.collection, collection),
      note: notes(input.notes),
    }),
  };
}

function collection(input: NonNullable<SpecimenInput["collection"]>): SpecimenCollection {
  return given({
    extension: maybe(input.fasting, (fasting) => [
      { url: extensions.fastingStatus, valueCodeableConcept: concept(fasting) },
    ]),
    collector: input.collector,
    collectedDateTime: input.date,
    quantity: maybe(input.quantity, quantity),
    bodySite: maybe(input.bodySite, concept),
  });
}
