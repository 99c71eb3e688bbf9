// What every structured entry is made from, and the section that holds them.
import { placeOf, problemList, refuseInput } from "../../input/problems.ts";
import { fields, isRecord, list, optional, type Shape } from "../../input/shapes.ts";
import { callable } from "../../input/values.ts";
import type { Reference, Resource } from "../../stu3/types.ts";
import { referenceTo } from "../entry.ts";
import { gather, type Gathering, type Made, unknownEntry } from "../gathering.ts";
import type { StructuredSection } from "../structured-section.ts";

/** Where a document hangs what gathers the problems of its sections: a copy of its parts keeps it. */
export const gathering: unique symbol = Symbol("gathering");

/** What the resources of a section may refer to and be named by. */
export interface DocumentParts {
  patient: Reference;
  practitioner: Reference;
  organisation: Reference;
  /** Undefined where the document holds no Encounter. */
  encounter: Reference | undefined;
  /** The attachments in their order, the report first. */
  attachments: readonly Reference[];
  ids: () => string;
  /** What the document knows of its sections. */
  [gathering]?: Gathering;
}

const object: Shape = (value, at) => {
  if (!isRecord(value)) at.tell("must be a reference");
};

// Looked at for each section: no more than that it is a list, of which there may be thousands.
const attachments: Shape = (value, at) => {
  if (!Array.isArray(value)) at.tell("must be a list");
};

const partsShape = fields<Omit<DocumentParts, typeof gathering>>({
  patient: object,
  practitioner: object,
  organisation: object,
  encounter: optional(object),
  attachments,
  ids: callable,
});

interface SectionKind {
  title: string;
  /** What the input is called in the path of a problem. */
  name: string;
  shape: Shape;
}

/**
 * A section of what is made of an input, each as STU3 wants it.
 *
 * @throws Itk3Error `input-invalid` where something is wrong and no document gathers it
 */
export function section(
  kind: SectionKind,
  parts: DocumentParts,
  input: unknown,
  make: () => readonly Made[],
): StructuredSection {
  const problems = problemList();
  partsShape(parts, placeOf(problems, "parts"));
  problems.refuse();
  return gather(parts[gathering], () => parts.ids(), kind, input, make);
}

/** A section of a list of inputs, of which at least one must be there: each makes resources. */
export function sectionOf<Input>(
  { entry, ...kind }: Omit<SectionKind, "shape"> & { entry: Shape },
  parts: DocumentParts,
  inputs: readonly Input[],
  make: (input: Input, index: number) => Resource | readonly Resource[],
): StructuredSection {
  return section({ ...kind, shape: list(entry, { least: 1 }) }, parts, inputs, () =>
    inputs.flatMap((input, index) =>
      [make(input, index)].flat().map((resource) => ({ resource, path: `${kind.name}[${index}]` })),
    ),
  );
}

/**
 * A reference to what a section holds, for an entry of another section: the first of its type, or the `index`th from 0.
 *
 * @throws Itk3Error `input-invalid` where the section holds no such resource
 * @example referenceToEntry(allergies, "AllergyIntolerance")
 */
export function referenceToEntry(held: StructuredSection, type: Resource["resourceType"], index = 0): Reference {
  if (!isRecord(held) || !Array.isArray(held.resources)) {
    refuseInput("referenceToEntry.section", "must be a section, such as observationSection makes");
  }
  const unknown = unknownEntry(held);
  if (unknown !== undefined) return { reference: unknown };
  const found = held.resources.filter(({ resourceType }) => resourceType === type)[index];
  if (found === undefined) refuseInput("referenceToEntry.section", "holds no such entry");
  return referenceTo(found);
}

/** What every resource of a document begins with (GPCM-SD-025, 028). */
export function identity(parts: DocumentParts, profile: string): { id: string; meta: { profile: string[] } } {
  return { id: parts.ids(), meta: { profile: [profile] } };
}
