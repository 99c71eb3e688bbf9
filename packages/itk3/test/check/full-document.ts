import type { DocumentParts, StructuredSection } from "@restante/itk3";
import { genericKinds } from "../build/sections/generic-kinds.ts";
import { onlineKinds } from "../build/sections/online-kinds.ts";

// The diagnostic report has Observations too: with one List of them, one change is enough for there to be none.
const { observations: _, ...others } = onlineKinds;

/** Sections that hold every resource Send Document may carry, each as the requirements want it. */
export function everySection(parts: DocumentParts): StructuredSection[] {
  return Object.values({ ...others, ...genericKinds }).flatMap(({ full }) => full(parts));
}
