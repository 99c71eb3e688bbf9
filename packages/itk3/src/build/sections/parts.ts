// What every structured entry is made from, and the section that holds them.
import { Itk3Error } from "../../errors.ts";
import type { Reference, Resource } from "../../stu3/types.ts";
import { referenceTo } from "../entry.ts";
import { refuseUnfit } from "./refuse-unfit.ts";

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
}

/** One section of the Composition. Each resource has an id, a profile in its meta, and goes into the document. */
export interface StructuredSection {
  title: string;
  resources: readonly Resource[];
}

/**
 * A section of resources, each as STU3 wants it.
 *
 * @throws Itk3Error `input-invalid` where there is none, or one is not
 */
export function section(title: string, resources: readonly Resource[]): StructuredSection {
  if (resources.length === 0) throw new Itk3Error("input-invalid", `The section ${title} holds nothing.`);
  for (const resource of resources) refuseUnfit(resource);
  return { title, resources };
}

/**
 * A reference to what a section holds, for an entry of another section: the first of its type, or the `index`th from 0.
 *
 * @throws Itk3Error `input-invalid` where the section holds no such resource
 * @example referenceToEntry(allergies, "AllergyIntolerance")
 */
export function referenceToEntry(
  { title, resources }: StructuredSection,
  type: Resource["resourceType"],
  index = 0,
): Reference {
  const found = resources.filter(({ resourceType }) => resourceType === type)[index];
  if (found === undefined) throw new Itk3Error("input-invalid", `The section ${title} holds no such ${type}.`);
  return referenceTo(found);
}

/** What every resource of a document begins with (GPCM-SD-025, 028). */
export function identity(parts: DocumentParts, profile: string): { id: string; meta: { profile: string[] } } {
  return { id: parts.ids(), meta: { profile: [profile] } };
}
