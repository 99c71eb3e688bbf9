// The structured entries of a document: the caller's function makes them, and what is wrong with them is gathered.
import { requirementId } from "../check/rule.ts";
import { Itk3Error } from "../errors.ts";
import type { Place, Problems } from "../input/problems.ts";
import { isRecord } from "../input/shapes.ts";
import type { Resource } from "../stu3/types.ts";
import type { Allotted } from "./allotted.ts";
import { type Gathering, lookAtOwnSection, newGathering, tellDangling, tellSections } from "./gathering.ts";
import type { DocumentInput } from "./input.ts";
import type { DocumentKind } from "./kind.ts";
import type { ResourceType, Seen } from "./seen.ts";
import { gathering as held } from "./sections/parts.ts";
import type { StructuredSection } from "./structured-section.ts";

/**
 * The sections, where there is nothing wrong with them; what is, is told.
 *
 * What the caller's function throws is the caller's, unless it may follow from what was found wrong before.
 */
export function sectionsOf(
  input: DocumentInput,
  useCase: DocumentKind["useCase"],
  allotted: Allotted,
  at: Place,
  problems: Problems,
): readonly StructuredSection[] {
  const { sections } = input;
  const place = at.field("sections");
  if (typeof sections !== "function" || !place.isRight()) return [];
  const gathering = newGathering();
  let made: unknown;
  try {
    made = sections({ ...allotted.parts, [held]: gathering });
  } catch (error) {
    tellSections(gathering, [], undefined, problems);
    if (error instanceof Itk3Error && error.problems.length > 0) {
      problems.addAll({ listed: error.problems, unlisted: error.unlisted }, "sections.");
    } else if (problems.listed.length === 0) throw error;
    return [];
  }
  if (!Array.isArray(made)) {
    tellSections(gathering, [], undefined, problems);
    place.tell("must give a list of sections");
    return [];
  }
  const list = made as readonly StructuredSection[];
  const seen = seenOf(input, useCase, allotted, list, gathering);
  for (const [index, section] of list.entries()) {
    if (gathering.built.has(section)) continue;
    const own = place.item(index);
    lookAtOwnSection(section, own);
    if (own.isRight()) tellDangling(section.resources, own.field("resources"), seen);
  }
  tellSections(gathering, list, seen, problems);
  return list;
}

function seenOf(
  { generation }: DocumentInput,
  useCase: DocumentKind["useCase"],
  allotted: Allotted,
  sections: readonly unknown[],
  { unknown }: Gathering,
): Seen {
  const types = new Map<string, ResourceType>();
  const entries = new Map<string, Resource>();
  const names = (type: ResourceType, id: string): string[] => [`urn:uuid:${id}`, `${type}/${id}`];
  const know = (type: ResourceType, id: string | undefined): void => {
    if (id !== undefined) for (const name of names(type, id)) types.set(name, type);
  };
  know("Patient", allotted.patient);
  know("Practitioner", allotted.practitioner);
  know("Organization", allotted.organisation);
  know("Organization", allotted.practice);
  know("Encounter", allotted.encounter);
  for (const id of allotted.files) know("Binary", id);
  for (const resource of sections.flatMap(resourcesIn)) {
    const { resourceType: type, id } = resource;
    know(type, id);
    if (id !== undefined) for (const name of names(type, id)) entries.set(name, resource);
  }
  const patient = names("Patient", allotted.patient);
  return {
    find: (reference) => (unknown.has(reference) ? "unknown" : types.get(reference)),
    asks: (numbers) =>
      generation === 1 || generation === 2 ? requirementId({ numbers }, generation, useCase) : undefined,
    isPatient: (reference) => patient.includes(reference),
    entry: (reference) => entries.get(reference),
  };
}

function resourcesIn(section: unknown): readonly Resource[] {
  const resources = isRecord(section) ? section["resources"] : undefined;
  return Array.isArray(resources) ? (resources as unknown[]).filter(isResource) : [];
}

function isResource(value: unknown): value is Resource {
  return isRecord(value) && typeof value["resourceType"] === "string";
}
