import type { Composition, CompositionSection, Resource } from "../stu3/types.ts";
import type { References } from "./references.ts";

/** Every section of a composition in reading order: a section may hold sections (FHIR STU3, Composition.section.section). */
export function sectionsOf(composition: Composition | undefined): CompositionSection[] {
  return [...walk(composition?.section)];
}

function* walk(sections: readonly CompositionSection[] | undefined): Generator<CompositionSection> {
  for (const section of sections ?? []) {
    yield section;
    yield* walk(section.section);
  }
}

/** What the sections lead to, in reading order. */
export function sectionEntries(composition: Composition | undefined, references: References): Resource[] {
  return sectionsOf(composition).flatMap(({ entry }) =>
    (entry ?? []).flatMap((reference) => references.candidates(reference)),
  );
}
