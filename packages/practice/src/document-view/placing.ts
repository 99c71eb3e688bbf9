// Which section an entry stands in: the first that refers to it; failing that, the first that refers to a List which has it.
import { type Composition, type References, type Resource, type stu3, typeNameOf } from "@restante/itk3";

export interface PlacedSection {
  section: stu3.CompositionSection;
  level: number;
  entries: Resource[];
  inEarlier: number;
  leadNowhere: number;
}

export interface Placing {
  sections: PlacedSection[];
  isPlaced: (resource: Resource) => boolean;
}

export function placeEntries(composition: Composition | undefined, references: References): Placing {
  const placed = new Map<Resource, PlacedSection>();
  const sections = [...walk(composition?.section, 1)];
  const lists: { list: stu3.List; into: PlacedSection }[] = [];
  const place = (into: PlacedSection, reference: stu3.Reference | undefined): void => {
    const candidates = references.candidates(reference);
    const found = candidates.find((candidate) => !placed.has(candidate));
    if (found === undefined) {
      const [first] = candidates;
      if (first === undefined) into.leadNowhere += 1;
      else if (placed.get(first) !== into) into.inEarlier += 1;
      return;
    }
    placed.set(found, into);
    into.entries.push(found);
    if (found.resourceType === "List") lists.push({ list: found, into });
  };
  for (const into of sections) for (const reference of into.section.entry ?? []) place(into, reference);
  // A List may lead to Lists, which are taken in their turn; each is in one place, so that this ends.
  for (const { list, into } of lists) {
    for (const { item } of list.entry ?? []) {
      const candidates = references.candidates(item);
      // What stands in a section already is no less there for a List of it.
      if (candidates.length === 0 || candidates.some((candidate) => !placed.has(candidate))) place(into, item);
    }
  }
  return { sections, isPlaced: (resource) => placed.has(resource) };
}

function* walk(sections: readonly stu3.CompositionSection[] | undefined, level: number): Generator<PlacedSection> {
  for (const section of sections ?? []) {
    yield { section, level, entries: [], inEarlier: 0, leadNowhere: 0 };
    yield* walk(section.section, level + 1);
  }
}

export function countKinds(resources: readonly Resource[]): { what: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const resource of resources) {
    const what = typeNameOf(resource);
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return Array.from(counts, ([what, count]) => ({ what, count }));
}
