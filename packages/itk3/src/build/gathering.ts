// What is wrong with the sections of a document. Each builder looks at its own input and throws nothing, so that the next
// one is looked at too; the document asks for all of it when every section is there. Only then is it known which place a
// section has among the others, and where references between their entries lead.
import { type Later, placeOf, type Place, problemList, type Problems } from "../input/problems.ts";
import { isRecord, type Shape } from "../input/shapes.ts";
import { isXmlText } from "../xml/characters.ts";
import { resourceDefinition } from "../stu3/element-table.ts";
import type { Resource } from "../stu3/types.ts";
import type { Seen } from "./seen.ts";
import type { StructuredSection } from "./structured-section.ts";
import { tellUnfit } from "./tell-unfit.ts";

/** One call of a builder. */
interface Built {
  problems: Problems;
  laters: readonly Later[];
}

/** The builders that were called for one document. */
export interface Gathering {
  built: Map<StructuredSection, Built>;
  /** What references to entries of a section that is wrong hold instead. */
  unknown: Set<string>;
}

export function newGathering(): Gathering {
  return { built: new Map(), unknown: new Set() };
}

/** A resource, and the field of the input that it was made of. */
export interface Made {
  resource: Resource;
  path: string;
}

interface Wrong {
  gathering: Gathering;
  ids: () => string;
}

const wrongSections = new WeakMap<StructuredSection, Wrong>();
const origins = new WeakMap<Resource, string>();

/** The field of the section's input that a resource was made of. */
export function originOf(resource: Resource): string | undefined {
  return origins.get(resource);
}

interface SectionPlan {
  /** What the section is called in the document, and its input in a path. */
  title: string;
  name: string;
  shape: Shape;
}

/**
 * A section, made where its input is right. Without a document that gathers what is wrong it is thrown at once.
 *
 * @throws Itk3Error `input-invalid` where nothing gathers
 */
export function gather(
  gathering: Gathering | undefined,
  ids: () => string,
  { title, name, shape }: SectionPlan,
  input: unknown,
  make: () => readonly Made[],
): StructuredSection {
  const problems = problemList();
  const laters: Later[] = [];
  const at = placeOf(problems, name, laters);
  shape(input, at);
  const made = at.isRight() ? make() : [];
  for (const { resource, path } of made) {
    origins.set(resource, path);
    tellUnfitEntry(resource, placeOf(problems, path));
  }
  if (gathering === undefined) problems.refuse();
  const section = { title, resources: made.map(({ resource }) => resource) };
  gathering?.built.set(section, { problems, laters });
  if (gathering !== undefined && problems.listed.length > 0) wrongSections.set(section, { gathering, ids });
  return section;
}

/** What the shape let through is told of the entry, by the name of the element that it became. */
function tellUnfitEntry(resource: Resource, at: Place): void {
  const type = resourceDefinition(resource.resourceType);
  if (type === undefined) return at.tell("is of a type that STU3 does not know");
  const found = problemList();
  tellUnfit(type, resource as unknown as Readonly<Record<string, unknown>>, placeOf(found, resource.resourceType));
  for (const { path, text } of found.listed) at.tell(`cannot be said: ${path} ${text}`);
}

/** A reference to an entry of a section that is wrong itself: nothing more is told of it. Undefined where it is not. */
export function unknownEntry(section: StructuredSection): string | undefined {
  const wrong = wrongSections.get(section);
  if (wrong === undefined) return undefined;
  const reference = `urn:uuid:${wrong.ids()}`;
  wrong.gathering.unknown.add(reference);
  return reference;
}

/** Tells of all that is wrong with the sections, by their places in the document. */
export function tellSections(
  { built }: Gathering,
  sections: readonly StructuredSection[],
  seen: Seen | undefined,
  problems: Problems,
): void {
  const places = new Map(sections.map((section, index) => [section, `sections[${index}].`]));
  for (const [section, { problems: own, laters }] of built) {
    if (seen !== undefined) for (const look of laters) look(seen);
    // One that was made and left out of the document has no place in it.
    problems.addAll(own, places.get(section) ?? "sections.");
  }
}

/** Of a section that no builder made, the references that lead nowhere: those of the others were looked at in its input. */
export function tellDangling(value: unknown, at: Place, seen: Seen, name?: string): void {
  if (Array.isArray(value)) {
    for (const [index, one] of (value as unknown[]).entries()) tellDangling(one, at.item(index), seen, name);
  } else if (isRecord(value)) {
    const key = name === "attachment" ? "url" : "reference";
    const target = value[key];
    if (typeof target === "string" && target.startsWith("urn:uuid:") && seen.find(target) === undefined) {
      at.field(key).tell("leads to what is not in the document");
    }
    for (const [within, held] of Object.entries(value)) tellDangling(held, at.field(within), seen, within);
  }
}

/** A section that no builder made. */
export function lookAtOwnSection(section: unknown, at: Place): void {
  if (!isRecord(section)) return at.tell("must be a section, such as observationSection makes");
  const { title, resources } = section;
  if (typeof title !== "string" || title.trim() === "" || !isXmlText(title)) at.field("title").tell("must be text");
  const held = at.field("resources");
  if (!Array.isArray(resources) || resources.length === 0) return held.tell("must be a list that holds something");
  for (const [index, resource] of (resources as unknown[]).entries()) lookAtOwnResource(resource, held.item(index));
}

function lookAtOwnResource(resource: unknown, at: Place): void {
  const type = isRecord(resource) ? resourceDefinition(String(resource["resourceType"])) : undefined;
  if (!isRecord(resource) || type === undefined) return at.tell("is of a type that STU3 does not know");
  tellUnfit(type, resource, at);
}
